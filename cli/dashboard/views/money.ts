/** The page Money: what `cost` tells, as a chart and a table, and what the market refused or took back. */
import type { HistoryRow } from '../../../shared/ledger/history-row.ts';
import { HISTORY_DAY_MAX } from '../../../shared/limits.ts';
import { HOSTED_SOURCE } from '../../cost/hosted-prices.ts';
import { jsonOf } from '../../cost/index.ts';
import { type CostState, readCosts } from '../../cost/read.ts';
import { GROUPS, type Group } from '../../cost/report.ts';
import type { Sums } from '../../cost/sums.ts';
import { type Html, html } from '../../shared/screen/html.ts';
import { barChart } from '../charts.ts';
import { type Say, type Section, section, tableOf, translated } from '../say.ts';
import type { Ask, DashboardWorld, View } from '../world.ts';
import { figure, linkTo, spansOf } from './parts.ts';

const LOOK_MS = 60_000;
const ROWS_MAX = 50;
const DAY_MS = 24 * 3_600_000;

/** What a type in a zone refused, and took back. */
export interface Trouble {
  readonly type: string;
  readonly zone: string;
  readonly refused: number;
  readonly interrupted: number;
}

export interface MoneyState {
  readonly costs: CostState;
  readonly trouble: readonly Trouble[];
  /** What is remembered as not to be had right now: offering → why. */
  readonly unavailable: readonly { readonly offering: string; readonly because: string }[];
}

const groupOf = ({ by }: Ask): Group => GROUPS.find((group) => group === by) ?? 'repository';

export const MONEY: View<MoneyState> = {
  everyMs: () => LOOK_MS,
  read: readMoney,
  json: ({ costs, trouble, unavailable }) => ({ ...jsonOf(costs), trouble, unavailable }),
  sections: (state, ask, say) => [
    section('span', null, spansOf('money', ask.days, { by: groupOf(ask) }, say)),
    ...moneySections(state, ask, say),
  ],
  ahead: (ask, say) => [section('span', null, spansOf('money', ask.days, { by: groupOf(ask) }, say))],
};

async function readMoney({ days }: Ask, { operator }: DashboardWorld): Promise<MoneyState> {
  const { ledger, clock } = operator;
  const [costs, unavailable] = await Promise.all([
    readCosts(operator, days),
    ledger.unavailable.list(clock.nowMs()),
  ]);
  const rows: HistoryRow[] = [];
  for (let dayMs = costs.fromMs; dayMs <= costs.atMs; dayMs += DAY_MS)
    rows.push(...(await ledger.history.ofDay(dayMs, HISTORY_DAY_MAX)).things);
  return {
    costs,
    trouble: troubleOf(rows),
    unavailable: [...unavailable].map(([offering, because]) => ({ offering, because })),
  };
}

/** As the launcher writes it into a job's story. */
const REFUSED = /^(\S+) in (\S+) \((?:spot|on-demand)\) was refused: /;
const TAKEN_BACK = 'its spot instance was taken back';

/** Pure. */
export function troubleOf(rows: readonly HistoryRow[]): Trouble[] {
  const found = new Map<string, Trouble>();
  for (const each of rows.flatMap(troubleIn)) {
    const key = `${each.type} ${each.zone}`;
    const known = found.get(key) ?? { ...each, refused: 0, interrupted: 0 };
    const [refused, interrupted] = [known.refused + each.refused, known.interrupted + each.interrupted];
    found.set(key, { ...known, refused, interrupted });
  }
  return [...found.values()].sort((a, b) => b.refused + b.interrupted - a.refused - a.interrupted);
}

function troubleIn({ because, instanceType, zone, trail }: HistoryRow): Trouble[] {
  const isTaken = because === TAKEN_BACK && instanceType !== null && zone !== null;
  const refusals = (trail ?? []).flatMap(({ text }) => {
    const [, type, where] = REFUSED.exec(text) ?? [];
    return type === undefined || where === undefined
      ? []
      : [{ type, zone: where, refused: 1, interrupted: 0 }];
  });
  return [...(isTaken ? [{ type: instanceType, zone, refused: 0, interrupted: 1 }] : []), ...refusals];
}

function moneySections({ costs, trouble, unavailable }: MoneyState, ask: Ask, say: Say): Section[] {
  const { words } = say;
  const { report, currency, cutDays } = costs;
  const group = groupOf(ask);
  const cut =
    cutDays.length === 0
      ? []
      : [section('cut', null, html`<p class="banner warning">${words.cutDays(cutDays.join(', '))}</p>`)];
  const none = html`<p class="empty">${words.noCost}</p>`;
  return [
    ...cut,
    section('sums', null, sumsOf(costs, say)),
    section('days', words.costByDay, report.total.jobs === 0 ? none : dayChart(costs, say)),
    section(
      'groups',
      null,
      html`<nav class="choice" aria-label="${words.by}">${GROUPS.map((each) => linkTo(say.link('money', { days: String(ask.days), by: each }), words.groups[each], each === group))}</nav>${sumTable(report.by[group], words.groups[group], currency, say)}<p class="hint">${words.ofJobsAlone}</p>`,
    ),
    ...(costs.sizings.length === 0 ? [] : [section('sizings', words.sizings, sizingTable(costs, say))]),
    section('trouble', words.trouble, troubleTable(trouble, say)),
    ...(unavailable.length === 0
      ? []
      : [
          section(
            'unavailable',
            words.notNow,
            html`<ul>${unavailable.slice(0, ROWS_MAX).map(({ offering, because }) => html`<li><span class="name">${offering}</span>: ${translated(because, say)}</li>`)}</ul>`,
          ),
        ]),
  ];
}

/** All machines, as the command's last line has them; where some had no job, what was for jobs stands beside it. */
function sumsOf({ report: { total, all, idle }, currency }: CostState, { words, money }: Say): Html {
  const saved = all.onDemand - all.total;
  const share = all.onDemand === 0 ? '' : ` (${Math.round((100 * saved) / all.onDemand)}\u00a0%)`;
  const { waiting, unused } = idle.machines;
  const part = (name: string, sums: Sums): Html => figure(name, money(sums.total, currency));
  return html`<dl class="figures">
    ${part(words.totalOfAll, all)}
    ${waiting + unused === 0 ? null : part(words.ofJobs, total)}
    ${waiting === 0 ? null : part(words.waitingWarm(idle.servedWarm), idle.waiting)}
    ${unused === 0 ? null : part(words.withoutAJob, idle.unused)}
    ${figure(words.saved, `${money(saved, currency)}${share}`)}
    ${figure(words.hosted, html`${money(total.hostedUsd, 'USD')}`)}
    ${figure(words.jobs, String(total.jobs))}
  </dl><p class="hint">${words.estimate}${all.unpriced === 0 ? null : ` ${words.unpricedMachines(all.unpriced)}`}</p><p class="hint">${words.hosted}: ${HOSTED_SOURCE}</p>`;
}

function dayChart({ report, currency, fromMs, atMs }: CostState, { words, money }: Say): Html {
  const known = new Map(report.by.day.map((day) => [day.name, day]));
  const bars = [];
  for (let ms = fromMs; ms <= atMs; ms += DAY_MS) {
    const name = new Date(ms).toISOString().slice(0, 10);
    const sums = known.get(name);
    bars.push({ name, value: sums?.total ?? 0, behind: sums?.onDemand ?? 0 });
  }
  const label = `${words.costByDay}: ${words.total} ${money(report.total.total, currency)}`;
  return html`<ul class="legend"><li><svg width="14" height="14" aria-hidden="true"><rect class="bar-value" width="14" height="14"/></svg> ${words.cost}</li><li><svg width="14" height="14" aria-hidden="true"><rect class="bar-behind" width="14" height="14"/></svg> ${words.onDemand}</li></ul>${barChart(bars, label, (value) => money(value, currency))}`;
}

function sumTable(
  groups: readonly (Sums & { readonly name: string })[],
  label: string,
  currency: string | null,
  say: Say,
): Html {
  const { words, money } = say;
  const rows = groups
    .slice(0, ROWS_MAX)
    .map(({ name, jobs, hours, instance, disk, total, onDemand, hostedUsd }) => [
      ...[name, String(jobs), `${hours.toFixed(1)} h`, money(instance, currency), money(disk, currency)],
      ...[money(total, currency), money(onDemand - total, currency), money(hostedUsd, 'USD')],
    ]);
  const head = [
    label,
    words.jobs,
    words.hours,
    words.instance,
    words.disk,
    words.total,
    words.saved,
    words.hosted,
  ];
  return html`${tableOf(label, head, rows)}${groups.length > ROWS_MAX ? html`<p>${words.more(groups.length - ROWS_MAX)}</p>` : null}`;
}

function sizingTable({ sizings, currency }: CostState, { words, money }: Say): Html {
  const rows = sizings
    .slice(0, ROWS_MAX)
    .map((each) => [
      ...[`${each.repository}: ${each.workflow ?? ''}: ${each.job}`, String(each.runs)],
      `${each.coresPeak.toFixed(1)} / ${each.cores} CPU, ${each.memoryPeakGiB.toFixed(1)} / ${each.memoryGiB} GiB`,
      ...[each.write.join(', '), each.saves === null ? '–' : money(each.saves, currency)],
    ]);
  return tableOf(words.sizings, [words.job, words.jobs, words.used, words.write, words.saved], rows);
}

function troubleTable(trouble: readonly Trouble[], { words }: Say): Html {
  if (trouble.length === 0) return html`<p class="empty">${words.noTrouble}</p>`;
  const rows = trouble
    .slice(0, ROWS_MAX)
    .map(({ type, zone, refused, interrupted }) => [type, zone, String(refused), String(interrupted)]);
  return tableOf(words.trouble, [words.type, words.zone, words.refusedTimes, words.interruptions], rows);
}
