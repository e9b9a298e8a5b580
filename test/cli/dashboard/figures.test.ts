/** What the charts and tables are made from. */
import { expect, test } from 'vitest';
import { rememberingHistory } from '../../../cli/dashboard/history.ts';
import { Looks } from '../../../cli/dashboard/looks.ts';
import { troubleOf } from '../../../cli/dashboard/views/money.ts';
import { momentsOfRow, stretchesOf } from '../../../cli/dashboard/views/now.ts';
import { percentilesOf, waitsOf } from '../../../cli/dashboard/views/waits.ts';
import { html } from '../../../cli/shared/screen/html.ts';
import type { HistoryRow } from '../../../shared/ledger/history-row.ts';
import { build } from '../../shared/ledger/builders.ts';
import { open, operatorOf } from '../explain/fixture.ts';

const NONE = { queued: null, launch: null, boot: null, idle: null, busy: null, ending: null, gone: null };

test.each([
  {
    why: 'one phase after the other, the last until now',
    moments: { queued: 0, launch: 10, busy: 30 },
    spans: 'queued 0-10, launch 10-30, busy 30-100',
  },
  {
    why: 'what is gone ends there',
    moments: { busy: 10, ending: 30, gone: 50 },
    spans: 'busy 10-30, ending 30-50',
  },
  {
    why: 'a moment that was heard of late has no length',
    moments: { idle: 40, busy: 30 },
    spans: 'idle 40-40, busy 30-100',
  },
  { why: 'nothing known, nothing drawn', moments: {}, spans: '' },
])('$why', ({ moments, spans }) => {
  const said = stretchesOf({ ...NONE, ...moments }, 100).map(
    ({ phase, fromMs, toMs }) => `${phase} ${fromMs}-${toMs}`,
  );
  expect(said.join(', ')).toBe(spans);
});

test.each([
  { outcome: 'success', ending: 30 },
  { outcome: 'expired', ending: null },
])('a row of outcome $outcome ends at $ending: what was given up may go on', ({ outcome, ending }) => {
  const row = { job: build.job(1), outcome, completedAtMs: 30, trail: null } as HistoryRow;
  expect(momentsOfRow(row).ending).toBe(ending);
});

test.each([
  { lengths: [], p50Ms: null, p90Ms: null },
  { lengths: [7], p50Ms: 7, p90Ms: 7 },
  { lengths: [10, 1, 9, 2, 8, 3, 7, 4, 6, 5], p50Ms: 5, p90Ms: 9 },
])('percentiles of $lengths', ({ lengths, p50Ms, p90Ms }) => {
  expect(percentilesOf(lengths)).toEqual(p50Ms === null ? null : { p50Ms, p90Ms });
});

const HOUR_MS = 3_600_000;
const row = (id: number, some: Partial<HistoryRow>): HistoryRow => ({
  ...{
    job: build.job(id),
    outcome: 'success',
    because: null,
    runnerName: null,
    instanceId: null,
    instanceType: null,
  },
  ...{
    zone: null,
    capacityType: null,
    pricePerHour: null,
    onDemandPricePerHour: null,
    diskGiB: null,
    launches: 1,
  },
  ...{ launchedAtMs: null, onlineAtMs: null, startedAtMs: null, completedAtMs: null, goneAtMs: null },
  ...{ consoleTail: null, trail: null, ...some },
});

test('a wait counts in the hour in which its job was queued, and where one end is not known it counts not at all', () => {
  const at = (createdAtMs: number, labels: string[]) => build.job(1, { createdAtMs, labels });
  const rows = [
    row(1, { job: at(10, ['B', 'a']), launchedAtMs: 1_010, onlineAtMs: 3_010, startedAtMs: 4_010 }),
    row(2, { job: at(HOUR_MS + 5, ['a', 'b']), startedAtMs: HOUR_MS + 2_005 }),
  ];
  const { over, byLabels, all } = waitsOf(rows, { fromMs: 0, atMs: HOUR_MS + 10, stepMs: HOUR_MS });
  expect(over.map(({ jobs, spans }) => [jobs, spans.total?.p50Ms])).toEqual([
    [1, 4_000],
    [1, 2_000],
  ]);
  expect(byLabels.map(({ name, jobs }) => [name, jobs])).toEqual([['a b', 2]]);
  expect(all.spans.booted).toEqual({ p50Ms: 2_000, p90Ms: 2_000 });
});

test('refusals and interruptions are counted by type and zone', () => {
  const refused = { atMs: 1, text: 'ecs.c8y.large in zone-h (spot) was refused: no stock' };
  const taken = 'its spot instance was taken back';
  const rows = [
    row(1, { trail: [refused, { atMs: 2, text: 'ecs.c8y.large in zone-i (spot) was launched: i-1' }] }),
    row(2, { trail: [refused], because: taken, instanceType: 'ecs.c8y.large', zone: 'zone-h' }),
  ];
  expect(troubleOf(rows)).toEqual([{ type: 'ecs.c8y.large', zone: 'zone-h', refused: 2, interrupted: 1 }]);
});

test('text is escaped wherever it stands, and only markup made here is not', () => {
  const name = `<b>"'&\u001b[2J\u202e`;
  const made = html`<a title="${name}">${[name, html`<i>${name}</i>`, null, 3]}</a>`;
  const safe = '&lt;b&gt;&quot;&#39;&amp; [2J ';
  expect(made.text).toBe(`<a title="${safe}">${safe}<i>${safe}</i>3</a>`);
});

test.each(['ofDay', 'unusedOfDay'] as const)(
  'history’s %s is read once for all who look, again when it is old, and again after a failure',
  async (what) => {
    const world = await open();
    let [nowMs, reads, fails] = [1_000_000_000_000, 0, true];
    const history = {
      ...operatorOf(world).ledger.history,
      [what]: async (_dayMs: number, _max: number) => {
        reads += 1;
        if (fails) throw new Error('no answer');
        return { things: [], complete: true };
      },
    };
    const kept = rememberingHistory({ history }, { nowMs: () => nowMs }).history;
    await expect(kept[what](nowMs, 10)).rejects.toThrow('no answer');
    fails = false;
    await Promise.all([kept[what](nowMs, 10), kept[what](nowMs, 10)]);
    expect(reads).toBe(2);
    nowMs += 31_000;
    await kept[what](nowMs, 10);
    expect(reads).toBe(3);
    world.fc.close();
  },
);

test('what was read stays while reading fails, with the reason, and is tried again a little later', async () => {
  const world = await open();
  const operator = operatorOf(world);
  const state = { isOut: false, ms: 0 };
  const list: typeof operator.ledger.runners.list = (max) =>
    state.isOut ? Promise.reject(new Error('no answer')) : operator.ledger.runners.list(max);
  const ledger = { ...operator.ledger, runners: { ...operator.ledger.runners, list } };
  const looks = new Looks(
    { operator: { ...operator, ledger }, doctor: null, allowsActions: false },
    () => state.ms,
  );
  const ask = { job: '', days: 7, by: '' };
  const first = await looks.current('now', ask);
  expect(first).toMatchObject({ failure: null, version: 1 });
  Object.assign(state, { isOut: true, ms: 2_000 });
  const second = await looks.current('now', ask);
  expect(second).toMatchObject({ failure: 'no answer', version: 2, readAtMs: first.readAtMs });
  expect(second.data).toBe(first.data);
  Object.assign(state, { isOut: false, ms: 4_000 });
  expect((await looks.current('now', ask)).version).toBe(2);
  state.ms = 7_000;
  expect(await looks.current('now', ask)).toMatchObject({ failure: null, version: 3 });
  world.fc.close();
});
