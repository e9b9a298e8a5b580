/** What the report is made from: `history`, day by day. */
import { unusedRow } from '../../functions/reaper/events/history.ts';
import { inCurrency } from '../../shared/advisor/machine-cost.ts';
import { billDayOf, billedOf } from '../../shared/ledger/bills.ts';
import type { KeptBill } from '../../shared/ledger/ledger.ts';
import type { UnusedRow } from '../../shared/ledger/unused-row.ts';
import { HISTORY_DAY_MAX, HISTORY_TTL_DAYS, LEDGER_SCAN_MAX } from '../../shared/limits.ts';
import { catalogMarket } from '../../shared/market/catalog.ts';
import { currencyIn, type Market, type MarketType } from '../../shared/market/market.ts';
import { readMarkets } from '../../shared/market/read.ts';
import type { Operator } from '../shared/operator.ts';
import { type CostReport, costReport, forecast } from './report.ts';
import { rightSizing, type Sizing } from './right-sizing.ts';

const DAY_MS = 24 * 3_600_000;
const DAYS_AT_ONCE = 8;

export interface CostState {
  readonly fromMs: number;
  readonly atMs: number;
  readonly currency: string | null;
  readonly report: CostReport;
  readonly sizings: readonly Sizing[];
  /** Of the whole month, at this pace; null: the report is of another time, or the month has just begun. */
  readonly monthForecast: number | null;
  /** Days of which there were more jobs than are read: their sums are too small. */
  readonly cutDays: readonly string[];
}

/** `days` null: since the first of this month (UTC). */
export async function readCosts(operator: Operator, days: number | null): Promise<CostState> {
  const { ledger, config, clock, log } = operator;
  const atMs = clock.nowMs();
  const now = new Date(atMs);
  const monthMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  const todayMs = Math.floor(atMs / DAY_MS) * DAY_MS;
  const fromMs = days === null ? monthMs : todayMs - (Math.min(days, HISTORY_TTL_DAYS) - 1) * DAY_MS;
  const [waiting, { rows, unused, cutDays }, markets, bills] = await Promise.all([
    waitingNow(operator, fromMs),
    readDays(operator, fromMs, atMs),
    readMarkets(config, ledger.market, log),
    config.costs.bill ? readBills(operator, fromMs) : undefined,
  ]);
  const idle = [...waiting, ...unused];
  const currency = currencyIn(markets) ?? [...rows, ...idle].find((row) => row.currency)?.currency ?? null;
  const request = {
    ...(bills === undefined ? {} : { billed: billedOf(bills, currency) }),
    rows: rows.map((row) => inCurrency(row, currency)),
    unused: idle.map((row) => inCurrency(row, currency)),
    ...{ config, types: typesOf(markets), nowMs: atMs },
  };
  const [report, sizings] = [costReport(request), rightSizing(request)];
  const monthForecast = days === null ? forecast(report.all.total, atMs) : null;
  return { fromMs, atMs, currency, report, sizings, monthForecast, cutDays };
}

/** A job is kept under the day of its creation, and may be launched on the next. */
async function readDays({ ledger: { history } }: Operator, fromMs: number, atMs: number) {
  const days: number[] = [];
  for (let dayMs = fromMs - DAY_MS; dayMs <= atMs; dayMs += DAY_MS) days.push(dayMs);
  const readDay = async (dayMs: number) => {
    const [jobs, idle] = await Promise.all([
      history.ofDay(dayMs, HISTORY_DAY_MAX),
      history.unusedOfDay(dayMs, HISTORY_DAY_MAX),
    ]);
    return { dayMs, jobs, idle };
  };
  const read: Awaited<ReturnType<typeof readDay>>[] = [];
  for (let at = 0; at < days.length; at += DAYS_AT_ONCE)
    read.push(...(await Promise.all(days.slice(at, at + DAYS_AT_ONCE).map(readDay))));
  const cut = read.filter(({ jobs, idle }) => !jobs.complete || !idle.complete);
  return {
    rows: read.flatMap(({ jobs }) => jobs.things.filter(({ launchedAtMs }) => (launchedAtMs ?? 0) >= fromMs)),
    unused: read.flatMap(({ idle }) => idle.things.filter(({ launchedAtMs }) => launchedAtMs >= fromMs)),
    cutDays: cut.map(({ dayMs }) => new Date(dayMs).toISOString().slice(0, 10)),
  };
}

/** Days of the bill, as far as the reaper has asked. */
async function readBills({ ledger, clock }: Operator, fromMs: number): Promise<readonly KeptBill[]> {
  const bills: KeptBill[] = [];
  for (let ms = fromMs; ms < clock.nowMs(); ms += DAY_MS) {
    const bill = await ledger.history.billOf(billDayOf(ms));
    if (bill !== null) bills.push(bill);
  }
  return bills;
}

/** Warm runners that wait at this moment, as if they went now. */
async function waitingNow({ ledger, clock }: Operator, fromMs: number): Promise<readonly UnusedRow[]> {
  const { things } = await ledger.runners.list(LEDGER_SCAN_MAX);
  const waiting = things.filter(
    ({ entry: { warm, state, busyWith, createdAtMs } }) =>
      warm !== undefined && state !== 'retiring' && busyWith === null && createdAtMs >= fromMs,
  );
  return waiting.flatMap(({ entry }) => unusedRow(entry, clock.nowMs()) ?? []);
}

function typesOf(markets: ReadonlyMap<string, Market | null>): ReadonlyMap<string, MarketType> {
  const types = [...markets].flatMap(([region, market]) => [
    ...catalogMarket(region, []).types,
    ...(market?.types ?? []),
  ]);
  return new Map(types.map((type) => [type.type, type]));
}
