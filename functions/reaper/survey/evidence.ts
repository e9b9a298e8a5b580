/** What only GitHub's own job records can prove. Asked for at most once a sweep. */
import { amend } from '../../../shared/ledger/amend.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import { STARTED_CHECK_MS } from '../../../shared/limits.ts';
import { targetOf } from '../../../shared/names.ts';
import type { Job, JobId, JobRecord, Listing } from '../../../shared/nouns.ts';
import { settleEnd } from '../events/record-end.ts';
import { recordStart } from '../events/record-start.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';
import { forgetRepository, type KnownRepository, knownRepositories } from './known.ts';

export interface Evidence {
  jobEntry(id: JobId): Promise<JobEntry | null>;
  /** The active job that names this runner; null: there is none in any repository that we know; 'unknown': not all could be asked. */
  jobNaming(runner: RunnerEntry): Promise<JobRecord | null | 'unknown'>;
  activeJobs(repository: KnownRepository): Promise<ActiveJobs>;
}

export interface ActiveJobs extends Listing<JobRecord> {
  /** There is no such repository any more, for us. */
  readonly isGone?: boolean;
}

/** After `deadlineMs` no further repository is asked for a job that names a runner. */
export function gatherEvidence(deadlineMs: number, world: ReaperWorld): Evidence {
  const asked = new Map<string, Promise<ActiveJobs>>();
  let known: Promise<readonly KnownRepository[]> | undefined;
  const activeJobs = (repository: KnownRepository): Promise<ActiveJobs> => {
    const before = asked.get(repository.repository);
    if (before !== undefined) return before;
    const listing = lookAt(repository, world);
    asked.set(repository.repository, listing);
    return listing;
  };
  return {
    activeJobs,
    jobEntry: async (id) => (await world.ledger.jobs.read(id))?.entry ?? null,
    async jobNaming(runner) {
      known ??= knownRepositories(world);
      const repositories = servedBy(runner, await known, world);
      const found: JobRecord[] = [];
      let isComplete = true;
      const left = await untilDeadline(repositories, deadlineMs, world.clock, async (repository) => {
        if (found.length > 0) return;
        const { things, complete } = await activeJobs(repository);
        found.push(...things.filter((record) => isNamed(record, runner)));
        isComplete &&= complete;
      });
      return found[0] ?? (isComplete && left === null ? null : 'unknown');
    },
  };
}

/** By GitHub's id, where we know it: a name may be anybody's. */
const isNamed = (record: JobRecord, { name, runnerId }: RunnerEntry): boolean =>
  record.runner?.name === name && (runnerId === null || record.runner.id === runnerId);

/** Whose jobs it may be given, its own first: one that is registered in a repository serves that alone. */
function servedBy(
  { repository, installationId }: RunnerEntry,
  known: readonly KnownRepository[],
  { config }: ReaperWorld,
): readonly KnownRepository[] {
  if (repository === '') return known;
  const own = { repository, installationId, seenAtMs: 0 };
  if (config.github.scope === 'repository') return [own];
  return [own, ...known.filter((each) => each.repository !== repository)];
}

async function lookAt(
  { repository, installationId }: KnownRepository,
  world: ReaperWorld,
): Promise<ActiveJobs> {
  try {
    const target = targetOf({ repository, installationId }, world.config);
    const jobs = await world.github.activeJobs(target, repository);
    if (jobs !== null) return jobs;
    world.log('repository.gone', { repository });
    await forgetRepository(repository, world);
    return { things: [], complete: true, isGone: true };
  } catch (error) {
    world.log('look.failed', { repository, error: error instanceof Error ? error.message : 'unknown' });
    return { things: [], complete: false };
  }
}

/** Asks for a job's own record and takes it as an event. A record that GitHub does not have proves nothing. */
export async function askRecord(job: Job, world: ReaperWorld): Promise<void> {
  const record = await world.github.job(targetOf(job, world.config), job.repository, job.id);
  world.log('job.asked', { job: job.id, status: record?.status ?? 'absent' });
  if (record === null) await putOff(job, world);
  else await takeAsEvent(record, world);
}

/** What we saw ourselves goes the same way as what a delivery says. */
export async function takeAsEvent(record: JobRecord, world: ReaperWorld): Promise<void> {
  const { job, status, runner, startedAtMs, completedAtMs } = record;
  const nowMs = world.clock.nowMs();
  if (status === 'completed') {
    const conclusion = record.conclusion ?? 'unknown';
    await settleEnd(
      {
        kind: 'completed',
        job,
        delivery: 'look',
        runner,
        conclusion,
        startedAtMs,
        completedAtMs: completedAtMs ?? nowMs,
      },
      world,
    );
  } else if (status === 'in_progress' && runner !== null) {
    await recordStart(
      { kind: 'in_progress', job, delivery: 'look', runner, startedAtMs: startedAtMs ?? nowMs },
      world,
    );
  } else if (status === 'queued') {
    await queuedAgain(job, world);
  } else {
    await putOff(job, world);
  }
}

/** GitHub takes a job back from a runner that does not answer: it waits again. */
async function queuedAgain(job: Job, { ledger, clock }: ReaperWorld): Promise<void> {
  const nextTryAtMs = clock.nowMs();
  await amend(ledger.jobs, job.id, (entry) =>
    entry.startedOn === null
      ? undefined
      : { ...entry, startedOn: null, startedAtMs: null, nextTryAtMs, because: 'GitHub queued it again' },
  );
}

/** Not known now: asked again after a while. */
export async function putOff(job: Job, { ledger, clock }: ReaperWorld): Promise<void> {
  const nextTryAtMs = clock.nowMs() + STARTED_CHECK_MS;
  await amend(ledger.jobs, job.id, (entry) =>
    entry.startedOn === null ? undefined : { ...entry, nextTryAtMs },
  );
}
