/** The proposals for people, with the lines for `runners.yaml`. */
import { plainText } from '../../../shared/story/outside-text.ts';
import type { Proposal } from './propose.ts';
import type { PoolAdvice, WarmAdvice } from './warm.ts';

export function warmText({ pools, days, timeZone, currency, seldomJobs, cutDays }: WarmAdvice): string {
  const places = new Set(pools.map(({ place }) => place));
  const told = pools.map((pool) => poolText(pool, { timeZone, currency, isPlaced: places.size > 1 }));
  const none = 'Of no labels came enough jobs to propose runners that wait for them.';
  return [
    `Going by the arrivals of the last ${days} days, by the clock of ${timeZone}:`,
    ...(pools.length === 0 ? [none] : told),
    ...(seldomJobs === 0 ? [] : [`Jobs of labels that came too seldom to say anything: ${seldomJobs}.`]),
    ...cutDays.map((day) => `Of ${day} not all jobs were read.`),
    'Prices are those of past launches, the disk at an estimate; of stopped runners also what their jobs cost more than on spot. What a waiting runner has cost, and bought: npm run cost',
    '',
  ].join('\n\n');
}

interface Look {
  readonly timeZone: string;
  readonly currency: string | null;
  readonly isPlaced: boolean;
}

function poolText(pool: PoolAdvice, look: Look): string {
  const { labels, place, hot, when, jobs, others, stopped } = pool;
  const name = plainText([...labels, ...(look.isPlaced ? [`in ${place}`] : [])].join(' '), 120);
  const where = look.isPlaced ? `, repositories: ${JSON.stringify([place])}` : '';
  const line = (count: string) =>
    `      - {labels: ${JSON.stringify(labels)}, ${count}, when: ${JSON.stringify(when)}, timeZone: ${look.timeZone}${where}}`;
  return [
    `${name}: ${jobs} jobs`,
    `  ${hot} hot on ${when} would have served ${outcome(pool, look)}.`,
    ...others.map((each) => `  ${each.hot} hot: ${outcome(each, look)}.`),
    `  Or ${stopped.stopped} stopped in the same hours, which start in the time of a boot: ${outcome(stopped, look)}.`,
    ...stopped.others.map((each) => `  ${each.stopped} stopped: ${outcome(each, look)}.`),
    '  In runners.yaml one of these:',
    '    warm:',
    line(`hot: ${hot}`),
    line(`stopped: ${stopped.stopped}`),
  ].join('\n');
}

function outcome(
  { servedShare, costPerDay }: Pick<Proposal, 'servedShare' | 'costPerDay'>,
  { currency }: Look,
): string {
  const cost =
    costPerDay === null ? 'a price that is not known' : `${currency ?? ''} ${costPerDay.toFixed(2)}`;
  return `${Math.round(100 * servedShare)} % of jobs warm for ${cost.trim()} a day`;
}
