/** What only GitHub's own record of a job can say. */
import { targetOf } from '../../../shared/names.ts';
import type { ReaperWorld } from '../world.ts';
import type { EndedEvent } from './history.ts';

/** Did this job end on this runner? A record that cannot be had says no: the sweeps ask again. */
export async function isEndOnRecord({ job, runner }: EndedEvent, world: ReaperWorld): Promise<boolean> {
  try {
    const record = await world.github.job(targetOf(job, world.config), job.repository, job.id);
    return record?.status === 'completed' && record.runner !== null && record.runner.id === runner?.id;
  } catch (error) {
    world.log('job.unasked', { job: job.id, error: error instanceof Error ? error.message : 'unknown' });
    return false;
  }
}
