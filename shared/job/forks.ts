/** Whether a job's code is a fork's: GitHub's record of its run is the only one that says so. */
import type { CallUse } from '../budget.ts';
import type { Config } from '../config/config.ts';
import { RUNS_REMEMBERED_MAX } from '../limits.ts';
import { targetOf } from '../names.ts';
import type { Code, Job, RunId, RunRecord } from '../nouns.ts';
import type { GitHub } from '../ports.ts';

/** Just after a delivery, GitHub's own records may lag behind it. */
export const RUN_UNKNOWN = 'its run is not known at GitHub';
export const FORK_REFUSED = 'its code comes from a fork, and forks are refused';

export type WhyForkRefused = (job: Job) => Promise<string | null>;

/** Pure. Null: there is no such run yet. */
export function codeIn(run: Pick<RunRecord, 'headRepositoryId' | 'repositoryId'> | null): Code | null {
  if (run === null) return null;
  return run.headRepositoryId === run.repositoryId ? 'own' : 'fork';
}

/**
 * Null: it is the repository's own, or forks are allowed. Asked of every job, because a delivery does not say what its
 * run's event was, and forks exist of private repositories, too. Where a run's code is from never changes, and is
 * remembered by whoever holds the answer of this function. `use`: a launch needs it as much as its mint.
 */
export function forkLookUp(config: Config, github: Pick<GitHub, 'codeOf'>, use?: CallUse): WhyForkRefused {
  const known = new Map<RunId, string | null>();
  return async (job) => {
    if (config.repositories.forks === 'allow') return null;
    const before = known.get(job.runId);
    if (before !== undefined) return before;
    const code = await github.codeOf(targetOf(job, config), job.repository, job.runId, use);
    if (code === null) return RUN_UNKNOWN;
    const answer = code === 'own' ? null : FORK_REFUSED;
    if (known.size >= RUNS_REMEMBERED_MAX) known.clear();
    known.set(job.runId, answer);
    return answer;
  };
}
