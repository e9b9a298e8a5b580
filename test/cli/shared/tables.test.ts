/** Every table of every command fits the terminal, whatever stands in it, and is whole in a pipe. */
import { describe, expect, test } from 'vitest';
import type { AdviceRow } from '../../../cli/advise/rows.ts';
import { table as adviceTable } from '../../../cli/advise/table.ts';
import { renderCosts } from '../../../cli/cost/table.ts';
import type { LiveState } from '../../../cli/list/live-state.ts';
import { nextTry, renderList } from '../../../cli/list/table.ts';
import { cutInTheMiddle, widthOf, wrapped } from '../../../cli/shared/screen/cut.ts';
import { inAscii, PIPE, type Screen, screenOf } from '../../../cli/shared/screen/screen.ts';
import { type Column, renderTable } from '../../../cli/shared/screen/table.ts';
import { endOf } from '../../../cli/start/ending.ts';
import type { Row } from '../../../cli/start/table.ts';
import { COSTS } from './costs.ts';

const NOW_MS = Date.UTC(2026, 4, 3, 12);
const LONG = 'integration-tests (ubuntu, arm64, 构建与测试, shard 17 of 32)';
const RUNNER = 'ci-runner-arm64-spot-48000000000000017-12';

const LIVE: LiveState = {
  ...{ atMs: NOW_MS, sweptAtMs: NOW_MS, stop: null, slots: { taken: 20, limit: 20 }, quotas: [] },
  ...{ currency: 'CNY', alerts: [], isRefusedComplete: true },
  runners: [
    {
      ...{ runner: RUNNER, state: 'retiring', job: 48_000_000_017, jobName: LONG },
      ...{ repository: 'my-organization/my-repository', instance: 'i-bp1234567890abcdefgh' },
      ...{ instanceType: 'ecs.g8y.16xlarge', zone: 'cn-zhangjiakou-b', capacityType: 'on-demand' as const },
      image: 'ci-arm64-0123456789ab-t5w2k0',
      ...{ pricePerHour: 12.345, createdAtMs: NOW_MS - 5_000_000, stateAtMs: NOW_MS - 200_000 },
      ...{ untilMs: NOW_MS + 90_000_000, keptUntilMs: null, because: '' },
    },
  ],
  jobs: [0, 1, 2].map((ahead) => ({
    ...{ job: 48_000_000_018 + ahead, name: LONG, repository: 'my-organization/my-repository', labels: [] },
    ...{ createdAtMs: NOW_MS - 500_000, nextTryAtMs: NOW_MS - 310_000, ahead },
    because: 'all 20 runners are in use, and each of them belongs to a job that has not ended',
    isHeld: false,
  })),
  refused: [
    {
      ...{ job: 48_000_000_019, name: LONG, repository: 'my-organization/my-repository', labels: [] },
      ...{ createdAtMs: NOW_MS - 500_000, because: "the label '8cup' is not understood; is '8cpu' meant?" },
    },
  ],
};

const ADVICE: AdviceRow = {
  ...{ instanceTypeId: 'ecs.g8y.16xlarge', zoneId: 'cn-zhangjiakou-b', pricePerCore: 0.0449, discount: 2.2 },
  ...{ possibility: 1, cpuCoreCount: 64, memorySize: 256, instanceFamily: 'ecs.g8y', arch: 'arm64' },
  ...{ region: 'cn-zhangjiakou', capacityType: 'spot', currency: 'CNY', pricePerHour: 2.8736 },
  ...{ pastPricePerHour: 2, onDemandPricePerHour: 13, priceLimit: 3.448, expectedCostPerHour: 2.9 },
  ...{ interruptionRate: 2.5, stock: 'ample', because: 'it is number 1 of 29 by expected cost' },
};

const PLAYED: Row = {
  ...{ job: 'build-x64', labels: 'amd64 4cpu on-demand 16-64gb', instanceType: 'ecs.c6a.16xlarge' },
  ...{ zone: 'cn-zhangjiakou-h', capacityType: 'on-demand', pricePerHour: 0.587, conclusion: 'success' },
  ...{ queuedToRunningSeconds: 139, costCny: 0.0371, onDemandCny: 0.0971 },
};

const TABLES: readonly (readonly [
  name: string,
  draw: (screen: Screen) => string,
  keeps: readonly string[],
])[] = [
  ['list', (screen) => renderList(LIVE, screen), ['retiring', '48000000017', '2nd of 3', "'8cpu'"]],
  [
    'advise',
    (screen) =>
      adviceTable(
        { rows: [ADVICE], leftOut: [{ what: LONG, because: LONG }], notes: [] },
        { screen, cutoff: 2 },
      ),
    ['ecs.g8y.16xlarge', '2.87', '256'],
  ],
  ['cost', (screen) => tableOf(renderCosts(COSTS, 'repository', screen)), ['12345', '124691.34', '69 %']],
  [
    'start',
    (screen) => endOf({ rows: [PLAYED], left: [], warm: null }, screen),
    ['build-x64', '139 s', '0.037', '62 %'],
  ],
];

/** Its notes are sentences, which a terminal breaks by itself. */
const tableOf = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^(What|Saved|These|Right|Warm|Of)/.test(line))
    .join('\n');

describe.each([80, 81, 99, 100, 120, 160, 200])('at %i columns', (width) => {
  test.each(TABLES)('%s fits, and keeps what matters', (_name, draw, keeps) => {
    const text = draw({ width, isColoured: false, isAscii: false });
    expect(text.split('\n').filter((line) => widthOf(line) > width)).toEqual([]);
    // A sentence may be broken between lines.
    const words = text.replace(/[\s│]+/g, ' ');
    for (const kept of keeps) expect(words).toContain(kept);
  });
});

test.each(TABLES)('%s fits 40 columns, too', (_name, draw) => {
  const text = draw({ width: 40, isColoured: false, isAscii: false });
  expect(text.split('\n').filter((line) => widthOf(line) > 40 && !/[.:]/.test(line))).toEqual([]);
});

test.each(TABLES)('%s is whole in a pipe: as many values in each row as heads', (_name, draw) => {
  const lines = draw(PIPE)
    .split('\n')
    .filter((line) => line.includes('\t'));
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.join('\n')).not.toMatch(/[│┌…]/);
  const heads = lines.findIndex((line) => /\t(state|name|type|jobs|labels)\t/.test(line));
  expect(lines[heads + 1]?.split('\t')).toHaveLength(lines[heads]?.split('\t').length ?? 0);
});

test.each(TABLES)('%s is ASCII where the locale is, but for names', (_name, draw) => {
  const text = inAscii(draw({ width: 120, isColoured: false, isAscii: true }));
  expect(text.replace(/\p{Script=Han}/gu, '').match(/[^\n -~]/g)).toBeNull();
});

test.each([
  { env: { LC_ALL: 'C', LANG: 'en_US.UTF-8' }, isAscii: true },
  { env: { LANG: 'POSIX' }, isAscii: true },
  { env: { LANG: 'C.UTF-8' }, isAscii: false },
  { env: { LC_ALL: '', LANG: 'zh_CN.utf8' }, isAscii: false },
  { env: {}, isAscii: false },
])('$env: ASCII alone: $isAscii', ({ env, isAscii }) => {
  expect(screenOf({ isTTY: true, columns: 100 }, env).isAscii).toBe(isAscii);
});

test.each([
  ['a terminal says how wide it is', { isTTY: true, columns: 132 }, {}, 132],
  ['a narrow one is given no less than can be read', { isTTY: true, columns: 20 }, {}, 40],
  ['nobody follows a row over a wall', { isTTY: true, columns: 400 }, {}, 200],
  ['one that does not say is asked for by COLUMNS', { isTTY: true, columns: 0 }, { COLUMNS: '120' }, 120],
  ['or is a usual one', { isTTY: true }, {}, 80],
  ['a pipe has no width, whatever COLUMNS says', {}, { COLUMNS: '120' }, null],
])('%s', (_name, stream, env, width) => {
  expect(screenOf(stream, env).width).toBe(width);
});

test.each([
  ['ci-runner-arm64-spot-17', 11, 'ci-ru…ot-17'],
  ['short', 5, 'short'],
  ['构建与测试', 7, '构…测试'],
  ['构建与测试', 9, '构建…测试'],
  ['abc', 2, 'ab'],
])('%s in %i columns is %s', (text, width, cut) => {
  expect(cutInTheMiddle(text, width)).toBe(cut);
  expect(widthOf(cut)).toBeLessThanOrEqual(width);
});

test('a sentence is broken between words, and a word longer than a line within', () => {
  expect(wrapped('all 20 runners are in use', 10)).toEqual(['all 20', 'runners', 'are in use']);
  expect(wrapped('https://example.com/a', 10)).toEqual(['https://ex', 'ample.com/', 'a']);
});

const COLUMNS: readonly Column<readonly string[]>[] = [
  { head: 'name', cell: ([name = '']) => name, min: 10 },
  { head: 'little', cell: ([, little = '']) => little, drop: 2 },
  { head: 'more', cell: ([, , more = '']) => more, drop: 1 },
];

test.each([
  ['first what may be cut is cut', 48, ['name', 'little', 'more']],
  ['then what matters least goes', 30, ['name', 'more']],
  ['then the next', 14, ['name']],
])('%s: %i columns', (_name, width, heads) => {
  const row = ['a'.repeat(30), 'b'.repeat(15), 'c'.repeat(12)];
  const [head = ''] = renderTable(COLUMNS, [row], { width, isColoured: false, isAscii: false }).split('\n');
  expect(head.split(/ +/)).toEqual(heads);
});

// biome-ignore format: a table reads best as a table.
const TURNS: readonly (readonly [ahead: number | null, nextTryAtMs: number, taken: number, said: RegExp])[] = [
  [1,    NOW_MS - 310_000, 20, /^2nd of 3 in line, when a slot is free$/],
  [0,    NOW_MS + 20_000,  20, /^1st of 3 in line, when a slot is free$/],
  [0,    NOW_MS - 1,       19, /^with the next sweep, 1st in line$/],
  [null, NOW_MS - 1,       20, /^with the next sweep$/],
  [null, NOW_MS + 40_000,  20, /\(in 40 s\)$/],
  [10,   NOW_MS - 1,       20, /^11th of 3/],
  [21,   NOW_MS - 1,       20, /^22nd of 3/],
];
test.each(TURNS)('ahead %s, due at %i, %i slots taken: %s', (ahead, nextTryAtMs, taken, said) => {
  const live = { ...LIVE, slots: { taken, limit: 20 } };
  expect(nextTry({ ahead, nextTryAtMs, isHeld: false }, live)).toMatch(said);
  expect(nextTry({ ahead, nextTryAtMs, isHeld: true }, live)).toBe('when GitHub lets it run');
});
