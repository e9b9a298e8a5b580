/** What only GitHub's own record of a job can say. */
import { targetOf } from '../../../shared/names.ts';
import type { Job, JobEvent, JobRecord } from '../../../shared/nouns.ts';
import type { ReaperWorld } from '../world.ts';
import type { EndedEvent } from './history.ts';

export type StartedEvent = Extract<JobEvent, { kind: 'in_progress' }>;

/** Null: GitHub has none. It names no id of its repository, which stays when that is renamed: the one that we know is it. */
export async function recordOf(job: Job, { github, config }: ReaperWorld): Promise<JobRecord | null> {
  const record = await github.job(targetOf(job, config), job.repository, job.id);
  if (record === null) return null;
  return { ...record, job: { ...record.job, repositoryId: record.job.repositoryId ?? job.repositoryId } };
}

/** Did this job end on this runner? A record that cannot be had says no: the sweeps ask again. */
export const isEndOnRecord = (event: EndedEvent, world: ReaperWorld): Promise<boolean> =>
  isOnRecord(event, ['completed'], world);

/** Was it given to this runner, whatever became of it since? */
export const isStartOnRecord = (event: StartedEvent, world: ReaperWorld): Promise<boolean> =>
  isOnRecord(event, ['in_progress', 'completed'], world);

async function isOnRecord(
  { job, runner }: EndedEvent | StartedEvent,
  statuses: readonly string[],
  world: ReaperWorld,
): Promise<boolean> {
  try {
    const record = await recordOf(job, world);
    if (record === null || !statuses.includes(record.status)) return false;
    return record.runner !== null && record.runner.id === runner?.id;
  } catch (error) {
    world.log('job.unasked', { job: job.id, error: error instanceof Error ? error.message : 'unknown' });
    return false;
  }
}
