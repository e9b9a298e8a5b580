/**
 * Time as the simulators know it. Two kinds: virtual (moved by a test) and scaled (real time, faster).
 * State machines hold no timers of their own: what happens later is asked for with `after`.
 */
export interface SimClock {
  nowMs(): number;
  /** Runs `act` once, `ms` from now; the answer cancels it. */
  after(ms: number, act: () => void): () => void;
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

/** Real time from `startMs` on, `scale` times as fast. `stop` forgets all appointments. */
export function scaledClock(
  scale: number,
  startMs: number = Date.now(),
): SimClock & { readonly scale: number; stop(): void } {
  const bornMs = Date.now();
  const pending = new Set<NodeJS.Timeout>();
  return {
    scale,
    nowMs: () => startMs + (Date.now() - bornMs) * scale,
    after(ms, act) {
      const timer = setTimeout(() => {
        pending.delete(timer);
        act();
      }, Math.max(0, ms) / scale);
      pending.add(timer);
      return () => {
        clearTimeout(timer);
        pending.delete(timer);
      };
    },
    stop() {
      for (const timer of pending) clearTimeout(timer);
      pending.clear();
    },
  };
}
