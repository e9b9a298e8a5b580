/** A shell on a machine that is only played: as much of a terminal and of bash as shows that keys, sizes and signals get there. */
import type { Shell, ShellScreen } from './ecs/machine.ts';

const KEYS = { interrupt: 3, endOfFile: 4, enter: 13, suspend: 26 } as const;

export function cannedShell(host: string, screen: ShellScreen): Shell {
  return new CannedShell(host, screen);
}

class CannedShell implements Shell {
  readonly #host: string;
  readonly #screen: ShellScreen;
  // What a pty has before anybody tells it.
  #size = { rows: 24, columns: 80 };
  #line = '';
  #isOver = false;

  constructor(host: string, screen: ShellScreen) {
    this.#host = host;
    this.#screen = screen;
    this.#prompt();
  }

  input(bytes: Uint8Array): void {
    for (const byte of bytes) if (!this.#isOver) this.#key(byte);
  }

  resize(rows: number, columns: number): void {
    this.#size = { rows, columns };
  }

  end(): void {
    this.#isOver = true;
  }

  #key(byte: number): void {
    switch (byte) {
      case KEYS.enter:
        this.#run();
        break;
      case KEYS.endOfFile:
        if (this.#line === '') this.#leave();
        break;
      case KEYS.interrupt:
        this.#drop('^C');
        break;
      case KEYS.suspend:
        this.#drop('^Z');
        break;
      default:
        this.#line += String.fromCharCode(byte);
        this.#show(String.fromCharCode(byte));
    }
  }

  #run(): void {
    const [command = '', ...words] = this.#line.trim().split(/ +/);
    this.#line = '';
    this.#show('\r\n');
    if (command === 'exit') this.#leave();
    else {
      const answer = answerTo(command, words, { host: this.#host, ...this.#size });
      if (answer !== '') this.#show(`${answer}\r\n`);
      this.#prompt();
    }
  }

  #drop(echo: string): void {
    this.#line = '';
    this.#show(`${echo}\r\n`);
    this.#prompt();
  }

  #leave(): void {
    this.#isOver = true;
    this.#screen.ended();
  }

  #prompt(): void {
    this.#show(`[ecs-assist-user@${this.#host} ~]$ `);
  }

  #show(text: string): void {
    this.#screen.write(Buffer.from(text));
  }
}

interface Seen {
  readonly host: string;
  readonly rows: number;
  readonly columns: number;
}

function answerTo(command: string, words: readonly string[], { host, rows, columns }: Seen): string {
  switch (command) {
    case '':
      return '';
    case 'echo':
      return words.join(' ');
    case 'hostname':
      return host;
    case 'whoami':
      return 'ecs-assist-user';
    case 'stty':
      return words[0] === 'size' ? `${rows} ${columns}` : 'stty: this machine is only played';
    default:
      return `bash: ${command}: command not found (this machine is only played: echo, hostname, whoami, stty size, exit)`;
  }
}
