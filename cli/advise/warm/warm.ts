/** `advise -- --warm`: which runners might wait for jobs, going by the arrivals that `history` remembers. */

import { inCurrency } from '../../../shared/advisor/machine-cost.ts';
import type { Config } from '../../../shared/config/config.ts';
import { groupedBy, median } from '../../../shared/figures.ts';
import type { HistoryRow } from '../../../shared/ledger/history-row.ts';
import { HISTORY_DAY_MAX, HISTORY_TTL_DAYS } from '../../../shared/limits.ts';
import { diskPricePerHour } from '../../../shared/market/disk.ts';
import { poolNameOf } from '../../../shared/warm/pools.ts';
import { currencyOf, type Operator } from '../../shared/operator.ts';
import { type Arrival, type Habits, JOBS_MIN, type Proposal, propose } from './propose.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A sweep sees that one is wanting. */
const SWEEP_MS = 60_000;
/** Where no machine's boot is remembered. */
const BOOT_MS = 90_000;

export interface PoolAdvice extends Proposal {
  /** Beside the base labels. */
  readonly labels: readonly string[];
  /** Where they would wait: `owner/*`, or `owner/name` in repository scope. */
  readonly place: string;
}

export interface WarmAdvice {
  readonly days: number;
  readonly timeZone: string;
  readonly currency: string | null;
  readonly pools: readonly PoolAdvice[];
  /** Of label sets that came too seldom. */
  readonly seldomJobs: number;
  /** Days of which there were more jobs than are read. */
  readonly cutDays: readonly string[];
}

export async function adviseWarm(operator: Operator, days: number, timeZone: string): Promise<WarmAdvice> {
  const { ledger, config, clock } = operator;
  const nowMs = clock.nowMs();
  const rows: HistoryRow[] = [];
  const cutDays: string[] = [];
  for (let ago = 0; ago < Math.min(days, HISTORY_TTL_DAYS); ago++) {
    const dayMs = nowMs - ago * DAY_MS;
    const { things, complete } = await ledger.history.ofDay(dayMs, HISTORY_DAY_MAX);
    rows.push(...things);
    if (!complete) cutDays.push(new Date(dayMs).toISOString().slice(0, 10));
  }
  const currency = await currencyOf(operator);
  const priced = rows.map((row) => inCurrency(row, currency));
  return { days, timeZone, currency, ...proposals(priced, config, timeZone), cutDays };
}

/** Pure. The pools that serve most jobs first. */
export function proposals(
  rows: readonly HistoryRow[],
  config: Config,
  timeZone: string,
): Pick<WarmAdvice, 'pools' | 'seldomJobs'> {
  const ran = rows.filter(({ instanceId, startedAtMs }) => instanceId !== null && startedAtMs !== null);
  const groups = groupedBy(ran, ({ job }) => poolNameOf(job, config));
  const readyMs = SWEEP_MS + bootMs(ran);
  // The sweeps that see it prepared, stopping, and stopped.
  const habits: Habits = { timeZone, refillMs: readyMs, stoppedRefillMs: readyMs + 2 * SWEEP_MS };
  const pools = [...groups].flatMap(([name, alike]) => {
    const proposal = propose(
      alike.map((row) => arrivalOf(row, readyMs)),
      habits,
    );
    const [place = '', ...labels] = name.split(' ');
    const base = config.baseLabels.map((label) => label.toLowerCase());
    return proposal === null
      ? []
      : [{ ...proposal, place, labels: labels.filter((label) => !base.includes(label)) }];
  });
  const seldom = [...groups.values()].filter(({ length }) => length < JOBS_MIN);
  return {
    pools: pools.sort((a, b) => b.servedShare * b.jobs - a.servedShare * a.jobs),
    seldomJobs: seldom.reduce((sum, { length }) => sum + length, 0),
  };
}

function arrivalOf({ job, ...row }: HistoryRow, readyMs: number): Arrival {
  const { pricePerHour, onDemandPricePerHour: onDemand, startedAtMs, completedAtMs } = row;
  const price = pricePerHour ?? onDemand;
  const perHour = diskPricePerHour(row.diskGiB, row);
  const ranMs = startedAtMs === null || completedAtMs === null ? null : completedAtMs - startedAtMs;
  const standby =
    price === null || onDemand === null || ranMs === null
      ? null
      : { perHour, perJob: (onDemand * readyMs + Math.max(0, onDemand - price) * ranMs) / HOUR_MS };
  return {
    atMs: job.createdAtMs,
    pricePerHour: price === null ? null : price + perHour,
    standby,
  };
}

/** The median of those that are known. */
function bootMs(rows: readonly HistoryRow[]): number {
  const boots = rows.flatMap(({ launchedAtMs, onlineAtMs }) =>
    launchedAtMs === null || onlineAtMs === null ? [] : Math.max(0, onlineAtMs - launchedAtMs),
  );
  return median(boots) ?? BOOT_MS;
}
