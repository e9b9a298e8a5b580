/** A registration is good for any machine: a launch whose offers were all refused asks for others before it gives it up. */
import { expect, test } from 'vitest';
import { scarceIn } from '../../../functions/reaper/scarce.ts';
import { CANDIDATES_MAX, OFFERS_PER_LAUNCH_MAX } from '../../../shared/limits.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { configOf } from '../../world/in-process.ts';
import { isOver, MINUTE_MS, open, queue } from '../fixture.ts';

const NO_STOCK = { code: 'OperationDenied.NoStock' };

/** The launch of a second job: its first so many offers are sold out, and then so many answers never come. */
async function launched(refusals: number, unanswered = 0, refused = NO_STOCK, isUnread = false) {
  const opened = await open({ ecs: { soldOut: 0 } });
  const { world } = opened;
  // The first one brings the market.
  const first = queue(world);
  await world.until(() => isOver(...first), 10 * MINUTE_MS);
  await world.pass(3 * MINUTE_MS);
  const [before, from] = [calls(world.ecs.calls), world.lines.length];
  world.ecs.failNext('RunInstances', refused, refusals);
  world.ecs.failNext('RunInstances', 'timeout-after', unanswered);
  const [job] = queue(world);
  // What was refused to others is read again when all of these were.
  const reads = () => calls(world.ecs.calls) - before === refusals;
  if (isUnread) world.store.faults = ({ operation }) => (reads() && operation === 'GetRange' ? 'busy' : null);
  await world.pass(30_000);
  world.store.faults = null;
  const linesOf = (event: string) =>
    world.lines
      .slice(from)
      .map((line) => JSON.parse(line))
      .filter((line) => line.event === event);
  return { ...opened, job: job as SimJob, asked: () => calls(world.ecs.calls) - before, linesOf };
}

const calls = (counts: ReadonlyMap<string, number>): number => counts.get('RunInstances') ?? 0;
const nameOf = ({ zone, type, capacityType }: Record<string, unknown>) => `${zone}/${type}/${capacityType}`;

test('all offers of the first ranking are sold out: others are asked for with the same registration', async () => {
  const { world, job, linesOf, asked } = await launched(CANDIDATES_MAX + 1);
  expect(asked()).toBe(CANDIDATES_MAX + 2);
  const attempts = linesOf('launch.attempted');
  expect(new Set(attempts.map(nameOf)).size, 'none is asked for twice').toBe(attempts.length);
  expect(linesOf('launch.minted')).toHaveLength(1);
  expect(linesOf('launch.waited')).toEqual([]);
  const { things } = await world.adapters().ledger.runners.list(10);
  const entry = things.find(({ entry }) => entry.for === (job.id as number))?.entry;
  expect(entry).toMatchObject({ state: 'booting', walks: null, instanceId: expect.any(String) });
  const story = entry?.trail.map(({ text }) => text) ?? [];
  expect(story.filter((text) => text.includes(') was refused: '))).toHaveLength(CANDIDATES_MAX);
  expect(story.at(-2)).toBe('1 more offer was refused, or not asked for with those');
  expect(await world.until(() => isOver(job), 10 * MINUTE_MS)).toBe(true);
  expect(linesOf('launch.minted')).toHaveLength(1);
  world.fc.close();
});

test('before others are asked for, that is written: a machine of an unclear answer is found, and is the only one', async () => {
  const { world, job } = await launched(CANDIDATES_MAX, 3);
  const { things } = await world.adapters().ledger.runners.list(10);
  const { candidate, walks } = things[0]?.entry ?? {};
  expect(walks?.length).toBeGreaterThan(CANDIDATES_MAX);
  expect(walks?.slice(CANDIDATES_MAX)).toContainEqual(candidate);
  expect(await world.until(() => isOver(job), 20 * MINUTE_MS)).toBe(true);
  expect(world.ecs.paid().filter(({ tags }) => tags['ci-runner-job'] === String(job.id))).toHaveLength(1);
  world.fc.close();
});

test('one launch asks for so many offers; then nothing is left of it, and the job waits', async () => {
  const { world, job, linesOf, asked } = await launched(500);
  expect(asked()).toBe(OFFERS_PER_LAUNCH_MAX);
  expect(linesOf('launch.waited')).toHaveLength(1);
  expect(world.github.runners()).toEqual([]);
  const { ledger } = world.adapters();
  expect([(await ledger.runners.list(10)).things, (await ledger.capacity.view()).total]).toEqual([[], 0]);
  const { because, trail = [] } = (await ledger.jobs.read(job.id as never))?.entry ?? {};
  expect(because).toMatch(/^all 18 offers were refused: /);
  // The rest of its story has room beside them.
  expect(trail.map(({ text }) => text).slice(CANDIDATES_MAX + 1)).toEqual([
    '12 more offers were refused, or not asked for with those',
    expect.stringMatching(/^waits because all 18 offers/),
  ]);
  expect(trail[0]?.text).toMatch(/^was heard of by the delivery/);
  world.fc.close();
});

test('all offers are sold out, and the ledger does not say what else there is: nothing is left of it, and the job waits', async () => {
  const { world, job, linesOf } = await launched(CANDIDATES_MAX, 0, NO_STOCK, true);
  expect(linesOf('launch.waited')).toHaveLength(1);
  expect(world.github.runners()).toEqual([]);
  const { ledger } = world.adapters();
  expect([(await ledger.runners.list(10)).things, (await ledger.capacity.view()).total]).toEqual([[], 0]);
  expect(await world.until(() => isOver(job), 10 * MINUTE_MS)).toBe(true);
  world.fc.close();
});

test.each([
  ['sold out tells of its like', NO_STOCK, false],
  ['not asked for, because the region wants to be left alone, does not', { code: 'Throttling.User' }, true],
])('what is %s', async (_, code, isCut) => {
  const { world, job, linesOf } = await launched(500, 0, code);
  await world.until(() => linesOf('launch.waited').length > 0, 3 * MINUTE_MS);
  const held = await world.adapters().ledger.jobs.read(job.id as never);
  expect(held?.entry).toMatchObject({ obstacle: 'offer', isCut });
  expect(scarceIn(held === null ? [] : [held], world.clock.nowMs(), configOf()).size === 0).toBe(isCut);
  world.fc.close();
});

test('where money is bounded, no other offer is dearer than what the launch’s slot counts for', async () => {
  const bidsOf = async (limits: object) => {
    const bids: number[] = [];
    const { world } = await open({
      config: { limits },
      ecs: {
        soldOut: 0,
        faults: (action, { SpotPriceLimit: bid }) => {
          if (action !== 'RunInstances') return null;
          bids.push(Number(bid));
          return NO_STOCK;
        },
      },
    });
    queue(world);
    await world.pass(90_000);
    bids.length = 0;
    queue(world);
    await world.pass(20_000);
    world.fc.close();
    return [Math.max(...bids.slice(0, CANDIDATES_MAX)), Math.max(...bids.slice(CANDIDATES_MAX))] as const;
  };
  const [dearest, others] = await bidsOf({});
  expect(others).toBeGreaterThan(dearest);
  const [kept, within] = await bidsOf({ spendPerHour: 1_000 });
  expect(kept).toBeGreaterThan(0);
  expect(within).toBeLessThanOrEqual(kept);
});
