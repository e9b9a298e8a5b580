/** Puts every request to a table under a scheduler's or a fault's command. */
import type { Scheduler } from 'fast-check';
import type { Table } from '../../../shared/adapters/tablestore/table.ts';

/** Each call runs only when the scheduler lets it: so all orders in which requests can reach the store are tried. */
export function scheduled(table: Table, scheduler: Scheduler): Table {
  return gated(table, () => scheduler.schedule(Promise.resolve()));
}

/** `gate` may wait, or throw to stop the caller for good. */
export function gated(table: Table, gate: () => Promise<unknown>): Table {
  return {
    async get(key) {
      await gate();
      return table.get(key);
    },
    async put(key, columns, condition) {
      await gate();
      return table.put(key, columns, condition);
    },
    async update(key, change, condition) {
      await gate();
      return table.update(key, change, condition);
    },
    async delete(key, condition) {
      await gate();
      return table.delete(key, condition);
    },
    async range(...asked) {
      await gate();
      return table.range(...asked);
    },
  };
}

/** An invocation that dies at its nth request. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Called before each request of one invocation, to whichever table. */
export function crashing(requests: number): () => void {
  let left = requests;
  return () => {
    if (left-- <= 0) throw new Crash(`at request ${requests}`);
  };
}

/** What an invocation did, or null when it crashed. */
export async function survived<Answer>(act: Promise<Answer>): Promise<Answer | null> {
  try {
    return await act;
  } catch (error) {
    if (error instanceof Crash) return null;
    throw error;
  }
}

/**
 * Runs `act` in every order in which its gates can be passed, and answers how many there were. A gate waits until its turn;
 * after each pass everything settles, so `act` must wait for nothing else.
 */
export async function everyInterleaving(
  act: (gate: () => Promise<void>) => Promise<unknown>,
  most: number,
): Promise<number> {
  let turns: Turn[] = [];
  for (let runs = 1; runs <= most; runs++) {
    turns = await oneInterleaving(act, turns);
    while (turns.at(-1)?.isLast) turns.pop();
    const last = turns.at(-1);
    if (last === undefined) return runs;
    turns = [...turns.slice(0, -1), { chosen: last.chosen + 1, isLast: false }];
  }
  throw new Error(`more than ${most} interleavings`);
}

interface Turn {
  readonly chosen: number;
  /** No other choice is left here. */
  readonly isLast: boolean;
}

async function oneInterleaving(
  act: (gate: () => Promise<void>) => Promise<unknown>,
  prefix: readonly Turn[],
): Promise<Turn[]> {
  const waiting: (() => void)[] = [];
  const turns: Turn[] = [];
  const done = act(() => new Promise((resolve) => waiting.push(resolve)));
  done.catch(() => {});
  for (await settled(); waiting.length > 0; await settled()) {
    const chosen = prefix[turns.length]?.chosen ?? 0;
    turns.push({ chosen, isLast: chosen === waiting.length - 1 });
    waiting.splice(chosen, 1)[0]?.();
  }
  await done;
  return turns;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
