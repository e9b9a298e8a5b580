/** What is promised of a day's money. Pure. */
import type { Day } from './day.ts';

/** Of the oracle. */
const SPENT_MAX = 1.05;
/** In less, the names are new and a single re-run is a percent: luck. */
const JUDGED_JOBS_MIN = 10_000;
/** A day that leaves them alone says nothing of what interruptions cost. */
const AGAIN_MIN = 0.5;

/** Each that was missed, with both figures. */
export function missedOf({
  jobs,
  again: { interrupted, again },
  money: { spent, oracle },
}: Pick<Day, 'jobs' | 'again'> & { readonly money: Pick<Day['money'], 'spent' | 'oracle'> }): string[] {
  if (jobs < JUDGED_JOBS_MIN) return [];
  const missed: string[] = [];
  if (spent > SPENT_MAX * oracle)
    missed.push(`${(spent / oracle).toFixed(4)} of what the oracle spends, at most ${SPENT_MAX}`);
  if (again < AGAIN_MIN * interrupted)
    missed.push(`${again} of ${interrupted} interrupted jobs run again, at least ${AGAIN_MIN * 100} %`);
  return missed;
}
