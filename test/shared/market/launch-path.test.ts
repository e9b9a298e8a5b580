import { describe, expect, test } from 'vitest';
import { readLimits } from '../../../shared/quota/note.ts';
import { openWorld, seedRunnerRelease, type World } from '../../world/in-process.ts';
import { smallRegion } from '../../world/small-region.ts';

const MINUTE_MS = 60_000;
const LABELS = ['self-hosted', 'aliyun', 'arm64'];
const open = async () => {
  const world = openWorld({ ecs: { regions: [smallRegion()], soldOut: 0 } });
  await seedRunnerRelease(world);
  return world;
};
const questions = (world: World) => [...world.ecs.calls].filter(([action]) => action.startsWith('Describe'));
const attempts = (world: World) =>
  world.lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'launch.attempted');

const looksAtStock = ({ ecs }: World): number => ecs.calls.get('DescribeAvailableResource') ?? 0;

/** One job, from its delivery to its instance; nothing else happens in between. */
async function launched(world: World): Promise<void> {
  const before = world.ecs.alive().length;
  world.github.queueRun({
    repository: 'acme/app',
    jobs: [{ name: 'build', labels: LABELS, durationMs: 30 * MINUTE_MS }],
  });
  expect(await world.until(() => world.ecs.alive().length > before, MINUTE_MS)).toBe(true);
  await world.pass(2_000);
}

describe('a launch', () => {
  test('asks the cloud nothing, with a market and without one', async () => {
    const world = await open();
    await launched(world);
    expect(questions(world), 'from the catalogue').toEqual([]);
    await world.pass(90_000);
    const asked = questions(world);
    expect(asked.map(([action]) => action)).toContain('DescribeSpotPriceHistory');
    await launched(world);
    expect(questions(world), 'from the market').toEqual(asked);
    const { things } = await world.adapters().ledger.runners.list(9);
    const [newest] = things
      .map(({ entry }) => entry)
      .sort((one, other) => other.createdAtMs - one.createdAtMs);
    expect(newest?.candidate?.pricePerHour).toBeGreaterThan(0);
    expect(newest?.candidate?.priceLimit).toBeLessThanOrEqual(newest?.candidate?.onDemandPricePerHour ?? 0);
  });

  test('does not try what another launch was just refused; a minute later it may', async () => {
    const world = await open();
    await launched(world);
    await world.pass(65_000);
    await launched(world);
    const { zone, type } = attempts(world).at(-1);
    world.ecs.setStock(zone, type, 0);
    const before = attempts(world).length;
    await launched(world);
    await launched(world);
    const made = attempts(world).slice(before);
    expect(made.map(({ outcome }) => outcome)).toEqual(['unavailable', 'running', 'running']);
    expect([made[0].zone, made[0].type]).toEqual([zone, type]);
    expect(made[2]).toMatchObject({ zone: made[1].zone, type: made[1].type });
    const { unavailable } = world.adapters().ledger;
    const nowMs = Math.floor(world.clock.nowMs());
    expect([...(await unavailable.list(nowMs)).keys()]).toEqual([`offering:${zone}/${type}/spot`]);
    expect((await unavailable.list(nowMs + MINUTE_MS)).size).toBe(0);
  });

  test('finds what was sold out within three minutes after it is in stock again', async () => {
    const world = await open();
    await launched(world);
    const { zones, types } = world.ecs.region('cn-hangzhou');
    const stock = (left: number | null) => {
      for (const zone of zones) for (const type of types.keys()) world.ecs.setStock(zone, type, left);
    };
    stock(0);
    await world.pass(6 * MINUTE_MS);
    world.github.queueRun({
      repository: 'acme/app',
      jobs: [{ name: 'build', labels: LABELS, durationMs: 30 * MINUTE_MS }],
    });
    await world.pass(MINUTE_MS);
    // Just after the stock was asked: five minutes were until it was again.
    const asked = looksAtStock(world);
    await world.until(() => looksAtStock(world) >= asked + 2, 10 * MINUTE_MS);
    stock(null);
    expect(await world.until(() => world.ecs.alive().length === 2, 3 * MINUTE_MS)).toBe(true);
  });

  test('takes a quota for the whole family, and learns how much it is', async () => {
    const world = await open();
    world.ecs.setQuota({ vcpusPerFamily: 4 });
    world.github.queueRun({
      repository: 'acme/app',
      jobs: [{ name: 'build', labels: LABELS, durationMs: MINUTE_MS }],
    });
    await world.pass(20_000);
    const limits = [...(await readLimits(world.adapters().ledger))];
    expect(limits.length).toBeGreaterThan(0);
    for (const [scope, { tooMany }] of limits)
      expect([scope, tooMany]).toEqual([expect.stringMatching(/^family:.*\/spot$/), 8]);
  });
});
