/** A job from outside the allow-list on a runner of ours is a security event. */

import { alertOnce } from '../../../shared/alert-once.ts';
import { isAllowed } from '../../../shared/job/labels.ts';
import type { Job, RunnerName } from '../../../shared/nouns.ts';
import type { ReaperWorld } from '../world.ts';

export async function reportForeignJob(job: Job, runner: RunnerName, world: ReaperWorld): Promise<void> {
  if (isAllowed(job.repository, world.config.repositories.allow)) return;
  world.log('security.foreign_job', { job: job.id, repository: job.repository, runner });
  const text = `The runner ${runner} was given a job of ${job.repository}, which is not in repositories.allow. Restrict the runner group ${world.config.github.runnerGroup} to the allowed repositories.`;
  await alertOnce(`foreign-${job.repository}`, text, world);
}
