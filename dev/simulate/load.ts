/** A load, and whether what is promised of it held. */
import { type Bars, LOADS, type Load } from '../../test/simulation/load/loads.ts';
import { type Played, playLoad } from '../../test/simulation/load/play.ts';

/** `wanted`: part of a name; '' is all. The exit code: 0 when all bars held. */
export async function playLoads(wanted: string, seed: number): Promise<number> {
  const loads = LOADS.filter(({ name }) => name.includes(wanted));
  if (loads.length === 0) {
    process.stderr.write(`There is no such load. There are: ${LOADS.map(({ name }) => name).join(', ')}\n`);
    return 2;
  }
  let isMissed = false;
  for (const load of loads) {
    process.stdout.write(`${load.name}: ${load.what}\n`);
    const played = await playLoad(load, seed, (line) => void process.stderr.write(`  ${line}\n`));
    for (const line of linesOf(load, played)) process.stdout.write(`  ${line}\n`);
    const missed = missedBars(load.bars, played);
    for (const line of missed) process.stdout.write(`  MISSED: ${line}\n`);
    isMissed ||= missed.length > 0;
  }
  return isMissed ? 1 : 0;
}

function linesOf(load: Load, played: Played): string[] {
  const { jobs, ended, unstarted, allEndedByMinute, tally, waitedMs, sweepMs } = played;
  const counted = tally.countedByHour.map((each) => each ?? 0);
  const most = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .sort(([, a], [, b]) => b - a)
      .slice(0, 8)
      .map(([route, count]) => `${route} ${count}`)
      .join(', ');
  return [
    `${ended} of ${jobs} jobs over${allEndedByMinute === null ? '' : ` by minute ${allEndedByMinute.toFixed(1)}`}, ${unstarted} unstarted; each ten minutes: ${played.overByTenMinutes.join(' ')}`,
    `waits: p50 ${at(waitedMs, 0.5)} s, p90 ${at(waitedMs, 0.9)} s, longest ${at(waitedMs, 1)} s; alive at most ${played.aliveMax}, left ${played.left}`,
    `mints ${tally.mints}, refused ${tally.mintsRefused}; calls counted by hour ${counted.join(', ')} of ${load.callsPerHour}; unchanged ${tally.unchanged}, refused ${tally.refused}`,
    `by route: ${most(tally.countedByRoute)}`,
    `busiest minute: ${tally.busiest.points} points: ${most(tally.busiest.byRoute)}`,
    `sweeps: p50 ${at(sweepMs, 0.5)} s, longest ${at(sweepMs, 1)} s; unsure of a runner ${played.unsureSweeps} of ${sweepMs.length}; alerts ${played.alerts.length}`,
    ...played.alerts.slice(0, 5).map((alert) => `alert: ${alert}`),
  ];
}

function at(sortedMs: readonly number[], share: number): string {
  return ((sortedMs[Math.floor((sortedMs.length - 1) * share)] ?? 0) / 1000).toFixed(1);
}

function missedBars(bars: Bars, { tally, allEndedByMinute, waitedMs, unsureSweeps }: Played): string[] {
  const checks: readonly [bound: number | undefined, value: number, what: string][] = [
    [bars.doneByMinute, allEndedByMinute ?? Number.POSITIVE_INFINITY, 'minutes until all jobs were over'],
    [bars.mintsRefusedMax, tally.mintsRefused, 'mints refused'],
    [bars.refusedMax, tally.refused, 'calls refused'],
    [bars.waitP50MaxS, Number(at(waitedMs, 0.5)), 's waited in the median'],
    [
      bars.countedPerHourMax,
      Math.max(...tally.countedByHour.map((each) => each ?? 0)),
      'counted calls in an hour',
    ],
    [bars.unsureSweepsMax, unsureSweeps, 'sweeps unsure of a runner'],
  ];
  return checks.flatMap(([bound, value, what]) =>
    bound !== undefined && value > bound ? [`${value.toFixed(1)} ${what}, at most ${bound}`] : [],
  );
}
