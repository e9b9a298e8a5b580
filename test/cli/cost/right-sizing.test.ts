/** Which jobs asked for more, or less, than they use. */
import { expect, test } from 'vitest';
import { jsonOf } from '../../../cli/cost/index.ts';
import type { CostState } from '../../../cli/cost/read.ts';
import { costReport } from '../../../cli/cost/report.ts';
import { rightSizing } from '../../../cli/cost/right-sizing.ts';
import { renderCosts } from '../../../cli/cost/table.ts';
import { PIPE } from '../../../cli/shared/screen/screen.ts';
import type { HistoryRow, Usage } from '../../../shared/ledger/history-row.ts';
import { config as configOf } from '../../shared/advisor/builders.ts';
import { build } from '../../shared/ledger/builders.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = Date.UTC(2026, 4, 4);
const config = configOf({});
const LITTLE: Usage = {
  ...{ seconds: 900, cores: 16, memoryGiB: 32, coresMean: 1.2, coresPeak: 2.1, memoryPeakGiB: 3 },
  ...{ oomKilled: 0, diskMiB: 100, networkMiB: 100 },
};
const LABELS = ['self-hosted', 'aliyun', 'arm64', '16cpu'];

let made = 0;
/** An hour at two an hour. */
const ran = (
  usage: Partial<Usage> | null,
  job: Parameters<typeof build.job>[1] = {},
  some: Partial<HistoryRow> = {},
) =>
  ({
    job: build.job(++made, { workflow: 'CI', name: 'build', labels: LABELS, ...job }),
    ...{
      outcome: 'success',
      instanceId: 'i-1',
      instanceType: 'ecs.c8y.4xlarge',
      zone: 'k',
      capacityType: 'spot',
      pricePerHour: 2,
      onDemandPricePerHour: 8,
      diskGiB: 40,
    },
    ...{ launchedAtMs: DAY_MS, goneAtMs: DAY_MS + HOUR_MS },
    ...(usage === null ? {} : { usage: { ...LITTLE, ...usage } }),
    ...some,
  }) as HistoryRow;
const three = (usage: Partial<Usage>, job: Parameters<typeof build.job>[1] = {}) => [
  ran({}, job),
  ran(usage, job),
  ran({}, job),
];
const request = (rows: readonly HistoryRow[]) => ({
  rows,
  unused: [],
  config,
  types: new Map(),
  nowMs: DAY_MS + 2 * HOUR_MS,
});
const sizingsOf = (...rows: HistoryRow[]) => rightSizing(request(rows));

test('a job that used under a third of its cores is told the label to write, and what it would have saved', () => {
  expect(sizingsOf(...three({ coresPeak: 3 }))).toEqual([
    {
      ...{
        repository: 'acme/kernel',
        workflow: 'CI',
        job: 'build',
        labels: LABELS,
        runs: 3,
        cores: 16,
        memoryGiB: 32,
      },
      ...{ coresPeak: 3, memoryPeakGiB: 3, oomKilled: 0, advice: 'smaller', write: ['4cpu'], saves: 4.5 },
    },
  ]);
});

// biome-ignore format: a table reads best as a table.
const cases: [what: string, rows: () => HistoryRow[], write: string[] | null][] = [
  ['by the busiest minute of all its runs',                    () => three({ coresPeak: 5 }),                                    ['8cpu']],
  ['nothing where one run used a third',                       () => three({ coresPeak: 5.34 }),                                 null],
  ['the memory with it that it needs',                         () => three({ memoryPeakGiB: 10 }),                               ['4cpu', '16gb']],
  ['nothing where its memory needs the machine',               () => three({ memoryPeakGiB: 27 }),                               null],
  ['nothing after two runs',                                   () => three({}).slice(1),                                         null],
  ['nothing by runs of another name, workflow or labels',      () => [ran({}), ran({}), ran({}, { name: 'test' }), ran({}, { workflow: 'CD' }), ran({}, { labels: [...LABELS, 'disk-80gb'] })], null],
  ['the same by labels in another order and case',             () => [ran({}), ran({}), ran({}, { labels: ['16CPU', 'ARM64', 'aliyun', 'self-hosted'] })], ['4cpu']],
  ['nothing by rows of an earlier release',                    () => [ran(null), ran(null), ran(null)],                          null],
  ['nothing where a wider machine came than was asked for',    () => [1, 2, 3].map(() => ran({}, { labels: ['self-hosted', 'aliyun', 'arm64', '4cpu'] })), null],
  ['by its machine where its labels are not understood',       () => three({}, { labels: ['self-hosted', 'aliyun', 'odd-one'] }), ['4cpu']],
  ['more memory where a process was ended for want of it',     () => three({ oomKilled: 1 }),                                    ['64gb']],
  ['more memory where nine tenths of it were used',            () => three({ memoryPeakGiB: 29, coresPeak: 15 }),                ['64gb']],
];
test.each(cases)('it is told %s', (_what, rows, write) => {
  const [sizing, ...others] = sizingsOf(...rows());
  expect(others).toEqual([]);
  expect(sizing?.write ?? null).toEqual(write);
  if (write?.includes('64gb')) expect(sizing).toMatchObject({ advice: 'more memory', saves: null });
});

test('what was short of memory comes first, then what saves most, each with its sentence', () => {
  const rows = [
    ...three({}),
    ...three({ oomKilled: 2 }, { name: 'link' }),
    ...three({}, { name: 'big', repository: 'acme/\u001b[31mred' }),
    ran({}, { name: 'big', repository: 'acme/\u001b[31mred' }),
  ];
  const sizings = sizingsOf(...rows);
  expect(sizings.map(({ job, saves }) => [job, saves])).toEqual([
    ['link', null],
    ['big', 6],
    ['build', 4.5],
  ]);
  const state: CostState = {
    ...{ fromMs: DAY_MS, atMs: DAY_MS + HOUR_MS, currency: 'CNY', monthForecast: null, cutDays: [], sizings },
    report: costReport(request(rows)),
  };
  expect(jsonOf(state).rightSizing).toEqual(sizings);
  expect(renderCosts(state, 'repository', PIPE).split('\n').slice(-4)).toEqual([
    'Right-sizing, by the busiest minute of all runs:',
    '  acme/kernel: CI: link: 3.0 of 32 GiB of memory in 3 runs, and up to 2 processes of a run were ended for want of it: write `64gb`.',
    '  acme/ [31mred: CI: big: 2.1 of 16 cores in 4 runs: `4cpu` would have saved about 6.00.',
    '  acme/kernel: CI: build: 2.1 of 16 cores in 3 runs: `4cpu` would have saved about 4.50.',
  ]);
  expect(renderCosts({ ...state, sizings: [] }, 'repository', PIPE)).toMatch(
    /Right-sizing: no job with 3 measured runs/,
  );
});
