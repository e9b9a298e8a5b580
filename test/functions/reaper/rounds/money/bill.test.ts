/** What was estimated, beside what the account was billed for. */
import { expect, test } from 'vitest';
import { readCosts } from '../../../../../cli/cost/read.ts';
import { GROUPS } from '../../../../../cli/cost/report.ts';
import { renderCosts } from '../../../../../cli/cost/table.ts';
import { PIPE } from '../../../../../cli/shared/screen/screen.ts';
import { checkBill } from '../../../../../functions/reaper/rounds/money/bill.ts';
import { bssBills } from '../../../../../shared/adapters/bss/bills.ts';
import { type BillDay, billDayOf } from '../../../../../shared/ledger/bills.ts';
import { inProcess } from '../../../../../simulator/ecs/index.ts';
import { MINUTE_MS, OURS, open, operatorOf, queue } from '../../../../cli/explain/fixture.ts';
import type { World } from '../../../../world/in-process.ts';

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What it answers comes in simulated time. */
async function asked<Answer>(world: World, ask: () => Promise<Answer>): Promise<Answer> {
  const box: { answer?: Answer; error?: unknown } = {};
  const done = ask().then(
    (answer) => void Object.assign(box, { answer }),
    (error: unknown) => void Object.assign(box, { error }),
  );
  await world.until(() => 'answer' in box || 'error' in box, 10 * MINUTE_MS);
  await done;
  if ('error' in box) throw box.error;
  return box.answer as Answer;
}

/** Jobs, the longest over an hour's end where the market's price moves, and one machine that came to nothing; then days without a sweep. */
async function playedDays(isOn = true, longestMin = 6): Promise<World> {
  let boots = 0;
  const world = await open({
    config: { costs: { bill: isOn } },
    boots: { hangs: () => ++boots === 2 },
    ecs: { interruptions: 0 },
  });
  // The first jobs meet no market, and their machines have no price to be held against a bill.
  queue(world, OURS, { name: 'first', durationMs: 3 * MINUTE_MS });
  await world.pass(8 * MINUTE_MS);
  for (const minutes of [5, longestMin])
    queue(world, OURS, { name: `${minutes}`, durationMs: minutes * MINUTE_MS });
  await world.pass((longestMin + 20) * MINUTE_MS);
  expect(world.ecs.alive()).toEqual([]);
  world.fc.close();
  await world.pass(5 * DAY_MS);
  return world;
}

const worldOf = (world: World) => ({ ...world.adapters() });

async function checkedAll(world: World): Promise<string[]> {
  const words: string[] = [];
  for (let n = 0; n < 20 && !words.at(-1)?.endsWith('compared'); n++)
    words.push(await asked(world, () => checkBill(worldOf(world))));
  return words;
}

const paid = (world: World) =>
  world.ecs.paid().reduce((sum, { instanceCost, diskCost }) => sum + instanceCost + diskCost, 0);

test('the rows of the report add up to the cloud’s own bill, to the cent', async () => {
  const world = await playedDays(true, 70);
  const words = await checkedAll(world);
  expect(words.filter((word) => word.startsWith('the bill of')).length, 'a day in a sweep').toBeGreaterThan(
    5,
  );
  const { report, ...rest } = await asked(world, () => readCosts(operatorOf(world), 30));
  expect(report.all.billedMachines).toBeCloseTo(world.ecs.paid().length, 6);
  expect(Math.abs(report.all.billed - paid(world))).toBeLessThan(0.005);
  expect(report.idle.machines.unused).toBe(1);
  for (const group of GROUPS) {
    const rows = report.by[group].reduce((sum, each) => sum + each.billed, 0);
    expect(Math.abs(rows + report.idle.unused.billed - paid(world)), group).toBeLessThan(0.005);
  }
  expect(renderCosts({ report, ...rest }, 'repository', PIPE)).toMatch(
    /Of 4 machines the bill is known: estimated \d+\.\d\d, billed \d+\.\d\d, difference -?\d+\.\d\d, -?\d+ %/,
  );
});

test('what was billed to others is not kept, and nothing is asked for where the operator did not say so', async () => {
  const world = await playedDays();
  await checkedAll(world);
  const day = billDayOf(world.clock.nowMs() - 4 * DAY_MS);
  const kept = await asked(world, () => world.adapters().ledger.history.billOf(day));
  expect(kept?.amounts).toEqual({});
  expect(await asked(world, () => checkBill(worldOf(world)))).toBe('known');
  const off = await playedDays(false);
  expect(await asked(off, () => checkBill(worldOf(off)))).toBe('off');
  expect(off.ecs.calls.get('DescribeInstanceBill')).toBeUndefined();
});

test('a bill that parts from the estimates is told once, with what to look at', async () => {
  const world = await playedDays();
  const told: string[] = [];
  const { bills, ...adapters } = worldOf(world);
  const dearer = {
    ...adapters,
    bills: {
      ofDay: async (day: BillDay) =>
        (await bills.ofDay(day)).map((each) => ({ ...each, amount: 1.3 * each.amount })),
    },
    alerts: { post: async (text: string) => void told.push(text) },
  };
  for (let n = 0; n < 12; n++) await asked(world, () => checkBill(dearer));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/What 3 machines .* are \d+ % apart\. .* npm run cost/);
});

test('a bill that may not be read is told with the right that is missing, and asked for again in an hour', async () => {
  const world = await playedDays();
  const told: string[] = [];
  let calls = 0;
  const refused = {
    ...worldOf(world),
    bills: {
      ofDay: async () => {
        calls++;
        throw new Error('DescribeInstanceBill was refused: NotAuthorized');
      },
    },
    alerts: { post: async (text: string) => void told.push(text) },
  };
  for (let n = 0; n < 5; n++) await asked(world, () => checkBill(refused));
  expect([calls, told.length]).toEqual([1, 1]);
  expect(told[0]).toContain('bssapi:DescribeInstanceBill');
  await world.pass(HOUR_MS);
  await asked(world, () => checkBill(refused));
  expect(calls).toBe(2);
});

test('the bill of the simulated cloud comes a day later, in pages, with what is not ours', async () => {
  const world = await playedDays();
  const ask = inProcess(world.ecs);
  const bills = bssBills((params) =>
    ask('cn-hangzhou', 'DescribeInstanceBill', { ...params, MaxResults: '2' }),
  );
  const items = (
    await Promise.all([4, 5, 6].map((ago) => bills.ofDay(billDayOf(world.clock.nowMs() - ago * DAY_MS))))
  ).flat();
  expect(new Set(items.map(({ instanceId }) => instanceId)).size).toBe(5);
  expect(await bills.ofDay(billDayOf(world.clock.nowMs() - DAY_MS))).toEqual([]);
});
