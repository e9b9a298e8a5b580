/** A day: how long its jobs waited, and its money beside other ways to buy. */
import { type DayPlan, playDay } from '../../test/simulation/money/day.ts';
import type { Money } from '../../test/simulation/money/money.ts';

export async function tellDay(plan: DayPlan): Promise<number> {
  const { jobs, succeeded, phases, money, gitHubCallsPerHourMax } = await playDay(plan);
  const lines = [
    `${jobs} jobs, ${succeeded} succeeded; at most ${gitHubCallsPerHourMax} calls of GitHub in an hour.`,
  ];
  for (const [phase, ms] of Object.entries(phases)) {
    const at = (share: number) => ((ms[Math.floor((ms.length - 1) * share)] ?? 0) / 1000).toFixed(1);
    lines.push(`${phase}: p50 ${at(0.5)} s, p90 ${at(0.9)} s, p99 ${at(0.99)} s`);
  }
  process.stdout.write(`${[...lines, ...moneyLines(money)].join('\n')}\n`);
  return 0;
}

function moneyLines(money: Money): string[] {
  const { spent, disks, idle, lostToInterruptions, oracle, onDemand, ruleInUse, ruleRefusals } = money;
  const rows: [what: string, cny: number][] = [
    ['ours', spent],
    ['of it while no job needed the machines', idle],
    ['of it lost to interruptions', lostToInterruptions],
    ['disks, in none of these', disks],
    [`by the core from the size asked up to 64 cores (${ruleRefusals} refusals)`, ruleInUse],
    ['pay-as-you-go', onDemand],
    ['oracle', oracle],
  ];
  return [
    ...rows.map(([what, cny]) => `${what}: CNY ${cny.toFixed(2)}`),
    `ours / oracle: ${(spent / oracle).toFixed(3)}; without what no job needed: ${((spent - idle) / oracle).toFixed(3)}`,
  ];
}
