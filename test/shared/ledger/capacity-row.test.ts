import { expect, test } from 'vitest';
import { MINT_PACE_MAX, MINT_STEPS } from '../../../shared/github-limits.ts';
import { tableOf } from '../../../simulator/tablestore/index.ts';
import { build } from './builders.ts';
import { inProcess, START_MS } from './transports.ts';

const CAPACITY = ['capacity', 'all'] as const;
const LIMITS = build.limits({ runners: 3, perProfile: 2, perRepository: 3 });

async function withSlots(count: number, limits = LIMITS) {
  const transport = inProcess();
  for (let at = 0; at < count; at++)
    await transport.ledger.capacity.take(build.slot(at, { profile: 'big' }), limits, START_MS);
  const row = tableOf(transport.store, 'ledger');
  const columns = async () => (await row.get(CAPACITY)) ?? {};
  return { ...transport, row, columns };
}

test('a recount sets right every total that disagrees with the slots, and once', async () => {
  const { ledger, row, columns } = await withSlots(2);
  const right = await columns();
  const totals = Object.keys(right).filter((column) => /^(total|[pr]_.*)$/.test(column));
  expect(totals).toHaveLength(3);
  const add = Object.fromEntries(totals.map((column, at) => [column, at - 1]));
  await row.update(CAPACITY, { add, put: { p_long_gone: 4 } }, { row: 'present' });
  await ledger.capacity.recount(START_MS);
  await ledger.capacity.recount(START_MS);
  const { recounted, p_long_gone, ...rest } = await columns();
  expect([rest, p_long_gone, typeof recounted]).toEqual([right, undefined, 'string']);
});

test('a recount whose reply is lost sets right once, and so do two at the same time', async () => {
  const lost = await withSlots(2);
  await lost.row.update(CAPACITY, { add: { total: 5 } }, { row: 'present' });
  let requests = 0;
  lost.store.faults = () => (requests++ === 1 ? 'lost-after' : null);
  await lost.ledger.capacity.recount(START_MS);
  expect((await lost.columns()).total).toBe(2);

  const two = await withSlots(2);
  await two.row.update(CAPACITY, { add: { total: 5 } }, { row: 'present' });
  await Promise.all([two.ledger.capacity.recount(START_MS), two.ledger.capacity.recount(START_MS)]);
  expect((await two.columns()).total).toBe(2);
});

test('a recount that finds nothing wrong writes nothing', async () => {
  const { ledger, store } = await withSlots(2);
  store.counts.calls.clear();
  await ledger.capacity.recount(START_MS);
  expect(Object.fromEntries(store.counts.calls)).toEqual({ GetRow: 1 });
});

test('a slot taken while a recount is on its way counts once', async () => {
  const { ledger, row, columns, store } = await withSlots(1);
  await row.update(CAPACITY, { add: { total: 5 } }, { row: 'present' });
  let requests = 0;
  store.faults = () => {
    // After the recount's reading and before its write.
    if (requests++ === 1) {
      store.faults = null;
      void ledger.capacity.take(build.slot('late'), build.limits(), START_MS);
    }
    return null;
  };
  await ledger.capacity.recount(START_MS);
  expect((await columns()).total).toBe(2);
  expect((await ledger.capacity.view()).slots).toHaveLength(2);
});

const totalsOf = (columns: object) => Object.keys(columns).filter((column) => /^[pr]_/.test(column));

test('the row does not grow with the repositories that once had a runner', async () => {
  const { ledger, columns } = await withSlots(0);
  const repository = (at: number) => ({ repository: `acme/r-${at}` });
  for (let at = 0; at < 20; at++)
    await ledger.capacity.take(build.slot(at, repository(at)), LIMITS, START_MS);
  for (let at = 0; at < 20; at++) {
    await ledger.capacity.handBack(build.runnerName(at));
    if (at < 17) await ledger.capacity.take(build.slot(at + 3, repository(at + 3)), LIMITS, START_MS);
  }
  for (let sweeps = 0; sweeps < 3; sweeps++) await ledger.capacity.recount(START_MS);
  expect(totalsOf(await columns())).toEqual([]);
});

test('nor with the matrices of its launches: what GitHub lets a minute have of them, one sweep forgets', async () => {
  const { ledger, row, columns } = await withSlots(1);
  const before = await columns();
  const put = Object.fromEntries(Array.from({ length: MINT_PACE_MAX }, (_, at) => [`g_acme_app_${at}`, 0]));
  await row.update(CAPACITY, { put }, { row: 'present' });
  await ledger.capacity.recount(START_MS);
  expect(await columns()).toEqual(before);
});

test('a slot of a repository that is taken while its column is about to go counts', async () => {
  const { ledger, columns, store } = await withSlots(0);
  const last = build.slot('last');
  await ledger.capacity.take(last, LIMITS, START_MS);
  await ledger.capacity.handBack(last.name);
  expect(totalsOf(await columns())).toHaveLength(1);
  let requests = 0;
  store.faults = () => {
    if (requests++ === 1) {
      store.faults = null;
      void ledger.capacity.take(build.slot('late'), LIMITS, START_MS);
    }
    return null;
  };
  await ledger.capacity.recount(START_MS);
  const [column = ''] = totalsOf(await columns());
  expect((await columns())[column]).toBe(1);
  const one = build.limits({ perRepository: 1 });
  expect(await ledger.capacity.take(build.slot('more'), one, START_MS)).toMatchObject({ kind: 'limited' });
});

test('the row does not grow with the minutes that pass, whether or not anyone recounts', async () => {
  const { ledger, columns } = await withSlots(0);
  for (let minute = 0; minute < 50; minute++) {
    await ledger.capacity.take(build.slot(minute), LIMITS, START_MS + minute * 60_000);
    await ledger.capacity.handBack(build.runnerName(minute));
  }
  const steps = Object.keys(await columns()).filter((column) => column.startsWith('q_'));
  expect(steps.length).toBeLessThanOrEqual(MINT_STEPS);
});

test('taking a slot is one request, and handing it back two', async () => {
  const { ledger, store } = await withSlots(1);
  store.counts.calls.clear();
  await ledger.capacity.take(build.slot('next'), LIMITS, START_MS);
  expect(Object.fromEntries(store.counts.calls)).toEqual({ UpdateRow: 1 });
  await ledger.capacity.handBack(build.runnerName('next'));
  expect(Object.fromEntries(store.counts.calls)).toEqual({ UpdateRow: 2, GetRow: 1 });
});

test('forty slots are handed back together: one reading, nine a write, and the totals are right', async () => {
  const { ledger, store, columns } = await withSlots(
    45,
    build.limits({ runners: 50, perProfile: 50, perRepository: 50, mintsPerMinute: 50 }),
  );
  store.counts.calls.clear();
  const names = Array.from({ length: 40 }, (_, at) => build.runnerName(at));
  await ledger.capacity.handBackAll(new Map(names.map((name) => [name, undefined])));
  expect(Object.fromEntries(store.counts.calls)).toEqual({ UpdateRow: 5, GetRow: 1 });
  expect((await columns()).total).toBe(5);
  await ledger.capacity.handBackAll(new Map(names.map((name) => [name, undefined])));
  expect((await columns()).total, 'a second time nothing is counted').toBe(5);
});

test('a slot that is taken while others are handed back stays', async () => {
  const { ledger, store, columns } = await withSlots(12, build.limits({ runners: 50 }));
  let requests = 0;
  store.faults = () => {
    if (requests++ === 1) {
      store.faults = null;
      void ledger.capacity.take(build.slot('late'), build.limits(), START_MS);
    }
    return null;
  };
  const names = Array.from({ length: 12 }, (_, at) => build.runnerName(at));
  await ledger.capacity.handBackAll(new Map(names.map((name) => [name, undefined])));
  expect((await columns()).total).toBe(1);
});

test('a row of a later schema version is left alone', async () => {
  const { ledger, store } = inProcess();
  const table = tableOf(store, 'ledger');
  await table.put(['note', 'a'], { schema: 2, rev: 'x', body: '{}' }, { row: 'absent' });
  await expect(ledger.notes.read('a')).rejects.toThrow('schema version 2; this version knows 1');
  await expect(ledger.notes.list(5)).rejects.toThrow('schema version 2');
});
