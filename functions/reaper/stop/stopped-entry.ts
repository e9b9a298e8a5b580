/** What a stop makes of a runner's entry: pure. */
import { mergeTrail } from '../../../shared/ledger/amend.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Job } from '../../../shared/nouns.ts';
import { withStoppedMs } from '../../../shared/warm/standby.ts';

/**
 * Undefined: nothing to write. A launch under lease is only marked, and its holder undoes what it made; every other
 * runner is ended whatever it does, and asks nothing of GitHub. `job`: what runs on it, whose history gets the bill.
 */
export function stoppedEntry(
  entry: RunnerEntry,
  job: Job | null,
  because: string,
  nowMs: number,
): RunnerEntry | undefined {
  const { state, busyWith, isUnwanted, keep } = entry;
  if (state === 'retiring' && busyWith === null) return keep == null ? undefined : { ...entry, keep: null };
  if (isUnderLease(entry, nowMs) && isUnwanted) return undefined;
  const trail = mergeTrail(...entry.trail, { atMs: nowMs, text: `was ended because ${because}` });
  const marked = { ...entry, isUnwanted: true, because, trail, ...(keep == null ? {} : { keep: null }) };
  if (isUnderLease(entry, nowMs)) return marked;
  const ran = entry.ran ?? (job?.id === busyWith ? job : null);
  return {
    ...marked,
    ...withStoppedMs(entry, nowMs),
    state: 'retiring',
    stateAtMs: nowMs,
    busyWith: null,
    for: null,
    ran,
  };
}

export const isUnderLease = ({ state, leaseUntilMs }: RunnerEntry, nowMs: number): boolean =>
  state === 'launching' && leaseUntilMs > nowMs;
