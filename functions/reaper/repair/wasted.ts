/** A runner that its job had nothing of: the next one has to wait, and an alert is raised when it goes on. */

import { alertOnce } from '../../../shared/alert-once.ts';
import { amend, mergeTrail } from '../../../shared/ledger/amend.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import { WASTED_ALERT_MIN, WASTED_PAUSE_MAX_MS, WASTED_PAUSE_MS } from '../../../shared/limits.ts';
import type { Observation } from '../survey/observe.ts';
import type { ReaperWorld } from '../world.ts';

/** Once for each runner and reason: the runner's entry says what was held against it before. */
export async function delayNextLaunch(
  { name, for: meantFor, because: before }: RunnerEntry,
  { waiting }: Observation,
  because: string,
  world: ReaperWorld,
): Promise<void> {
  const id = waiting?.job.id ?? meantFor;
  if (id === null || before === because) return;
  const nowMs = world.clock.nowMs();
  const text = `its runner ${name} was of no use: ${because}`;
  const held = await amend(world.ledger.jobs, id, (entry) => putOff(entry, text, nowMs));
  if (held !== null && held.entry.startedOn === null) await alertOfWaste(held.entry, because, world);
}

/** Pure. Launches that found no stock do not count. */
function putOff(entry: JobEntry, because: string, atMs: number): JobEntry | undefined {
  if (entry.startedOn !== null) return undefined;
  const wasted = (entry.wasted ?? 0) + 1;
  const nextTryAtMs = atMs + Math.min(2 ** wasted * WASTED_PAUSE_MS, WASTED_PAUSE_MAX_MS);
  const trail = mergeTrail(...entry.trail, { atMs, text: because });
  return { ...entry, wasted, nextTryAtMs: Math.max(entry.nextTryAtMs, nextTryAtMs), because, trail };
}

async function alertOfWaste(
  { job, wasted = 0 }: JobEntry,
  because: string,
  world: ReaperWorld,
): Promise<void> {
  if (wasted < WASTED_ALERT_MIN) return;
  const { runnerGroup } = world.config.github;
  const text = `The job ${job.id} of ${job.repository} had ${wasted} runners of no use, the last one because ${because}. Likely causes: the runner group ${runnerGroup} does not serve the repository, or the image does not boot.`;
  await alertOnce(`wasted-${job.repository}`, text, world);
}
