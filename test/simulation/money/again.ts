/** What became of the jobs that the spot market took away. Pure. */
import type { Bill } from '../../../simulator/ecs/index.ts';
import type { SimJob } from '../../../simulator/github/index.ts';

export interface Again {
  /** Machines that the market took back, with a job or without. */
  readonly takenBack: number;
  /** Jobs, a second interruption of one counted again, that did not end on them as they should. */
  readonly interrupted: number;
  readonly again: number;
  /** The others, by why they were not: 'nobody decided' where nothing was said. */
  readonly left: ReadonlyMap<string, number>;
}

export const isLost = (bill: Bill, job: SimJob): boolean => bill.isTakenBack && job.conclusion !== 'success';

/** `jobs`: of all attempts. `reasons`: by the run's id, why not all of it was run again. */
export function againOf(
  bills: readonly Bill[],
  jobs: readonly SimJob[],
  reasons: ReadonlyMap<number, string>,
): Again {
  const byRunner = new Map(bills.map((bill) => [bill.tags['ci-runner-name'], bill]));
  const key = ({ run, plan }: SimJob, attempt: number) => `${run.id}/${plan.name}/${attempt}`;
  const all = new Set(jobs.map((job) => key(job, job.attempt)));
  const lost = jobs.filter((job) => {
    const bill = byRunner.get(job.runner?.name ?? '');
    return bill !== undefined && isLost(bill, job);
  });
  const notAgain = lost.filter((job) => !all.has(key(job, job.attempt + 1)));
  const left = new Map<string, number>();
  for (const { run } of notAgain) {
    const because = reasons.get(run.id) ?? 'nobody decided';
    left.set(because, (left.get(because) ?? 0) + 1);
  }
  return {
    takenBack: bills.filter(({ isTakenBack }) => isTakenBack).length,
    interrupted: lost.length,
    again: lost.length - notAgain.length,
    left,
  };
}
