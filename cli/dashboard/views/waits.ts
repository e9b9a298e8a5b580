/** How long jobs waited, by phase: medians and p90, over time and by label set and repository. */
import type { HistoryRow } from '../../../shared/ledger/history-row.ts';
import { HISTORY_DAY_MAX } from '../../../shared/limits.ts';
import { toIsoOrNull } from '../../shared/format.ts';
import { html } from '../../shared/screen/html.ts';
import { barChart } from '../charts.ts';
import { type Say, type Section, section, tableOf } from '../say.ts';
import type { Ask, DashboardWorld, View } from '../world.ts';
import { spansOf } from './parts.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LOOK_MS = 30_000;
const ROWS_MAX = 30;

const SPAN_NAMES = ['total', 'launched', 'booted', 'handed'] as const;
type SpanName = (typeof SPAN_NAMES)[number];

export interface Percentiles {
  readonly p50Ms: number;
  readonly p90Ms: number;
}

export interface WaitGroup {
  readonly name: string;
  readonly jobs: number;
  /** Null: no job of which both ends are known. */
  readonly spans: Readonly<Record<SpanName, Percentiles | null>>;
}

export interface WaitState {
  readonly fromMs: number;
  readonly atMs: number;
  readonly all: WaitGroup;
  /** By the hour of a day, by the day of more; `name` is when it begins (UTC). */
  readonly over: readonly WaitGroup[];
  readonly byLabels: readonly WaitGroup[];
  readonly byRepository: readonly WaitGroup[];
  readonly cutDays: readonly string[];
}

export const WAITS: View<WaitState> = {
  everyMs: () => LOOK_MS,
  read: readWaits,
  json: ({ fromMs, atMs, ...state }) => ({ from: toIsoOrNull(fromMs), at: toIsoOrNull(atMs), ...state }),
  sections: (state, ask, say) => [
    section('span', null, spansOf('waits', ask.days, {}, say)),
    ...waitSections(state, say),
  ],
  ahead: (ask, say) => [section('span', null, spansOf('waits', ask.days, {}, say))],
};

async function readWaits({ days }: Ask, { operator: { ledger, clock } }: DashboardWorld): Promise<WaitState> {
  const atMs = clock.nowMs();
  const stepMs = days === 1 ? HOUR_MS : DAY_MS;
  const fromMs = Math.floor(atMs / stepMs) * stepMs - (days === 1 ? 23 * HOUR_MS : (days - 1) * DAY_MS);
  const rows: HistoryRow[] = [];
  const cutDays: string[] = [];
  for (let dayMs = Math.floor(fromMs / DAY_MS) * DAY_MS; dayMs <= atMs; dayMs += DAY_MS) {
    const { things, complete } = await ledger.history.ofDay(dayMs, HISTORY_DAY_MAX);
    rows.push(...things.filter(({ job, startedAtMs }) => startedAtMs !== null && job.createdAtMs >= fromMs));
    if (!complete) cutDays.push(new Date(dayMs).toISOString().slice(0, 10));
  }
  return { ...waitsOf(rows, { fromMs, atMs, stepMs }), cutDays };
}

interface Span {
  readonly fromMs: number;
  readonly atMs: number;
  readonly stepMs: number;
}

/** Pure. `rows`: of jobs that have started. */
export function waitsOf(
  rows: readonly HistoryRow[],
  { fromMs, atMs, stepMs }: Span,
): Omit<WaitState, 'cutDays'> {
  const steps = groupsBy(rows, ({ job }) => Math.floor(job.createdAtMs / stepMs) * stepMs);
  const over = [];
  for (let ms = fromMs; ms <= atMs; ms += stepMs)
    over.push(groupOf(new Date(ms).toISOString(), steps.get(ms) ?? []));
  const named = (groups: ReadonlyMap<string, readonly HistoryRow[]>) =>
    [...groups]
      .map(([name, each]) => groupOf(name, each))
      .sort((a, b) => b.jobs - a.jobs || a.name.localeCompare(b.name));
  return {
    ...{ fromMs, atMs, over, all: groupOf('all', rows) },
    byLabels: named(
      groupsBy(rows, ({ job }) =>
        job.labels
          .map((label) => label.toLowerCase())
          .sort()
          .join(' '),
      ),
    ),
    byRepository: named(groupsBy(rows, ({ job }) => job.repository)),
  };
}

function groupsBy<Key>(rows: readonly HistoryRow[], keyOf: (row: HistoryRow) => Key): Map<Key, HistoryRow[]> {
  const groups = new Map<Key, HistoryRow[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

const ENDS: Readonly<Record<SpanName, (row: HistoryRow) => readonly [number | null, number | null]>> = {
  total: ({ job, startedAtMs }) => [job.createdAtMs, startedAtMs],
  launched: ({ job, launchedAtMs }) => [job.createdAtMs, launchedAtMs],
  booted: ({ launchedAtMs, onlineAtMs }) => [launchedAtMs, onlineAtMs],
  handed: ({ onlineAtMs, startedAtMs }) => [onlineAtMs, startedAtMs],
};

function groupOf(name: string, rows: readonly HistoryRow[]): WaitGroup {
  const spans = SPAN_NAMES.map((span) => {
    const lengths = rows.flatMap((row) => {
      const [fromMs, toMs] = ENDS[span](row);
      // We hear of each by another way: a little before counts as at once.
      return fromMs === null || toMs === null ? [] : [Math.max(0, toMs - fromMs)];
    });
    return [span, percentilesOf(lengths)] as const;
  });
  return { name, jobs: rows.length, spans: Object.fromEntries(spans) as unknown as WaitGroup['spans'] };
}

/** Nearest rank; null of nothing. */
export function percentilesOf(lengths: readonly number[]): Percentiles | null {
  if (lengths.length === 0) return null;
  const sorted = lengths.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
  return { p50Ms: at(0.5), p90Ms: at(0.9) };
}

function waitSections(state: WaitState, say: Say): Section[] {
  const { words } = say;
  const cut =
    state.cutDays.length === 0
      ? []
      : [
          section(
            'cut',
            null,
            html`<p class="banner warning">${words.cutDays(state.cutDays.join(', '))}</p>`,
          ),
        ];
  if (state.all.jobs === 0)
    return [...cut, section('waits', null, html`<p class="empty">${words.noHistory}</p>`)];
  const bars = state.over.map(({ name, spans }) => ({
    name: shortName(name, state),
    value: spans.total?.p50Ms ?? 0,
    behind: spans.total?.p90Ms ?? 0,
  }));
  const { total } = state.all.spans;
  const label = `${words.waitChart}: ${words.p50} ${say.duration(total?.p50Ms ?? 0)}, ${words.p90} ${say.duration(total?.p90Ms ?? 0)}, ${words.jobs} ${state.all.jobs}`;
  return [
    ...cut,
    section(
      'waits',
      words.waitChart,
      html`<p>${label}</p><ul class="legend"><li><svg width="14" height="14" aria-hidden="true"><rect class="bar-value" width="14" height="14"/></svg> ${words.p50}</li><li><svg width="14" height="14" aria-hidden="true"><rect class="bar-behind" width="14" height="14"/></svg> ${words.p90}</li></ul>${barChart(bars, label, say.duration)}
      <details><summary>${words.figures}</summary>${groupTable(
        words.figures,
        state.over.map((each) => ({ ...each, name: shortName(each.name, state) })),
        say,
      )}</details>`,
    ),
    section('labels', words.byLabels, groupTable(words.byLabels, state.byLabels, say)),
    section('repositories', words.byRepository, groupTable(words.byRepository, state.byRepository, say)),
  ];
}

const shortName = (iso: string, { over }: WaitState): string =>
  over.length === 24 ? `${iso.slice(11, 16)} UTC` : iso.slice(0, 10);

function groupTable(label: string, groups: readonly WaitGroup[], say: Say) {
  const { words, duration } = say;
  const head = [words.name, words.jobs, words.total, words.launched, words.booted, words.handed].map(
    (name, at) => (at < 2 ? name : `${name} (p50\u00a0/\u00a0p90)`),
  );
  const cell = (span: Percentiles | null) =>
    span === null ? '–' : `${duration(span.p50Ms)} / ${duration(span.p90Ms)}`;
  const rows = groups
    .slice(0, ROWS_MAX)
    .map(({ name, jobs, spans }) => [name, String(jobs), ...SPAN_NAMES.map((span) => cell(spans[span]))]);
  return html`${tableOf(label, head, rows)}${groups.length > ROWS_MAX ? html`<p>${words.more(groups.length - ROWS_MAX)}</p>` : null}`;
}
