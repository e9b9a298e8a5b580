/** Held jobs: noted, and launched for again as soon as one that they wait for starts or ends. */

import { alertOnce } from '../../../shared/alert-once.ts';
import { amend, mergeTrail } from '../../../shared/ledger/amend.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Hold } from '../../../shared/ledger/entry-parts.ts';
import { mayBeHeld, noteHeld } from '../../../shared/ledger/held-note.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { LEDGER_SCAN_MAX, SWEEP_PARTS_MS } from '../../../shared/limits.ts';
import type { Job, JobId } from '../../../shared/nouns.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';
import { heldBack, isHeld, type Standing } from './held.ts';
import { HELD_ALERT_MS } from './limits.ts';
import { comingFor, FREED, heldGroups, releasable, shownIn } from './releasable.ts';

/** The ledger, as it was read. `runners`: those that may come for a held job beside what is `given`. */
interface Known {
  readonly jobs: readonly Held<JobEntry>[];
  readonly runners: readonly Held<RunnerEntry>[];
}

/** Written before its runner goes: from then on nobody launches for it by time. */
export async function holdBack(
  { job }: JobEntry,
  standing: Pick<Standing, 'by' | 'width'>,
  world: ReaperWorld,
  because = whyHeld(standing),
): Promise<void> {
  const atMs = world.clock.nowMs();
  await writeHold(job, standing, because, (entry) => heldBack(entry, standing, atMs), world);
}

const FOR_REVIEW = 'GitHub says that it waits: its environment wants a review, or time';

/** Its delivery may have called it queued: of what its environment asks GitHub is not sure at first. False: it was known so. */
export async function holdForReview({ id }: Pick<Job, 'id'>, world: ReaperWorld): Promise<boolean> {
  const entry = (await world.ledger.jobs.read(id))?.entry ?? null;
  if (entry === null || entry.startedOn !== null || isHeld(entry)) return false;
  await holdBack(entry, { by: 'record', width: 0 }, world, FOR_REVIEW);
  return true;
}

/** The repository's note first: without it no event looks for what is held. `next`: undefined where it is not to be held. */
export async function writeHold(
  job: Job,
  { by, width }: Pick<Standing, 'by' | 'width'>,
  because: string,
  next: (entry: JobEntry) => JobEntry | undefined,
  { ledger, clock, log }: ReaperWorld,
): Promise<void> {
  const atMs = clock.nowMs();
  const line = { atMs, text: `waits without a runner because ${because}` };
  await noteHeld(job, atMs, ledger);
  const held = await amend(ledger.jobs, job.id, (entry) => {
    const changed = next(entry);
    return changed && { ...changed, because, trail: mergeTrail(...entry.trail, line) };
  });
  log('job.held', { job: job.id, by, width, held: held !== null });
}

function whyHeld({ by, width }: Pick<Standing, 'by' | 'width'>): string {
  if (by === 'record') return 'GitHub says that it is pending: its concurrency group is taken';
  const what = { matrix: 'of its matrix', run: 'of its run', name: 'of its name' }[by];
  return `GitHub holds it back while ${width} ${what} run: max-parallel, or concurrency`;
}

/** A job started or ended: who was held by it may be next. */
export async function releaseAfter(job: Job, world: ReaperWorld): Promise<void> {
  const { ledger } = world;
  if (!(await mayBeHeld(job, world.clock.nowMs(), ledger))) return;
  const jobs = await ledger.jobs.list(LEDGER_SCAN_MAX);
  const runners = await ledger.runners.list(LEDGER_SCAN_MAX);
  const deadlineMs = world.clock.nowMs() + SWEEP_PARTS_MS.start;
  await releaseHeld({ jobs: jobs.things, runners: runners.things }, [], deadlineMs, world);
}

/**
 * How many. Each sweep does what an event that was lost would have done. What there is no time for, of a wide matrix, stays
 * held until the next sweep or event. Throws the first failure once all were tried. `given`: whom the sweep’s matching has runners for.
 */
export async function releaseHeld(
  { jobs, runners }: Known,
  given: readonly { readonly job: JobEntry }[],
  deadlineMs: number,
  world: ReaperWorld,
): Promise<number> {
  const entries = jobs.map(({ entry }) => entry);
  const coming = comingFor(
    runners.map(({ entry }) => entry),
    given.map(({ job }) => job.job.id),
  );
  const due = releasable(entries, coming, world.clock.nowMs());
  // What its record said may be so still: it is asked for again before anything is launched.
  const byRecord = new Set(entries.filter(({ held }) => held?.by === 'record').map(({ job }) => job.id));
  const failures: unknown[] = [];
  const noteFailure = (error: unknown) => void failures.push(error);
  const left = await untilDeadline([...due], deadlineMs, world.clock, ([id, because]) =>
    release(id, because, world, byRecord.has(id)).catch(noteFailure),
  );
  const shown = [...shownIn(entries)].filter(([id]) => !due.has(id));
  await untilDeadline(shown, deadlineMs, world.clock, ([id, held]) =>
    keepHeld(id, held, world).catch(noteFailure),
  );
  if (failures.length > 0) throw failures[0];
  await alertOfStandstill(entries, world);
  return due.size - (left?.count ?? 0);
}

/** By what the first of its matrix have shown. */
async function keepHeld(id: JobId, held: Hold, { ledger }: ReaperWorld): Promise<void> {
  await amend(ledger.jobs, id, (entry) =>
    entry.held?.isFirst && isHeld(entry)
      ? { ...entry, held, holds: Math.max(1, entry.holds ?? 0) }
      : undefined,
  );
}

/** If the launcher cannot be asked now, the next sweep does it: the job is due. `isForSweep`: it is left to that. */
export async function release(
  id: JobId,
  because: string,
  { ledger, clock, queue, log }: ReaperWorld,
  isForSweep = false,
): Promise<void> {
  const nextTryAtMs = clock.nowMs();
  const line = { atMs: nextTryAtMs, text: `is launched for again because ${because}` };
  let isOurs = false;
  const held = await amend(ledger.jobs, id, (entry) => {
    isOurs = isHeld(entry);
    if (!isOurs) return undefined;
    const next = { held: null, nextTryAtMs, releasedAtMs: nextTryAtMs, because };
    const freed = (entry.freed ?? 0) + (because === FREED ? 1 : 0);
    return { ...entry, ...next, freed, trail: mergeTrail(...entry.trail, line) };
  });
  if (held === null || !isOurs) return;
  log('job.due', { job: id, because });
  if (isForSweep) return;
  await queue.launch({ kind: 'due', job: held.entry.job, rev: held.rev, hasTurn: false });
}

/** While others of the run come and go, waiting is what the workflow asks for. */
async function alertOfStandstill(jobs: readonly JobEntry[], world: ReaperWorld): Promise<void> {
  for (const { held, running } of heldGroups(jobs)) {
    const [first] = held;
    const movedAtMs = Math.max(...running.map(({ startedAtMs }) => startedAtMs ?? 0));
    const isStill = running.length > 0 && world.clock.nowMs() - movedAtMs > HELD_ALERT_MS;
    if (first === undefined || !isStill) continue;
    const { repository, runId } = first.job;
    const names = running
      .map(({ job }) => job.name)
      .slice(0, 3)
      .join(', ');
    const text = `Of ${repository} (run ${runId}) ${held.length} waiting jobs have got no runner from GitHub for hours, while ${names} runs. If their workflow says max-parallel or concurrency, they wait for that, and no machine is paid for them. If it does not, look at the runner group ${world.config.github.runnerGroup} and at https://www.githubstatus.com.`;
    await alertOnce(`held-${repository}`, text, world);
  }
}
