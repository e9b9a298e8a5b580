import { describe, expect, test } from 'vitest';
import { hostedUsd } from '../../../cli/cost/hosted-prices.ts';
import { jsonOf } from '../../../cli/cost/index.ts';
import type { CostState } from '../../../cli/cost/read.ts';
import { costReport, forecast, GROUPS } from '../../../cli/cost/report.ts';
import { csvOf, renderCosts } from '../../../cli/cost/table.ts';
import { PIPE } from '../../../cli/shared/screen/screen.ts';
import type { HistoryRow } from '../../../shared/ledger/history-row.ts';
import type { UnusedRow } from '../../../shared/ledger/unused-row.ts';
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
const report = (...rows: HistoryRow[]) =>
  costReport({ rows, unused: [], config, types, nowMs: DAY_MS + 3 * HOUR_MS });
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
  expect(hostedUsd('arm64', 3, -3_600_000), 'GitHub may say that it ended before it began').toBe(0);
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

test('of little money each row still adds up: two digits of the sum mean something', () => {
  const short = { goneAtMs: DAY_MS + HOUR_MS / 30, completedAtMs: DAY_MS + HOUR_MS / 30 };
  const text = renderCosts(state([ran(1, short)]), 'repository', PIPE);
  expect(text).toMatch(/^acme\/kernel\t1\t0\.033\t0\.013\t0\.001\t0\.015\t\d+ %$/m);
});

test('the table says what is not in it', () => {
  const text = renderCosts(state([ran(1)], { cutDays: ['2026-05-03'] }), 'repository', PIPE);
  expect(text).toMatch(/^acme\/kernel\t1\t2\.0\t0\.80\t0\.08\t0\.88\t78 %$/m);
  for (const words of [
    /in CNY/,
    /month comes to 31\.00, what no job needed included/,
    /Of 2026-05-03 not all/,
    /builds of images/,
    /no job with 3 measured runs/,
  ])
    expect(text).toMatch(words);
  expect(jsonOf(state([ran(1)]))).toMatchObject({ rightSizing: [], total: { jobs: 1 } });
});

test('no name from outside becomes a formula of a spreadsheet, or moves the terminal', () => {
  const evil = ran(1, {}, { workflow: 'x', repository: '=HYPERLINK("http://evil")' });
  expect(csvOf(state([evil]))).toContain(`"'=HYPERLINK(""http://evil"")"`);
  expect(renderCosts(state([ran(1, {}, { workflow: '\u001b[2Jboo' })]), 'workflow', PIPE)).not.toContain(
    '\u001b[2J',
  );
});

describe('machines that no job needed', () => {
  const unused = (some: Partial<UnusedRow> = {}) =>
    build.unused({ launchedAtMs: DAY_MS, goneAtMs: DAY_MS + HOUR_MS, ...some });
  /** It waited for an hour and a half before its job came, and served it six seconds later. */
  const warm = (id: number) =>
    ran(
      id,
      { isWarm: true, diskGiB: 0, startedAtMs: DAY_MS + 1.5 * HOUR_MS + 6000 },
      { createdAtMs: DAY_MS + 1.5 * HOUR_MS },
    );
  const cold = (id: number, waitedMs: number) =>
    ran(id, { diskGiB: 0 }, { createdAtMs: DAY_MS + HOUR_MS / 2 - waitedMs });
  const told = (rows: HistoryRow[], machines: UnusedRow[]) =>
    costReport({ rows, unused: machines, config, types, nowMs: DAY_MS + 3 * HOUR_MS });

  test('a job pays for a machine that waited from when it came itself; what was before is the cost of waiting', () => {
    const { total, idle, all } = told([warm(1)], []);
    expect(total.instance).toBeCloseTo(0.4 * 0.5, 10);
    expect(idle.waiting.instance).toBeCloseTo(0.4 * 1.5, 10);
    expect(all.total, 'no second is told twice, or left out').toBeCloseTo(0.4 * 2, 10);
    expect(idle).toMatchObject({ servedWarm: 1, machines: { waiting: 1, unused: 0 } });
  });

  test('those that waited in vain, and those that were launched for a job and had none, are lines of their own', () => {
    const { idle, all, total } = told(
      [cold(1, 60_000)],
      [unused(), unused({ isWarm: false, goneAtMs: DAY_MS + 2 * HOUR_MS })],
    );
    expect(idle.waiting.total).toBeCloseTo(0.4, 10);
    expect(idle.unused.total).toBeCloseTo(0.8, 10);
    expect(all.total).toBeCloseTo(total.total + 1.2, 10);
    const text = renderCosts(
      state([], { report: told([cold(1, 60_000)], [unused(), unused({ isWarm: false })]) }),
      'repository',
      PIPE,
    );
    expect(text).toMatch(/warm runners, waiting\t\t1\.0\t0\.40/);
    expect(text).toMatch(/machines without a job\t\t1\.0\t0\.40/);
  });

  test('what waiting bought is told by the median wait of jobs with the same labels, else of all others', () => {
    expect(
      told([warm(1), cold(2, 60_000), cold(3, 80_000), cold(4, 300_000)], []).idle.savedSeconds,
    ).toBeCloseTo(74, 6);
    const other = ran(
      2,
      { diskGiB: 0 },
      { labels: ['self-hosted', 'aliyun', 'amd64'], createdAtMs: DAY_MS + HOUR_MS / 2 - 36_000 },
    );
    expect(told([warm(1), other], []).idle.savedSeconds).toBeCloseTo(30, 6);
    expect(told([warm(1)], []).idle.savedSeconds, 'nothing to compare with').toBeNull();
  });

  test('a row of an earlier release had no warm runner, and a machine without a price is in no sum', () => {
    const { isWarm: _, ...old } = warm(1);
    expect(told([old as HistoryRow], []).idle).toMatchObject({ servedWarm: 0, waiting: { total: 0 } });
    const { idle, all } = told([], [unused({ pricePerHour: null, onDemandPricePerHour: null })]);
    expect([idle.waiting.total, all.unpriced]).toEqual([0, 1]);
  });
});
