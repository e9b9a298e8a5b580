/** Turns go round by repository: pure. */
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { count, repositoryKey } from '../own-limits.ts';

export type Waiting = Held<JobEntry>;

type KeyOf = (each: Waiting) => string;

const ofRepository: KeyOf = ({ entry }) => repositoryKey(entry.job.repository);

/** One of each repository, then the next of each; or first those who have fewer runners. `keyOf`: whose turns go round instead. */
export function inTurns(
  jobs: readonly Waiting[],
  used = new Map<string, number>(),
  keyOf = ofRepository,
): readonly Waiting[] {
  const turns = turnsOf(jobs, keyOf);
  const all: Waiting[] = [];
  for (let next = nextTurn(turns, used); next !== null; next = nextTurn(turns, used)) {
    all.push(next);
    count([keyOf(next)], used);
  }
  return all;
}

/** By repository, each in the order that they came in. */
export function turnsOf(jobs: readonly Waiting[], keyOf = ofRepository): Map<string, Waiting[]> {
  const turns = new Map<string, Waiting[]>();
  for (const each of jobs) {
    const key = keyOf(each);
    const before = turns.get(key);
    if (before === undefined) turns.set(key, [each]);
    else before.push(each);
  }
  for (const queue of turns.values()) queue.reverse();
  return turns;
}

/** The head of the repository with the fewest runners; of several the one that came first. */
export function nextTurn(turns: Map<string, Waiting[]>, used: ReadonlyMap<string, number>): Waiting | null {
  let [best, fewest] = [null as string | null, Number.POSITIVE_INFINITY];
  for (const key of turns.keys()) {
    const has = used.get(key) ?? 0;
    if (has < fewest) [best, fewest] = [key, has];
  }
  if (best === null) return null;
  const queue = turns.get(best) as Waiting[];
  const next = queue.pop() as Waiting;
  if (queue.length === 0) turns.delete(best);
  return next;
}

/** Those first that have waited longest since their last try. */
export const byTry = ({ entry: a }: Waiting, { entry: b }: Waiting): number =>
  a.nextTryAtMs - b.nextTryAtMs || a.job.id - b.job.id;

export const byAge = ({ entry: a }: Waiting, { entry: b }: Waiting): number =>
  a.job.createdAtMs - b.job.createdAtMs || a.job.id - b.job.id;
