/** A day: how long its jobs waited, and its money beside other ways to buy. */
import { BAKED_BOOT_MS, STARTED_AGAIN_MS, STOCK_BOOT_MS } from '../../simulator/timed-driver.ts';
import type { Again } from '../../test/simulation/money/again.ts';
import { missedOf } from '../../test/simulation/money/bars.ts';
import { DAY_HOURS, type Day, type DayPlan, playDay, WARMTHS } from '../../test/simulation/money/day.ts';
import type { Money } from '../../test/simulation/money/money.ts';

export async function tellDay(plan: DayPlan): Promise<number> {
  const day = await playDay(plan, hourly());
  const { jobs, succeeded, phases, warmMs, money, again, gitHubCallsPerHourMax } = day;
  const lines = [
    `${jobs} jobs, ${succeeded} succeeded; at most ${gitHubCallsPerHourMax} calls of GitHub in an hour.`,
    againLine(again),
  ];
  for (const [phase, ms] of Object.entries(phases)) {
    const [p50, p90, p99] = percentiles(ms);
    lines.push(`${phase}: p50 ${p50} s, p90 ${p90} s, p99 ${p99} s`);
  }
  if (plan.warm !== 'none') lines.push(`served warm, their p50: ${servedWarm(jobs, warmMs)}`);
  const missed = missedOf(day);
  lines.push(...moneyLines(money), ...missed.map((line) => `MISSED: ${line}`));
  process.stdout.write(`${lines.join('\n')}\n`);
  return missed.length === 0 ? 0 : 1;
}

function againLine({ takenBack, interrupted, again, left }: Again): string {
  const others = [...left].map(([because, jobs]) => `; ${jobs} not, because ${because}`).join('');
  return `${takenBack} machines taken back, and of them ${interrupted} jobs: ${again} run again${others}`;
}

/** On the error output: a big day takes an hour. */
function hourly(): (played: number) => void {
  const beganMs = Date.now();
  return (played) => {
    const seconds = Math.round((Date.now() - beganMs) / 1000);
    process.stderr.write(`${played} of ${DAY_HOURS} hours, ${seconds} s\n`);
  };
}

const percentiles = (ms: readonly number[]): string[] =>
  [0.5, 0.9, 0.99].map((share) => ((ms[Math.floor((ms.length - 1) * share)] ?? 0) / 1000).toFixed(1));

/** The same day by what waits for its jobs: a table in Markdown, a row as it comes. */
export async function tellWaits(plan: DayPlan): Promise<number> {
  const write = (line: string) => void process.stdout.write(`${line}\n`);
  const span = ([min, max]: readonly [number, number]) => `${min / 1000} to ${max / 1000} s`;
  write(
    `${plan.jobs} jobs. Modelled, from Running to the runner's connection: stock image ${span(STOCK_BOOT_MS)}, baked image ${span(BAKED_BOOT_MS)}, started again ${span(STARTED_AGAIN_MS)}.`,
  );
  write('| warm runners, image | p50 | p90 | p99 | served warm, their p50 | spent, CNY | of it idle |');
  write('|---|---|---|---|---|---|---|');
  const variants = [
    { warm: 'none', image: 'stock' } as const,
    ...WARMTHS.map((warm) => ({ warm, image: 'baked' }) as const),
  ];
  for (const variant of variants)
    write(rowOf(`${variant.warm}, ${variant.image}`, await playDay({ ...plan, ...variant })));
  return 0;
}

const servedWarm = (jobs: number, warmMs: readonly number[]): string =>
  `${Math.round((100 * warmMs.length) / jobs)} %, ${percentiles(warmMs)[0]} s`;

function rowOf(name: string, { jobs, warmMs, phases, money }: Day): string {
  const waits = percentiles(phases['queued to running'] ?? []).map((seconds) => `${seconds} s`);
  const warm = warmMs.length === 0 ? '' : servedWarm(jobs, warmMs);
  return `| ${[name, ...waits, warm, money.spent.toFixed(2), money.idle.toFixed(2)].join(' | ')} |`;
}

function moneyLines(money: Money): string[] {
  const { spent, disks, idle, lostToInterruptions, apart, oracle, onDemand, ruleInUse, ruleRefusals } = money;
  const rows: [what: string, cny: number][] = [
    ['ours', spent],
    ['of it while no job needed the machines', idle],
    ['of it lost to interruptions', lostToInterruptions],
    ['disks, in none of these', disks],
    [`by the core from the size asked up to 64 cores (${ruleRefusals} refusals)`, ruleInUse],
    ['pay-as-you-go', onDemand],
    ['oracle', oracle],
  ];
  const between = Object.entries({
    'no job needed the machine': idle,
    'taken back': lostToInterruptions,
    'pay-as-you-go': apart.onDemand,
    'dearer spot': apart.spot,
  })
    .map(([what, cny]) => `${what} ${cny.toFixed(2)}`)
    .join(', ');
  return [
    ...rows.map(([what, cny]) => `${what}: CNY ${cny.toFixed(2)}`),
    `between them: ${between} (CNY)`,
    `ours / oracle: ${(spent / oracle).toFixed(3)}; without what no job needed: ${((spent - idle) / oracle).toFixed(3)}`,
  ];
}
