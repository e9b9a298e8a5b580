/** What is kept of each job when it is over: one row, with what it ran on, at what price, or why it did not. */
import { HISTORY_TABLE } from '../../../shared/adapters/tablestore/tables.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { INF_MAX, INF_MIN } from '../../../simulator/tablestore/values.ts';
import { STRANGER } from '../plan/arrivals.ts';
import type { Simulation } from '../plan/simulation.ts';
import { checkLost, USELESS_MAX, uselessOf } from './lost.ts';
import type { Report, HistoryRow as Row } from './truth.ts';

/** Of a job that ran on a machine of ours. Where a spot price was not known yet, what it costs at most is. */
const KNOWN = ['instanceId', 'instanceType', 'zone', 'onDemandPricePerHour', 'startedAtMs', 'completedAtMs'];

/** `isWhole`: nobody kept anything from us. Else a row may lack what was lost, but there is never a second one. */
export function checkHistory(
  sim: Simulation,
  isWhole: boolean,
  alerts: readonly string[],
  report: Report,
): void {
  const rows = rowsByJob(sim, report);
  checkAway(sim, rows, report);
  if (!isWhole) return;
  checkLost(sim, rows, alerts, report);
  checkTurnedAway(sim, rows, alerts, report);
  for (const { arrival, run } of sim.runs) {
    const check = arrival.fate === 'runs' ? checkRan : arrival.fate === 'refused' ? checkRefused : null;
    for (const job of [...run.attempts.values()].flat()) check?.(job, rows.get(job.id), report);
  }
}

/** Launched for again and again it is not; and what is known of it has an end, with its reason. */
function checkAway({ runs, world }: Simulation, rows: ReadonlyMap<number, Row>, report: Report): void {
  const useless = uselessOf({ runs, world });
  const away = runs.filter(({ arrival }) => arrival.fate === 'away');
  for (const { id } of away.flatMap(({ run }) => world.github.jobsOf(run))) {
    if ((useless.get(id) ?? 0) > USELESS_MAX)
      report('what is not ours to ask any more costs a few machines', `${id}`);
    const row = rows.get(id);
    const isTold = row?.outcome != null && (row.outcome !== 'expired' || row.because !== null);
    if (row !== undefined && !isTold)
      report(
        'what is not ours to ask any more has an end, and its reason',
        JSON.stringify(row).slice(0, 300),
      );
  }
}

function rowsByJob(sim: Simulation, report: Report): ReadonlyMap<number, Row> {
  const rows = new Map<number, Row>();
  for (const row of historyOf(sim)) {
    // Machines that no job ran on, and bills, have rows of their own there.
    if (row.job === undefined) continue;
    if (rows.has(row.job.id)) report('a job has one row of history', `${row.job.id} has two`);
    rows.set(row.job.id, row);
  }
  return rows;
}

function checkRan(job: SimJob, row: Row | undefined, report: Report): void {
  if (job.status !== 'completed' || !job.runner?.name.startsWith('ci-runner-')) return;
  const missing = KNOWN.filter((field) => (row?.[field] ?? null) === null);
  const isSame = row?.outcome === job.conclusion && row.runnerName === job.runner.name;
  if (missing.length > 0 || !isSame)
    report(
      'what a job ran on, at what price and to what end, is kept',
      `${job.id} (${job.conclusion} on ${job.runner.name}) has ${JSON.stringify(row ?? null)?.slice(0, 300)}`,
    );
}

/** GitHub may still give it to an idle runner of ours, where it runs. */
function checkRefused(job: SimJob, row: Row | undefined, report: Report): void {
  if (job.runner !== null) checkRan(job, row, report);
  else if (!row?.because) report('why a job was refused is kept', `${job.id} (${job.plan.labels.join(' ')})`);
}

/** A repository that nobody allowed asks for us: its first refusal is kept and told; those of the same reason soon after need not be. */
function checkTurnedAway(
  { runs, world }: Simulation,
  rows: ReadonlyMap<number, Row>,
  alerts: readonly string[],
  report: Report,
): void {
  const asked = runs
    .filter(({ arrival }) => arrival.repository === STRANGER)
    .flatMap(({ run }) => world.github.jobsOf(run))
    .filter(({ plan }) => plan.labels.some((label) => label.toLowerCase() === 'aliyun'));
  if (asked.length === 0) return;
  // GitHub may still have given it to an idle runner of ours: its row says on what.
  const isKept = asked.some(({ id }) => rows.get(id)?.because || rows.get(id)?.runnerName);
  const isTold = alerts.some((text) => text.includes(`of ${STRANGER} was refused`));
  if (!isKept || !isTold)
    report('that a repository is not allowed is kept and told', `kept: ${isKept}, told: ${isTold}`);
}

function historyOf({ world }: Simulation): Row[] {
  const table = world.store.tables.get(HISTORY_TABLE.name);
  if (table === undefined) throw new Error('there is no history');
  const rows = [...table.between([INF_MIN, INF_MIN], [INF_MAX, INF_MAX], world.clock.nowMs())];
  return rows.map(({ cells }) => JSON.parse(String(cells.get('body')?.value)) as Row);
}
