/** What a sweep does about money: bounds, and how long jobs run. */
import type { Survey } from '../../survey/survey.ts';
import type { ReaperWorld } from '../../world.ts';
import { learnJobHours } from './hours.ts';
import { tendSpend } from './spend.ts';

/** Percent of the bound that is nearest; 0 without one. */
export async function tendMoney({ jobs, runners }: Survey, world: ReaperWorld): Promise<number> {
  if (jobs.length > 0) await learnJobHours(world);
  return tendSpend(jobs, runners, world);
}
