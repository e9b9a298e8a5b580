/** The one pointer: a runner's `for`. */
import { amend, trailOf } from '../../shared/amend.ts';
import type { JobEntry, RunnerEntry } from '../../shared/entries.ts';
import { covers, understand } from '../../shared/labels.ts';
import type { Held } from '../../shared/ledger.ts';
import { runnerNameOf } from '../../shared/names.ts';
import type { Job, JobId } from '../../shared/nouns.ts';
import type { ReaperWorld } from './world.ts';

/** `taker` runs on what was meant for `robbed`: give `robbed` the taker's own runner, or have one launched now. */
export async function repoint(
  taker: Job,
  takerEntry: JobEntry | null,
  robbed: JobId | null,
  world: ReaperWorld,
): Promise<void> {
  if (robbed === null || robbed === taker.id) return;
  const { ledger, log } = world;
  const waiting = await ledger.jobs.read(robbed);
  if (waiting === null || waiting.entry.startedOn !== null) return;

  const own = await ownRunnerOf(taker, takerEntry, world);
  if (own !== null && isFree(own.entry, taker.id) && covers(own.entry.labels, waiting.entry.job.labels)) {
    const moved = await ledger.runners.replace(own.entry.name, own, {
      ...own.entry,
      for: robbed,
      trail: trailOf(...own.entry.trail, {
        atMs: world.clock.nowMs(),
        text: `${own.entry.name} was meant for the job ${taker.id}, which took the runner of ${robbed}: it is for ${robbed} now`,
      }),
    });
    log('job.repointed', { job: robbed, taker: taker.id, runner: own.entry.name, moved: moved !== null });
    if (moved !== null) return;
  }
  if (await hasAnother(waiting.entry, world)) return;
  await startNow(waiting.entry, `its runner was given to the job ${taker.id}`, world);
}

/** What was taken was not its latest: that one is coming, or its launch is under way, or it has a next try. */
async function hasAnother(entry: JobEntry, world: ReaperWorld): Promise<boolean> {
  const latest = await ownRunnerOf(entry.job, entry, world);
  return latest === null ? entry.nextTryAtMs > world.clock.nowMs() : isFree(latest.entry, entry.job.id);
}

/** The runner of this job's latest launch, whatever became of it. */
export async function ownRunnerOf(
  job: Job,
  entry: JobEntry | null,
  { ledger, config }: ReaperWorld,
): Promise<Held<RunnerEntry> | null> {
  if (entry === null || entry.launches === 0) return null;
  const understood = understand(job.labels, job.repository, config);
  if (understood.kind !== 'ours') return null;
  return ledger.runners.read(runnerNameOf(config.name, understood.requirements.arch, job.id, entry.launches));
}

/** Pure: nobody runs on it, and it is still meant for its own job. */
function isFree(entry: RunnerEntry, own: JobId): boolean {
  const isComing = entry.state === 'launching' || entry.state === 'booting' || entry.state === 'idle';
  return isComing && entry.for === own && !entry.isUnwanted && entry.removedAtMs === null;
}

/** If the launcher cannot be asked now, the next sweep does it: the job is due. */
async function startNow(
  { job, launches }: JobEntry,
  because: string,
  { ledger, clock, queue, log }: ReaperWorld,
): Promise<void> {
  const nextTryAtMs = clock.nowMs();
  const isDue = (entry: JobEntry) => entry.startedOn === null && entry.launches === launches;
  const held = await amend(ledger.jobs, job.id, (entry) =>
    isDue(entry)
      ? {
          ...entry,
          nextTryAtMs,
          because,
          trail: trailOf(...entry.trail, { atMs: nextTryAtMs, text: because }),
        }
      : undefined,
  );
  if (held === null || !isDue(held.entry)) return;
  log('job.due', { job: job.id, because });
  await queue.launch({ kind: 'due', job: held.entry.job, rev: held.rev });
}
