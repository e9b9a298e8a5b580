import { describe, expect, test } from 'vitest';
import { hostedUsd } from '../../../cli/cost/hosted-prices.ts';
import { jsonOf } from '../../../cli/cost/index.ts';
import type { CostState } from '../../../cli/cost/read.ts';
import { costReport, forecast, GROUPS } from '../../../cli/cost/report.ts';
import { csvOf, renderCosts } from '../../../cli/cost/table.ts';
import type { HistoryRow } from '../../../shared/ledger/history-row.ts';
import { DISK_PRICE_PER_GIB_HOUR } from '../../../shared/market/disk.ts';
import { config as configOf } from '../../shared/advisor/builders.ts';
import { build } from '../../shared/ledger/builders.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = Date.UTC(2026, 4, 4);
const config = configOf({ profiles: { big: { cpu: 16 } } });
const types = new Map([['ecs.c8y.2xlarge', { cpu: 8, arch: 'arm64' as const }]]);

const ran = (id: number, some: Partial<HistoryRow> = {}, job: Parameters<typeof build.job>[1] = {}) =>
  ({
    job: build.job(id, { workflow: 'CI', ...job }),
    outcome: 'success',
    instanceId: `i-${id}`,
    instanceType: 'ecs.c8y.2xlarge',
    capacityType: 'spot',
    pricePerHour: 0.4,
    onDemandPricePerHour: 2,
    diskGiB: 40,
    launchedAtMs: DAY_MS,
    startedAtMs: DAY_MS + HOUR_MS / 2,
    completedAtMs: DAY_MS + HOUR_MS,
    goneAtMs: DAY_MS + 2 * HOUR_MS,
    ...some,
  }) as HistoryRow;
const report = (...rows: HistoryRow[]) => costReport({ rows, config, types, nowMs: DAY_MS + 3 * HOUR_MS });
const DISK = 40 * DISK_PRICE_PER_GIB_HOUR;

describe('what a job has cost', () => {
  test('is its machine from launch to end, with its disk', () => {
    const { total } = report(ran(1));
    expect(total.instance).toBeCloseTo(0.8, 10);
    expect(total.disk).toBeCloseTo(2 * DISK, 10);
    expect(total.total).toBeCloseTo(0.8 + 2 * DISK, 10);
    expect(total.onDemand).toBeCloseTo(4 + 2 * DISK, 10);
    expect(total.hostedUsd).toBeCloseTo(30 * 0.014, 10);
  });

  // biome-ignore format: a table reads best as a table.
  const cases: [what: string, some: Partial<HistoryRow>, jobs: number, hours: number, instance: number, unpriced: number][] = [
    ['not seen gone: to its end',               { goneAtMs: null },                                       1, 1, 0.4, 0],
    ['alive: to now',                           { goneAtMs: null, completedAtMs: null },                  1, 3, 1.2, 0],
    ['no spot price known: pay-as-you-go',      { pricePerHour: null },                                   1, 2, 4,   0],
    ['no price at all: told, and in no sum',    { pricePerHour: null, onDemandPricePerHour: null },       1, 2, 0,   1],
    ['no machine: not in here',                 { instanceId: null },                                     0, 0, 0,   0],
    ['a clock that ran backwards: nothing',     { goneAtMs: DAY_MS - HOUR_MS },                           1, 0, 0,   0],
  ];
  test.each(cases)('%s', (_what, some, jobs, hours, instance, unpriced) => {
    const { total } = report(ran(1, some));
    expect(total).toMatchObject({ jobs, hours, unpriced });
    expect(total.instance).toBeCloseTo(instance, 10);
  });
});

test('the rows of each group add up to the total', () => {
  const { total, by } = report(
    ran(1),
    ran(2, { launchedAtMs: DAY_MS - HOUR_MS }, { repository: 'acme/other', workflow: undefined }),
    ran(3, { instanceType: 'ecs.g8y.4xlarge' }, { labels: ['self-hosted', 'aliyun', 'arm64', 'Big'] }),
    ran(4, { capacityType: 'on-demand', pricePerHour: 2 }),
  );
  for (const group of GROUPS) {
    const sum = by[group].reduce((all, each) => all + each.total, 0);
    expect(sum, group).toBeCloseTo(total.total, 10);
    expect(by[group].length, group).toBe(2);
  }
  expect(by.profile.map(({ name }) => name).sort()).toEqual(['big', 'none']);
  expect(by.workflow.map(({ name }) => name).sort()).toEqual(['acme/kernel: CI', 'acme/other: not told']);
  expect(by.day.map(({ name }) => name)).toEqual(['2026-05-03', '2026-05-04']);
});

test('GitHub’s runners are priced by whole minutes, of the smallest that is big enough', () => {
  expect(hostedUsd('amd64', 8, 60_001)).toBeCloseTo(0.044, 10);
  expect(hostedUsd('arm64', 3, 1)).toBeCloseTo(0.008, 10);
  expect(hostedUsd('arm64', 96, 1)).toBeNull();
});

test('a month is foretold from its second day on', () => {
  expect(forecast(10, Date.UTC(2026, 3, 1, 23))).toBeNull();
  expect(forecast(10, Date.UTC(2026, 3, 16))).toBeCloseTo(20, 10);
});

const state = (rows: HistoryRow[], some: Partial<CostState> = {}): CostState => ({
  ...{ fromMs: DAY_MS, atMs: DAY_MS + HOUR_MS, currency: 'CNY', sizings: [], monthForecast: 31, cutDays: [] },
  report: report(...rows),
  ...some,
});

test('the table says what is not in it', () => {
  const text = renderCosts(state([ran(1)], { cutDays: ['2026-05-03'] }), 'repository');
  expect(text).toMatch(/acme\/kernel *│ 1 *│ 2\.0 *│ 0\.80 *│ 0\.08 *│ 0\.88 *│ 78 %/);
  for (const words of [
    /in CNY/,
    /month comes to 31\.00/,
    /Of 2026-05-03 not all/,
    /no job ran on/,
    /no job with 3 measured runs/,
  ])
    expect(text).toMatch(words);
  expect(jsonOf(state([ran(1)]))).toMatchObject({ rightSizing: [], total: { jobs: 1 } });
});

test('no name from outside becomes a formula of a spreadsheet, or moves the terminal', () => {
  const evil = ran(1, {}, { workflow: 'x', repository: '=HYPERLINK("http://evil")' });
  expect(csvOf(state([evil]))).toContain(`"'=HYPERLINK(""http://evil"")"`);
  expect(renderCosts(state([ran(1, {}, { workflow: '\u001b[2Jboo' })]), 'workflow')).not.toContain(
    '\u001b[2J',
  );
});
