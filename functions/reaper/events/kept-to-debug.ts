/** The label `debug`: the machine of a job that failed stays for a while, as if a person had kept it. Pure. */
import type { Config } from '../../../shared/config/config.ts';
import { asksDebug } from '../../../shared/job/debug.ts';
import { mergeTrail } from '../../../shared/ledger/amend.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import { DEBUG_KEPT_MS } from '../../../shared/runner/limits.ts';
import type { EndedEvent } from './history.ts';

/** What of its entry is new then. A later word of a person's stands, and nothing outlives the cloud's release time. */
export function keptToDebug(
  { name, labels, releaseAtMs, keep, trail }: RunnerEntry,
  { conclusion, completedAtMs }: Pick<EndedEvent, 'conclusion' | 'completedAtMs'>,
  config: Config,
): Partial<RunnerEntry> {
  if (conclusion !== 'failure' || !asksDebug(labels, config)) return {};
  const untilMs = Math.min(completedAtMs + DEBUG_KEPT_MS, releaseAtMs ?? 0);
  if (untilMs <= Math.max(completedAtMs, keep?.untilMs ?? 0)) return {};
  const text = `the machine of ${name} is kept, because its job failed and asked for it by the label debug`;
  return { keep: { untilMs, by: 'debug' }, trail: mergeTrail(...trail, { atMs: completedAtMs, text }) };
}
