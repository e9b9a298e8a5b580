/** One push of a whole matrix: what it costs at a time, who is told, and what becomes of the others. */
import { describe, expect, test } from 'vitest';
import type { SimJob } from '../../../../simulator/github/index.ts';
import { MINUTE_MS, OURS, open, queue, read } from '../../../cli/explain/fixture.ts';
import type { World } from '../../../world/in-process.ts';

const HOUR_MS = 60 * MINUTE_MS;
const WIDE = `${OURS} 16cpu`;

function openFor(limits: object, alerts: string[] = []): Promise<World> {
  const repositories = ['acme/app', 'acme/pay'];
  return open({ config: { limits }, repositories, post: async (text) => void alerts.push(text) });
}

const push = (world: World, count: number, labels: string, durationMs = 20 * MINUTE_MS): SimJob[] =>
  Array.from({ length: count }, () => queue(world, labels, { durationMs }));

/** The dearest moment: by the simulated cloud's own bill, an hour. */
function dearest(world: World): number {
  const bills = world.ecs.paid();
  const perHour = (bill: (typeof bills)[0]) => {
    const hours = ((bill.endedAtMs ?? world.clock.nowMs()) - bill.startedAtMs) / HOUR_MS;
    return hours === 0 ? 0 : (bill.instanceCost + bill.diskCost) / hours;
  };
  const at = (atMs: number) =>
    bills
      .filter((bill) => bill.startedAtMs <= atMs && (bill.endedAtMs ?? Number.POSITIVE_INFINITY) > atMs)
      .reduce((sum, bill) => sum + perHour(bill), 0);
  return Math.max(0, ...bills.map(({ startedAtMs }) => at(startedAtMs)));
}

const total = (world: World): number =>
  world.ecs.paid().reduce((sum, { instanceCost, diskCost }) => sum + instanceCost + diskCost, 0);

// biome-ignore format: a table reads best as a table.
test.each<[what: string, limits: object, perHourMax: number, alerts: number]>([
  ['of half the bound, where nothing is told', { spendPerHour: 40 },                           20, 0],
  ['of nearly all of it, which is told once',  { spendPerHour: 40, runnersPerRepository: 90 }, 36, 1],
])('one matrix of 256 jobs of 16 cores costs no more than its share, %s; another repository’s job starts at once', async (_what, limits, perHourMax, told) => {
  const alerts: string[] = [];
  const world = await openFor(limits, alerts);
  const job = { labels: WIDE.split(' '), durationMs: 20 * MINUTE_MS, strategy: { matrix: 'all' } };
  const jobs = Array.from({ length: 256 }, (_, at) => ({ ...job, name: `part ${at}` }));
  const run = world.github.queueRun({ repository: 'acme/app', jobs });
  await world.pass(3 * MINUTE_MS);
  const other = queue(world, OURS, { durationMs: MINUTE_MS }, 'acme/pay');
  await world.pass(17 * MINUTE_MS);
  expect(other.conclusion).toBe('success');
  expect((other.startedAtMs ?? Number.NaN) - other.createdAtMs).toBeLessThan(3 * MINUTE_MS);
  // Its disk and all; the other's machine counts in it, too.
  expect(dearest(world)).toBeLessThanOrEqual(perHourMax);
  const started = world.github.jobsOf(run).filter(({ startedAtMs }) => startedAtMs !== null);
  expect(started.length, 'the push has its share').toBeGreaterThan(10);
  expect(alerts).toHaveLength(told);
  world.fc.close();
});

describe('a push of many jobs of 16 cores', () => {
  test('costs no more an hour than its share of limits.spendPerHour; another repository’s job starts at once', async () => {
    const alerts: string[] = [];
    const world = await openFor({ spendPerHour: 12 }, alerts);
    push(world, 40, WIDE);
    await world.pass(3 * MINUTE_MS);
    const other = queue(world, OURS, { durationMs: MINUTE_MS }, 'acme/pay');
    await world.until(() => other.status === 'completed', 10 * MINUTE_MS);
    expect(other.conclusion).toBe('success');
    expect((other.startedAtMs ?? 0) - other.createdAtMs).toBeLessThan(3 * MINUTE_MS);
    expect(dearest(world)).toBeLessThanOrEqual(6 + 1.2);
    expect(dearest(world), 'the push has its share').toBeGreaterThan(1);
    expect(alerts.length, alerts.join('\n')).toBeLessThanOrEqual(1);
    world.fc.close();
  });

  test('fills the bound where no share is kept: it is told once, waits with that reason, and goes on, oldest first', async () => {
    const alerts: string[] = [];
    const world = await openFor({ spendPerHour: 5, runnersPerRepository: null }, alerts);
    const jobs = push(world, 8, WIDE, 2 * MINUTE_MS);
    await world.pass(3 * MINUTE_MS);
    const waiting = jobs.filter(({ status }) => status === 'queued');
    expect(waiting.length).toBeGreaterThan(4);
    const reasons = await Promise.all(waiting.map(async (job) => (await read(world, job)).answer.text));
    expect(reasons.some((text) => /limits\.spendPerHour allows \(5\.00\)/.test(text))).toBe(true);
    expect(alerts).toEqual([expect.stringMatching(/% of limits\.spendPerHour \(5\.00\).*raise limits/)]);
    await world.until(() => jobs.every(({ status }) => status === 'completed'), 3 * HOUR_MS);
    expect(jobs.map(({ conclusion }) => conclusion)).toEqual(jobs.map(() => 'success'));
    expect(dearest(world)).toBeLessThanOrEqual(5);
    world.fc.close();
  });

  test('others pass a dear job, and it starts once those that lived before it have ended, however many come', async () => {
    const world = await openFor({ spendPerHour: 2.4, runnersPerRepository: null });
    const before = push(world, 2, OURS, 15 * MINUTE_MS);
    await world.pass(4 * MINUTE_MS);
    const dear = queue(world, WIDE, { durationMs: MINUTE_MS }, 'acme/pay');
    await world.pass(MINUTE_MS);
    const after = push(world, 12, `${OURS} 4cpu`, 12 * MINUTE_MS);
    const has = (job: SimJob) => job.startedAtMs !== null;
    await world.pass(8 * MINUTE_MS);
    expect(has(dear)).toBe(false);
    expect(after.filter(has).length, 'others go on').toBeGreaterThan(0);
    expect(after.every(has), 'and leave it its share').toBe(false);
    await world.until(() => has(dear), 30 * MINUTE_MS);
    const endedMs = Math.max(...before.map(({ completedAtMs }) => completedAtMs ?? 0));
    expect((dear.startedAtMs ?? Number.NaN) - endedMs).toBeLessThan(5 * MINUTE_MS);
    expect(dearest(world)).toBeLessThanOrEqual(2.4);
    world.fc.close();
  });

  test('ends at limits.spendPerDay: what runs goes on, what waits has that reason, and the next day begins anew', async () => {
    const alerts: string[] = [];
    const world = await openFor({ spendPerDay: 4 }, alerts);
    const jobs = push(world, 12, WIDE);
    await world.pass(30 * MINUTE_MS);
    expect(total(world)).toBeLessThanOrEqual(4);
    expect(total(world), 'and something was done').toBeGreaterThan(0.1);
    expect(jobs.filter(({ conclusion }) => conclusion !== null && conclusion !== 'success')).toEqual([]);
    const [left] = jobs.filter(({ status }) => status === 'queued');
    const { answer } = await read(world, left as SimJob);
    expect(answer.text).toMatch(/limits\.spendPerDay|other jobs wait/);
    expect(alerts).toEqual([expect.stringMatching(/% of limits\.spendPerDay \(4\.00\)/)]);
    const ended = () => jobs.filter(({ status }) => status === 'completed').length;
    const before = ended();
    const midnightMs = new Date(world.clock.nowMs()).setUTCHours(24, 0, 0, 0);
    await world.pass(midnightMs - world.clock.nowMs() + 40 * MINUTE_MS);
    expect(ended()).toBeGreaterThan(before);
    expect(
      alerts.filter((text) => Number(/: (\d+) %/.exec(text)?.[1]) < 50),
      'told of what is used up only',
    ).toEqual([]);
    world.fc.close();
  });

  test('asks the ledger and the cloud for no more where no money is bounded', async () => {
    const world = await openFor({});
    const [job] = push(world, 1, OURS, MINUTE_MS) as [SimJob];
    await world.until(() => job.status === 'completed', 10 * MINUTE_MS);
    expect(await world.adapters().ledger.capacity.view()).toMatchObject({ days: {} });
    world.fc.close();
  });
});
