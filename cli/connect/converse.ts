/** A person's terminal and a shell on a machine, until one of them has had enough. */
import type { Channel, OpenChannel } from '../../shared/adapters/ecs/terminal/channel.ts';
import {
  CLOSE_PAYLOAD,
  decodeFrame,
  encodeFrame,
  type Said,
  sizePayload,
} from '../../shared/adapters/ecs/terminal/frames.ts';
import { type Ended, endOfChannel, type Meaning, meaningOf } from './ending.ts';
import { type After, type PacedInput, pacedInput } from './paced-input.ts';

export interface Terminal {
  size(): { readonly rows: number; readonly columns: number };
  write(bytes: Uint8Array): void;
  /** From now on each key comes as it is pressed, Ctrl-C among them. Gives back what gives the terminal back as it was. */
  take(on: TerminalHears): () => void;
  /** No keys for now, and again. */
  hold(): void;
  resume(): void;
}

export interface TerminalHears {
  typed(bytes: Uint8Array): void;
  resized(): void;
  /** It is gone, or somebody ends us. */
  left(signal: 'SIGHUP' | 'SIGINT' | 'SIGTERM'): void;
}

export interface ConverseWorld {
  readonly terminal: Terminal;
  readonly nowMs: () => number;
  readonly after: After;
}

/** The agent has a second of its own before its shell, and hears of it within seconds. */
const OPEN_MAX_MS = 60_000;
const CTRL_C = 3;

export function converse(open: OpenChannel, world: ConverseWorld): Promise<Ended> {
  return new Promise((resolve) => new Conversation(world, resolve).begin(open));
}

class Conversation {
  readonly #world: ConverseWorld;
  readonly #resolve: (ended: Ended) => void;
  readonly #input: PacedInput;
  #channel: Channel | null = null;
  #sequence = 0;
  #isOpen = false;
  #isOver = false;
  #giveBack = (): void => undefined;
  #cancelOpening = (): void => undefined;

  constructor(world: ConverseWorld, resolve: (ended: Ended) => void) {
    this.#world = world;
    this.#resolve = resolve;
    const { after, terminal } = world;
    this.#input = pacedInput({ send: (bytes) => this.#say('input', bytes), after, terminal });
  }

  begin(open: OpenChannel): void {
    const { terminal, after } = this.#world;
    this.#cancelOpening = after(OPEN_MAX_MS, () => this.#end({ kind: 'not-opened' }));
    this.#giveBack = terminal.take({
      typed: (bytes) => this.#typed(bytes),
      resized: () => this.#tellSize(),
      left: (signal) => this.#end({ kind: 'left', signal }),
    });
    this.#channel = open({
      frame: (bytes) => this.#heard(meaningOf(decodeFrame(bytes), this.#isOpen)),
      end: (how) => this.#end(endOfChannel(how, this.#isOpen)),
    });
    // It ended while it was being opened.
    if (this.#isOver) void this.#channel.close();
  }

  #heard(meaning: Meaning): void {
    switch (meaning.kind) {
      case 'show':
        this.#opened();
        // Raw, here alone: a shell draws by control characters (docs/security.md, "Rights of operators").
        this.#world.terminal.write(meaning.bytes);
        break;
      case 'opened':
        this.#opened();
        break;
      case 'speed':
        this.#input.setSpeed(meaning.bitsPerSecond);
        break;
      case 'end':
        this.#end(meaning.ended);
        break;
      case 'nothing':
        break;
    }
  }

  /** What is said before the shell is there, the agent throws away. @see shell_unix.go InputStreamMessageHandler */
  #opened(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#cancelOpening();
    this.#tellSize();
    this.#input.start();
  }

  /** Before there is a shell, Ctrl-C is for us. */
  #typed(bytes: Uint8Array): void {
    if (!this.#isOpen && bytes.includes(CTRL_C)) this.#end({ kind: 'left', signal: 'SIGINT' });
    else this.#input.add(bytes);
  }

  #tellSize(): void {
    const { rows, columns } = this.#world.terminal.size();
    if (this.#isOpen) this.#say('size', sizePayload(rows, columns));
  }

  #say(type: Said['type'], payload: Uint8Array): void {
    const frame = encodeFrame({ type, payload, sequence: this.#sequence, atMs: this.#world.nowMs() });
    this.#sequence += 1;
    this.#channel?.send(frame);
  }

  #end(ended: Ended): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelOpening();
    this.#input.stop();
    this.#giveBack();
    if (this.#isOpen && ended.kind === 'left') this.#say('close', CLOSE_PAYLOAD);
    const closed = this.#channel?.close() ?? Promise.resolve();
    closed.then(() => this.#resolve(ended));
  }
}
