/** Looks at GitHub for jobs that nobody told us of, and for those that ended or started unnoticed. */
import { amend } from '../../shared/amend.ts';
import type { JobEntry } from '../../shared/entries.ts';
import { hasBaseLabels, isAllowed } from '../../shared/labels.ts';
import type { Held } from '../../shared/ledger.ts';
import {
  LOOK_REPOSITORIES_MAX,
  LOST_JOB_MS,
  OVERDUE_PER_SWEEP_MAX,
  REPOSITORY_LIST_MS,
} from '../../shared/limits.ts';
import { runnerNamePrefix } from '../../shared/names.ts';
import type { Job, JobRecord } from '../../shared/nouns.ts';
import { askRecord, type Evidence, putOff, takeAsEvent } from './evidence.ts';
import { type KnownRepository, knownRepositories, ownersOf, rememberRepositories } from './known.ts';
import { unheardOf } from './started.ts';
import type { Survey } from './survey.ts';
import type { ReaperWorld } from './world.ts';

const TURN = 'look';
const LISTED = 'repositories-listed';

/** How many jobs were found that the ledger did not know so. */
export async function lookForJobs(survey: Survey, evidence: Evidence, world: ReaperWorld): Promise<number> {
  await rememberRepositories(
    survey.jobs.map(({ entry }) => entry.job),
    world,
  );
  await listRepositories(world);
  let found = 0;
  const inTurn = await nextInTurn(world);
  for (const repository of inTurn) {
    const { things, complete } = await evidence.activeJobs(repository);
    const jobs = survey.jobs.filter(({ entry }) => entry.job.repository === repository.repository);
    const known = new Map(jobs.map((held) => [held.entry.job.id, held]));
    for (const record of things) if (await takeRecord(record, known.get(record.job.id), world)) found++;
    if (complete) found += await askEnded(things, jobs, world);
  }
  await askOverdue(survey, new Set(inTurn.map(({ repository }) => repository)), world);
  return found;
}

/** Jobs of elsewhere that a runner of ours was given: nobody looks at their repositories. */
async function askOverdue(
  { jobs }: Survey,
  lookedAt: ReadonlySet<string>,
  world: ReaperWorld,
): Promise<void> {
  const nowMs = world.clock.nowMs();
  const overdue = jobs.filter(
    ({ entry }) =>
      entry.startedOn !== null && entry.nextTryAtMs <= nowMs && !lookedAt.has(entry.job.repository),
  );
  for (const { entry } of overdue.slice(0, OVERDUE_PER_SWEEP_MAX)) {
    await putOff(entry.job, world);
    try {
      await askRecord(entry.job, world);
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      world.log('look.failed', { repository: entry.job.repository, error: reason });
    }
  }
}

/** True: the ledger did not know this. */
async function takeRecord(
  record: JobRecord,
  held: Held<JobEntry> | undefined,
  world: ReaperWorld,
): Promise<boolean> {
  if (record.status === 'in_progress') {
    if (record.runner === null || held?.entry.startedOn === record.runner.name || !concernsUs(record, world))
      return false;
    await takeAsEvent(record, world);
    return true;
  }
  if (record.status !== 'queued' || !isOurs(record, world)) return false;
  if (held !== undefined) return takeQueued(record, held, world);
  if (world.clock.nowMs() - record.job.createdAtMs < LOST_JOB_MS) return false;
  return openLost(record, world);
}

/** GitHub took a job back from a runner that it had started on. */
async function takeQueued(
  record: JobRecord,
  { entry }: Held<JobEntry>,
  world: ReaperWorld,
): Promise<boolean> {
  if (entry.startedOn === null) return false;
  await takeAsEvent(record, world);
  return true;
}

/** Put first, `history` read after it: as a launcher does. Due now. */
async function openLost({ job }: JobRecord, { ledger, clock, log }: ReaperWorld): Promise<boolean> {
  const row = await ledger.history.read(job.createdAtMs, job.id);
  if (row !== null && row.outcome !== null) return false;
  const held = await ledger.jobs.add(job.id, foundNow(job, clock.nowMs()));
  if (held === null) return false;
  const again = await ledger.history.read(job.createdAtMs, job.id);
  if (again !== null && again.outcome !== null) await ledger.jobs.remove(job.id, held);
  log('job.found', { job: job.id, repository: job.repository });
  return true;
}

function foundNow(job: Job, atMs: number): JobEntry {
  const text = 'was found at GitHub by the sweep: no delivery had told us of it';
  return { ...unheardOf(job, atMs), trail: [{ atMs, text }] };
}

/** Jobs that the ledger has and GitHub does not list as active: their own records tell how they ended. */
async function askEnded(
  active: readonly JobRecord[],
  jobs: readonly Held<JobEntry>[],
  world: ReaperWorld,
): Promise<number> {
  const listed = new Set(active.map(({ job }) => job.id));
  const nowMs = world.clock.nowMs();
  const missing = jobs.filter(
    ({ entry }) => !listed.has(entry.job.id) && nowMs - entry.job.createdAtMs > LOST_JOB_MS,
  );
  for (const { entry } of missing) await askRecord(entry.job, world);
  return missing.length;
}

function isOurs({ job }: JobRecord, { config }: ReaperWorld): boolean {
  if (!hasBaseLabels(job.labels, config.baseLabels) || !isAllowed(job.repository, config.repositories.allow))
    return false;
  return !job.isPublic || config.repositories.public === 'allow';
}

/** A job of ours, or anybody's job on a runner of ours. */
function concernsUs(record: JobRecord, world: ReaperWorld): boolean {
  return (
    isOurs(record, world) || record.runner?.name.startsWith(runnerNamePrefix(world.config.name)) === true
  );
}

/** A bounded number each sweep, in turn; polling asks for as many as fit, since nobody else tells us. */
async function nextInTurn({ ledger, config }: ReaperWorld): Promise<readonly KnownRepository[]> {
  const known = await knownRepositories({ ledger });
  if (known.length === 0) return [];
  const held = await ledger.notes.read(TURN);
  const from = held === null ? 0 : Number(held.entry.text) % known.length;
  const width = Math.min(
    known.length,
    config.github.polling ? 3 * LOOK_REPOSITORIES_MAX : LOOK_REPOSITORIES_MAX,
  );
  const note = { text: String((from + width) % known.length), untilMs: null };
  if (held === null) await ledger.notes.add(TURN, note);
  else if (held.entry.text !== note.text) await ledger.notes.replace(TURN, held, note);
  return [...known.slice(from), ...known.slice(0, from)].slice(0, width);
}

/** Repositories that never sent us anything: asked for seldom, in polling each sweep. */
async function listRepositories(world: ReaperWorld): Promise<void> {
  const { ledger, github, clock, config } = world;
  const held = await ledger.notes.read(LISTED);
  const nowMs = clock.nowMs();
  if (!config.github.polling && held !== null && nowMs - Number(held.entry.text) < REPOSITORY_LIST_MS) return;
  for (const owner of ownersOf(world)) {
    const { things } = await github.repositories({ owner, repository: null, installationId: null });
    await rememberRepositories(
      things.map((repository) => ({ repository, installationId: null })),
      world,
    );
  }
  const note = { text: String(nowMs), untilMs: null };
  if (held === null) await ledger.notes.add(LISTED, note);
  else await amend(ledger.notes, LISTED, () => note, held);
}
