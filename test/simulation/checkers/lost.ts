/** Jobs that GitHub calls queued for ever: what it has given up itself is not launched for, and is told once; others cost a few machines. */
import type { SimJob } from '../../../simulator/github/index.ts';
import type { Simulation } from '../plan/simulation.ts';
import { type Report, type HistoryRow as Row, TAGS } from './truth.ts';

const GIVEN_UP_MS = 24 * 3_600_000;
/** Machines of one job that ran nothing, until something about it changes: five, and five more where none of ours got a job meanwhile. */
export const USELESS_MAX = 10;

/** Machines by the job that they were launched for, without those on which any job ran: it may be another of its matrix. */
export function uselessOf({ runs, world }: Pick<Simulation, 'runs' | 'world'>): ReadonlyMap<number, number> {
  const jobs = runs.flatMap(({ run }) => [...run.attempts.values()].flat());
  const used = new Set(jobs.flatMap(({ runner }) => runner?.name ?? []));
  const useless = new Map<number, number>();
  for (const { tags } of world.ecs.paid().filter((bill) => !used.has(bill.tags[TAGS.name] ?? '')))
    useless.set(Number(tags[TAGS.job]), (useless.get(Number(tags[TAGS.job])) ?? 0) + 1);
  return useless;
}

/** Where nobody keeps anything from us. `rows`: of history, by job. */
export function checkLost(
  { runs, world }: Simulation,
  rows: ReadonlyMap<number, Row>,
  alerts: readonly string[],
  report: Report,
): void {
  const lost = runs.filter(({ arrival }) => arrival.fate === 'lost');
  const [old, fresh] = [true, false].map((isOld) =>
    lost
      .filter(({ arrival }) => (arrival.lostForMs ?? 0) > GIVEN_UP_MS === isOld)
      .flatMap(({ run }) => world.github.jobsOf(run)),
  ) as [SimJob[], SimJob[]];
  const useless = uselessOf({ runs, world });
  const isDear = ({ id }: SimJob, max: number) => (useless.get(id) ?? 0) > max;
  for (const { id } of [
    ...old.filter((job) => isDear(job, 0)),
    ...fresh.filter((job) => isDear(job, USELESS_MAX)),
  ])
    report('a job that GitHub lost costs no machine after machine', `${id}`);
  for (const { id } of old)
    if (rows.get(id)?.outcome !== 'expired')
      report('what GitHub has given up is kept as expired', JSON.stringify(rows.get(id) ?? id));
  const told = alerts.filter((text) => text.includes('for more than 24 hours')).length;
  if (old.length > 0 && told !== 1) report('what GitHub has given up is told once', `${told} times`);
}
