/** What is typed or pasted, no faster than Session Manager takes it: it ends a session that says more (client.go FLOW_EXCEED_LIMIT). */
import { HEADER_BYTES } from '../../shared/adapters/ecs/terminal/frames.ts';

/** Gives back what cancels it. */
export type After = (ms: number, act: () => void) => () => void;

/** @see client.go defaultSendSpeed, in bits a second; docs: 200 kbit/s for a session, both ways. */
const SPEED = 200_000;
/** @see AxtSession.tsx onInput. client.go sends twice as much: the smaller suits both. */
const PIECE_MAX_BYTES = 1_024;
/** What waits here is in no pipe: beyond it the terminal is asked to wait. */
const HELD_MAX_BYTES = 64 * 1024;

export interface PacedInput {
  add(bytes: Uint8Array): void;
  /** Before it nothing is sent, and all is kept. */
  start(): void;
  stop(): void;
  setSpeed(bitsPerSecond: number): void;
}

export function pacedInput(world: {
  readonly send: (bytes: Uint8Array) => void;
  readonly after: After;
  readonly terminal: { hold(): void; resume(): void };
}): PacedInput {
  const { send, after, terminal } = world;
  let waiting = Buffer.alloc(0);
  let [state, isHeld, speed]: ['before' | 'free' | 'sending' | 'over', boolean, number] = [
    'before',
    false,
    SPEED,
  ];
  let cancel = (): void => undefined;
  const hold = (wanted: boolean): void => {
    if (wanted === isHeld) return;
    isHeld = wanted;
    if (wanted) terminal.hold();
    else terminal.resume();
  };
  const next = (): void => {
    if (waiting.length === 0) {
      state = 'free';
      return;
    }
    state = 'sending';
    const piece = waiting.subarray(0, PIECE_MAX_BYTES);
    waiting = waiting.subarray(piece.length);
    hold(waiting.length > HELD_MAX_BYTES);
    send(piece);
    cancel = after(Math.ceil(((piece.length + HEADER_BYTES) * 8 * 1000) / speed), next);
  };
  return {
    add(bytes) {
      if (state === 'over') return;
      waiting = Buffer.concat([waiting, bytes]);
      hold(waiting.length > HELD_MAX_BYTES);
      if (state === 'free') next();
    },
    start() {
      if (state === 'before') next();
    },
    stop() {
      state = 'over';
      cancel();
    },
    setSpeed(bitsPerSecond) {
      speed = Math.min(bitsPerSecond, SPEED);
    },
  };
}
