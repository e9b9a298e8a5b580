/** What a sweep does about money: bounds, what the market takes back, and how long jobs run. */
import type { Survey } from '../../survey/survey.ts';
import type { ReaperWorld } from '../../world.ts';
import { openBreakers } from './breaker.ts';
import { learnJobHours } from './hours.ts';
import { tendSpend } from './spend.ts';

/** Percent of the bound that is nearest; 0 without one. */
export async function tendMoney({ jobs, runners }: Survey, world: ReaperWorld): Promise<number> {
  await openBreakers(runners, world);
  if (jobs.length > 0) await learnJobHours(world);
  return tendSpend(jobs, runners, world);
}
