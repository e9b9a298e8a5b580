/** A command at a terminal of its own, as a person has one. Needs python3. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** A command of ours may take so long to begin where cores are busy. */
const SHOWN_MAX_MS = 60_000;

export interface AtTerminal {
  /** All that was drawn. */
  text(): string;
  /** Until that was drawn; throws with what was, when it is not, or the command has ended. */
  shows(wanted: string | RegExp): Promise<void>;
  type(keys: string): void;
  /** Resizes the window, until the shell says that it knows: a window's size overtakes no key. */
  hasSize(rows: number, columns: number): Promise<void>;
  /** The window is closed. */
  hangUp(): void;
  readonly pid: number;
  /** `isCooked`: the terminal is as a shell wants it; null: it is gone. */
  readonly ended: Promise<{ readonly code: number; readonly isCooked: boolean | null }>;
}

export function atTerminal(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): AtTerminal {
  const helper = join(import.meta.dirname, 'at-terminal.py');
  const child = spawn('python3', [helper, ...command], { ...options, stdio: 'pipe' });
  let [text, last] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => {
    text += bytes.toString('utf8');
  });
  child.stderr.on('data', (bytes: Buffer) => {
    last += bytes.toString('utf8');
  });
  const say = (line: string) => void child.stdin.write(`${line}\n`);
  const ended = new Promise<{ code: number; isCooked: boolean | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      try {
        resolve(JSON.parse(last));
      } catch {
        reject(new Error(`the helper ended with: ${last}\n${text}`));
      }
    });
  });
  return {
    text: () => text,
    async shows(wanted) {
      const endMs = Date.now() + SHOWN_MAX_MS;
      const isThere = () => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text));
      while (!isThere()) {
        if (Date.now() > endMs || child.exitCode !== null)
          throw new Error(`it never drew ${wanted}: ${JSON.stringify(text)} ${last}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    type: (keys) => say(`type ${Buffer.from(keys).toString('hex')}`),
    async hasSize(rows, columns) {
      const endMs = Date.now() + SHOWN_MAX_MS;
      say(`size ${rows} ${columns}`);
      while (!text.includes(`${rows} ${columns}\r\n`)) {
        if (Date.now() > endMs) throw new Error(`the shell has not heard of its size: ${text}`);
        say(`type ${Buffer.from('stty size\r').toString('hex')}`);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
    hangUp: () => say('hang-up'),
    pid: child.pid ?? 0,
    ended,
  };
}
