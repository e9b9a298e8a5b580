/** A job takes a runner that waits for one: the pointer moves, and nothing is launched. */
import { covers, parseLabels } from '../../../shared/job/labels.ts';
import { amend, mergeTrail } from '../../../shared/ledger/amend.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import { isLeaving } from '../../../shared/ledger/entry-parts.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { LEDGER_SCAN_MAX } from '../../../shared/limits.ts';
import { isOfOtherHost, placeOf, targetOf } from '../../../shared/names.ts';
import type { Job, RunnerName } from '../../../shared/nouns.ts';
import type { Ahead } from '../ahead.ts';
import type { LauncherWorld, Outcome } from '../world.ts';
import { tellJob } from './settle.ts';
import { isAtRest, startStopped } from './start.ts';

/**
 * Null: none that covers it is free, or could be started. A crash after the pointer has moved is harmless: the sweep sees the job covered, and
 * the pool one short.
 */
export async function takeWarm(
  job: Held<JobEntry>,
  known: Parameters<typeof startStopped>[2] & Pick<Ahead, 'waiting'> & { readonly isOver: Promise<boolean> },
  world: LauncherWorld,
): Promise<Outcome | null> {
  const { ledger, config } = world;
  const waiting = await known.waiting;
  if (waiting.length === 0) return null;
  const [things, hasEnded] = await Promise.all([entriesOf(waiting, world), known.isOver]);
  if (hasEnded) return null;
  const free = things.filter(({ entry }) => isFree(entry, job.entry.job, config)).sort(byReadiness);
  for (const runner of free)
    if (await take(runner, job.entry.job, world)) return tellJob(job, runner.entry, world);
  // GitHub may have given it one that waited, before we could.
  const now = await ledger.jobs.read(job.entry.job.id);
  if (now === null || now.entry.startedOn !== null) return { kind: 'known' };
  const stopped = things.filter(({ entry }) => isAtRest(entry) && suits(entry, job.entry.job, config));
  return startStopped(job, stopped, known, world);
}

async function entriesOf(
  waiting: 'any' | readonly RunnerName[],
  { ledger: { runners } }: LauncherWorld,
): Promise<readonly Held<RunnerEntry>[]> {
  if (waiting === 'any') return (await runners.list(LEDGER_SCAN_MAX)).things;
  const held = await Promise.all(waiting.map((name) => runners.read(name)));
  return held.filter((each) => each !== null);
}

/** Whoever reads it meanwhile, and writes what it saw, does not lose us the runner: two launchers may want the same one. */
async function take(runner: Held<RunnerEntry>, job: Job, world: LauncherWorld): Promise<boolean> {
  const { ledger, clock, config } = world;
  const atMs = clock.nowMs();
  const text = `${runner.entry.name} waited for a job: it is for ${job.id} now`;
  const moved = await amend(
    ledger.runners,
    runner.entry.name,
    (entry) =>
      isFree(entry, job, config)
        ? { ...entry, for: job.id, takenAtMs: atMs, trail: mergeTrail(...entry.trail, { atMs, text }) }
        : undefined,
    runner,
  );
  return moved?.entry.for === job.id;
}

/** Pure. It is registered, or about to be, and would not turn the job away. */
export function isFree(entry: RunnerEntry, job: Job, config: LauncherWorld['config']): boolean {
  const { state, standby } = entry;
  return (state === 'idle' || state === 'booting') && standby == null && suits(entry, job, config);
}

/** Pure. It registered, or would, where the job's repository is served, and its machine would not turn the job away. */
function suits(entry: RunnerEntry, job: Job, config: LauncherWorld['config']): boolean {
  const { isUnwanted, labels, isPublic = false } = entry;
  if (entry.for !== null || isUnwanted || isLeaving(entry) || isOfOtherHost(entry, config)) return false;
  // Of an organisation's two groups each serves its own repositories.
  if (isPublic !== job.isPublic && config.github.scope === 'organization') return false;
  const isServed = placeOf(targetOf(entry, config)) === placeOf(targetOf(job, config));
  return (
    isServed && covers(labels, job.labels) && parseLabels(labels, job.repository, config).kind === 'ours'
  );
}

/** Those that ask for least beyond the job, and of these the oldest: it has the least time left. */
const byReadiness = ({ entry: a }: Held<RunnerEntry>, { entry: b }: Held<RunnerEntry>): number =>
  Number(b.state === 'idle') - Number(a.state === 'idle') ||
  a.labels.length - b.labels.length ||
  a.createdAtMs - b.createdAtMs ||
  (a.name < b.name ? -1 : 1);
