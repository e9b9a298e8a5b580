/** The end of a runner: its machine is proven gone, its facts are kept, registration, slot and entry go. */

import { spentOn } from '../../../shared/advisor/spend.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import { isKept } from '../../../shared/ledger/entry-parts.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { ABSENT_LOOKS_MIN, SWEEP_ACTS_MAX } from '../../../shared/limits.ts';
import type { RunnerName } from '../../../shared/nouns.ts';
import { START_VISIBLE_MS } from '../../../shared/warm/limits.ts';
import { closeAll } from '../ending/together.ts';
import { runnerFacts, unusedRow } from '../events/history.ts';
import { isLaunched } from '../own-instance.ts';
import type { Observation } from '../survey/observe.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';
import { noteInterruptedJob } from './retire.ts';

/** The cloud says that there is no such instance: registration, slot, entry. */
export async function close(
  held: Held<RunnerEntry>,
  observation: Observation,
  world: ReaperWorld,
): Promise<void> {
  const { registration } = observation;
  const { ledger, github } = world;
  const { entry } = held;
  if (!(await isProvenGone(held, observation, world))) return;
  const last =
    entry.state === 'retiring'
      ? held
      : await ledger.runners.replace(entry.name, held, { ...entry, state: 'retiring' });
  if (last === null) return;
  if (registration !== null) await github.removeRunner(registration.target, registration.id);
  if (entry.isInterrupted) await noteInterruptedJob(entry.busyWith, world);
  await keepFacts(entry, world);
  const closing = closingOf(last, world);
  if (world.together === undefined) await closeAll([closing], world);
  else world.together.closings.push(closing);
}

const closingOf = (held: Held<RunnerEntry>, { clock }: ReaperWorld) => ({
  held,
  spent: spentOn(held.entry, clock.nowMs()),
});

/**
 * Between two sweeps, for those who wait for its place: the runner whose job GitHub said has ended, and whose machine both the
 * look-up by id and its deletion, asked for once more, say is gone. `seen`: runners that the sweep saw with a job, on machines
 * that were there and that no tag keeps; it has yet to count what the others tell the brake, and interruptions. Which were
 * closed; what is not begun by then, or fails, is left to the sweep: this function must not die with its lease.
 */
export async function closeEnded(
  runners: readonly Held<RunnerEntry>[],
  seen: ReadonlySet<RunnerName>,
  deadlineMs: number,
  world: ReaperWorld,
): Promise<ReadonlySet<RunnerName>> {
  const nowMs = world.clock.nowMs();
  const all = runners.filter(({ entry }) => seen.has(entry.name) && isAtItsEnd(entry, nowMs));
  const ended = all.slice(0, SWEEP_ACTS_MAX);
  const regions = [...new Set(ended.flatMap(({ entry }) => entry.region ?? []))];
  const gone: Held<RunnerEntry>[] = [];
  await untilDeadline(regions, deadlineMs, world.clock, async (region) => {
    gone.push(...(await goneIn(region, ended, deadlineMs, world)));
  });
  return tried(() => closeTogether(gone, world), new Set(), world);
}

async function closeTogether(
  gone: readonly Held<RunnerEntry>[],
  world: ReaperWorld,
): Promise<ReadonlySet<RunnerName>> {
  const closings = gone.map((held) => closingOf(held, world));
  if (closings.length > 0) await closeAll(closings, world);
  return new Set(gone.map(({ entry }) => entry.name));
}

const isAtItsEnd = (entry: RunnerEntry, nowMs: number): boolean =>
  entry.state === 'retiring' &&
  entry.ran !== null &&
  entry.busyWith === null &&
  !entry.isInterrupted &&
  !isKept(entry, nowMs) &&
  isLaunched(entry);

async function goneIn(
  region: string,
  ended: readonly Held<RunnerEntry>[],
  deadlineMs: number,
  world: ReaperWorld,
): Promise<readonly Held<RunnerEntry>[]> {
  const here = ended.filter(({ entry }) => entry.region === region);
  const ids = here.flatMap(({ entry }) => entry.instanceId ?? []);
  const found = await tried(() => world.instances.find(region, ids), null, world);
  if (found === null) return [];
  const existing = new Set<string | null>(found.map(({ id }) => id));
  const missing = here.filter(({ entry }) => !existing.has(entry.instanceId));
  const gone: Held<RunnerEntry>[] = [];
  await untilDeadline(missing, deadlineMs, world.clock, async (held) => {
    if (await tried(() => wentFor(held.entry, world), false, world)) gone.push(held);
  });
  return gone;
}

/** With its facts kept. */
async function wentFor(entry: RunnerEntry, world: ReaperWorld): Promise<boolean> {
  const { instanceId, region } = entry;
  if (instanceId === null || region === null) return false;
  if ((await world.instances.terminate(region, instanceId)) !== 'gone') return false;
  await keepFacts(entry, world);
  return true;
}

/** What fails here is left to the sweep, which asks the same, and tells of it. */
async function tried<Answer>(
  ask: () => Promise<Answer>,
  otherwise: Answer,
  { log }: ReaperWorld,
): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    log('close.left', { error: error instanceof Error ? error.message : 'unknown' });
    return otherwise;
  }
}

/**
 * Two empty answers may both be wrong. Its deletion, asked for once more, says 'gone' from another side; where a job
 * may run on it, a person keeps it, or we found it instead of launching it, that is not asked for, and a second sweep
 * must see the same; of one that is kept, when lists are no older than its start (seed 204183).
 */
async function isProvenGone(
  held: Held<RunnerEntry>,
  { isJobOpen }: Observation,
  { ledger, instances, clock }: ReaperWorld,
): Promise<boolean> {
  const { entry } = held;
  const { instanceId, region, absentLooks } = entry;
  if (instanceId === null || region === null) return true;
  const isHeld = isKept(entry, clock.nowMs());
  const isAskable = !isJobOpen && !isHeld && isLaunched(entry);
  if (isAskable && (await instances.terminate(region, instanceId)) === 'gone') return true;
  const isYoung = clock.nowMs() - (entry.startedAtMs ?? entry.createdAtMs) <= START_VISIBLE_MS;
  if (absentLooks + 1 >= ABSENT_LOOKS_MIN && !(isHeld && isYoung)) return true;
  await ledger.runners.replace(entry.name, held, { ...entry, absentLooks: absentLooks + 1 });
  return false;
}

/** The machine may be gone long before GitHub says that its job ended: the bill is known now. */
async function keepFacts(entry: RunnerEntry, { ledger, clock }: ReaperWorld): Promise<void> {
  const goneAtMs = clock.nowMs();
  const held = entry.busyWith === null ? null : await ledger.jobs.read(entry.busyWith);
  const job = entry.ran ?? held?.entry.job;
  if (job !== undefined) {
    await ledger.history.merge({ job, ...runnerFacts(entry), trail: entry.trail, goneAtMs });
    return;
  }
  const unused = entry.busyWith === null ? unusedRow(entry, goneAtMs) : null;
  if (unused !== null) await ledger.history.noteUnused(unused);
}
