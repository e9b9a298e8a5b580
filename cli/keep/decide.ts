/** Whether a machine can be kept, and what its entry says then: pure. */
import { mergeTrail } from '../../shared/ledger/amend.ts';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import { isKept } from '../../shared/ledger/entry-parts.ts';
import { isStopped, type Stop, whyStopped } from '../../shared/ledger/stop.ts';
import { LIFETIME_MAX_MS } from '../../shared/limits.ts';
import { KEEP_MAX_MS } from '../../shared/runner/limits.ts';
import { formatDuration } from '../../shared/story/format.ts';
import { isStandingBy } from '../../shared/warm/standby.ts';

/** Null: it can be. Else a sentence that says what to do. */
export function whyNotKept(
  entry: RunnerEntry,
  untilMs: number,
  { nowMs, stop }: { readonly nowMs: number; readonly stop: Stop | null },
): string | null {
  const { name, state, instanceId, region, repository, because } = entry;
  if (stop !== null && isStopped(stop, repository))
    return `Nothing is kept while ${whyStopped(stop, repository)}.`;
  if (instanceId === null || region === null)
    return `${name} has no machine yet. Say it again when npm run list shows one.`;
  if (isStandingBy(entry))
    return `${name} waits for no job yet: its machine is made ready, or stands stopped, and nobody can look at it. Keep one that runs.`;
  if (state === 'retiring' && !isKept(entry, nowMs))
    return `${name} is on its way out, because ${because}: its machine may be gone at any moment. Keep one while its job runs, or have the job ask for it: the label debug.`;
  if (untilMs > nowMs + KEEP_MAX_MS)
    return `A machine is kept for ${formatDuration(KEEP_MAX_MS)} at a time, at most. To keep it for longer, say it again before that is over.`;
  if (untilMs > entry.createdAtMs + LIFETIME_MAX_MS)
    return `No machine lives for longer than ${formatDuration(LIFETIME_MAX_MS)} from its launch: until then ${name} can be kept for ${formatDuration(entry.createdAtMs + LIFETIME_MAX_MS - nowMs)}.`;
  return null;
}

export function keptEntry(entry: RunnerEntry, untilMs: number, nowMs: number): RunnerEntry {
  const text = `the machine of ${entry.name} is kept for ${formatDuration(untilMs - nowMs)}, because the operator asked for it`;
  return {
    ...entry,
    keep: { untilMs, by: 'operator' },
    trail: mergeTrail(...entry.trail, { atMs: nowMs, text }),
  };
}

export function letGoEntry(entry: RunnerEntry, nowMs: number): RunnerEntry | undefined {
  if (entry.keep == null) return undefined;
  const text = `the machine of ${entry.name} is kept no more`;
  return { ...entry, keep: null, trail: mergeTrail(...entry.trail, { atMs: nowMs, text }) };
}
