/** Bounded retries with jitter, by what each error means. */
import { CALL_MAX_MS, CALL_TRIES_MAX, WRITE_CONFLICTS_MAX } from '../../limits.ts';
import { type Table, TableError } from './table.ts';

export interface RetryPolicy {
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  /** in [0, 1) */
  random(): number;
}

const PAUSE_MIN_MS = 50;
const PAUSE_MAX_MS = 3_000;

/** The same table, but what is worth another try gets one, within CALL_MAX_MS. Throws the last `TableError`. */
export function withRetries(table: Table, policy: RetryPolicy): Table {
  const persist = <Answer>(call: () => Promise<Answer>) => retry(call, policy);
  return {
    get: (key) => persist(() => table.get(key)),
    put: (key, columns, condition) => persist(() => table.put(key, columns, condition)),
    update: (key, change, condition) => persist(() => table.update(key, change, condition)),
    delete: (key, condition) => persist(() => table.delete(key, condition)),
    range: (...asked) => persist(() => table.range(...asked)),
  };
}

/** The same for any call that may be made twice. */
export async function retry<Answer>(call: () => Promise<Answer>, policy: RetryPolicy): Promise<Answer> {
  const startMs = policy.nowMs();
  const tries: Tries = { later: 0, unknown: 0 };
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const pauseMs = pauseAfter(count(error, tries), policy.random());
      if (policy.nowMs() + pauseMs - startMs >= CALL_MAX_MS) throw error;
      await policy.sleep(pauseMs);
    }
  }
}

type Tries = Record<'later' | 'unknown', number>;

/** Counts a failed try; throws the error when another is not worth it, or was the last. */
function count(error: unknown, tries: Tries): number {
  if (!(error instanceof TableError) || error.meaning === 'fatal') throw error;
  tries[error.meaning]++;
  if (tries.unknown >= CALL_TRIES_MAX || tries.later >= WRITE_CONFLICTS_MAX) throw error;
  return tries.later + tries.unknown;
}

/** Doubles, and is spread over its upper half, so that those who collided do not meet again. */
function pauseAfter(tries: number, random: number): number {
  const mostMs = Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** tries);
  return mostMs / 2 + (mostMs / 2) * random;
}
