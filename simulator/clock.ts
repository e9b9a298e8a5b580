/**
 * Time as the simulators know it. Two kinds: virtual (moved by a test) and scaled (real time, faster).
 * State machines hold no timers of their own: what happens later is asked for with `after`.
 */
export interface SimClock {
  nowMs(): number;
  /** Runs `act` once, `ms` from now; the answer cancels it. */
  after(ms: number, act: () => void): () => void;
}

/** Appointments that end together, such as a machine's with its power. */
export function appointmentsOn(clock: SimClock) {
  const pending = new Set<() => void>();
  return {
    after(ms: number, act: () => void) {
      const cancel = clock.after(ms, () => {
        pending.delete(cancel);
        act();
      });
      pending.add(cancel);
      return cancel;
    },
    forgetAll() {
      for (const cancel of pending) cancel();
      pending.clear();
    },
  };
}

interface Appointment {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => void;
}

/** Time that stands still until moved. Appointments of one moment run in the order they were made. */
export class VirtualClock implements SimClock {
  #nowMs: number;
  #made = 0;
  /** a binary heap by time, then by order */
  #heap: Appointment[] = [];
  #cancelled = new Set<number>();

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(ms: number, act: () => void): () => void {
    const order = this.#made++;
    // Whole milliseconds, as Date.now() tells them.
    this.#push({ atMs: this.#nowMs + Math.ceil(Math.max(0, ms)), order, act });
    return () => this.#cancelled.add(order);
  }

  /** Resolves when virtual time has passed. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Runs what is due up to `untilMs`, letting promises settle in between, and leaves the clock there. */
  async runUntil(untilMs: number, isDone: () => boolean = () => false): Promise<void> {
    await settled();
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= untilMs; next = this.#heap[0]) {
      this.#pop();
      if (this.#cancelled.delete(next.order)) continue;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.act();
      await settled();
      if (isDone()) return;
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #push(item: Appointment): void {
    const heap = this.#heap;
    let at = heap.push(item) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up] as Appointment;
      if (!isBefore(item, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = item;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Appointment;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Appointment)) child++;
      const least = heap[child] as Appointment;
      if (!isBefore(least, last)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Appointment, b: Appointment): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** After every promise that can settle without time passing has settled. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export interface ScaledClock extends SimClock {
  readonly scale: number;
  /** One number, shared with other threads: real milliseconds that did not count. */
  readonly lostMs: Float64Array;
  /** Forgets all appointments. */
  stop(): void;
}

/** Often enough that time runs evenly. */
const TICK_MS = 20;
/** Of each tick so much counts whatever was waited for: a thread that never rests must not stop the world. */
const COUNTED_MIN = 0.05;
const OWED_MAX_MS = 1_000;

/**
 * Real time from `startMs` on, `scale` times as fast. `waits`: how long somebody who has work waited for a core since it
 * was last asked. That does not count: a busy machine would make what functions do `scale` times as slow again.
 */
export function scaledClock(
  scale: number,
  startMs: number = Date.now(),
  waits: (() => number) | null = null,
): ScaledClock {
  const bornMs = Date.now();
  const lostMs = new Float64Array(new SharedArrayBuffer(8));
  const stopWatching = waits === null ? () => undefined : watch(waits, lostMs);
  const pending = new Set<NodeJS.Timeout>();
  let latestMs = startMs;
  const nowMs = (): number => {
    const [lost = 0] = lostMs;
    latestMs = Math.max(latestMs, startMs + (Date.now() - bornMs - lost) * scale);
    return latestMs;
  };
  const arm = (dueMs: number, act: () => void, armed: { timer?: NodeJS.Timeout }): void => {
    const timer = setTimeout(
      () => {
        pending.delete(timer);
        if (dueMs - nowMs() < scale) act();
        else arm(dueMs, act, armed);
      },
      Math.max(0, dueMs - nowMs()) / scale,
    );
    armed.timer = timer;
    pending.add(timer);
  };
  return {
    scale,
    lostMs,
    nowMs,
    after(ms, act) {
      const armed: { timer?: NodeJS.Timeout } = {};
      arm(nowMs() + Math.max(0, ms), act, armed);
      return () => {
        clearTimeout(armed.timer);
        if (armed.timer !== undefined) pending.delete(armed.timer);
      };
    },
    stop() {
      stopWatching();
      for (const timer of pending) clearTimeout(timer);
      pending.clear();
    },
  };
}

/** A wait is known when it is over: what is more than a tick is taken from the next ones. */
function watch(waits: () => number, lostMs: Float64Array): () => void {
  let [owedMs, atMs] = [0, Date.now()];
  const timer = setInterval(() => {
    const elapsedMs = Date.now() - atMs;
    atMs += elapsedMs;
    owedMs = Math.min(OWED_MAX_MS, owedMs + waits());
    const taken = Math.min(owedMs, elapsedMs * (1 - COUNTED_MIN));
    owedMs -= taken;
    lostMs[0] = (lostMs[0] ?? 0) + taken;
  }, TICK_MS);
  return () => clearInterval(timer);
}
