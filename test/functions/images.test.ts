/** Images that bake themselves, over the whole system: baked, tried, promoted, put aside, and never in a job's way. */
import { describe, expect, test } from 'vitest';
import { type Change, rolledBack } from '../../cli/image/decide.ts';
import { amendImageNote, type ImageNote } from '../../shared/runner/images/image-note.ts';
import { scriptOf } from '../../simulator/told-by-user-data.ts';
import type { World } from '../world/in-process.ts';
import { isOver, MINUTE_MS, open, queue, rowOf } from './fixture.ts';
import { bakeNow, noteOf, opened, run, statesOf } from './images-fixture.ts';

const HOUR_MS = 60 * MINUTE_MS;
const noteAfter = (change: Change): ImageNote => {
  if (change.kind !== 'changed') throw new Error(change.because);
  return change.note;
};

const images = (world: World, region = 'cn-hangzhou') =>
  world.ecs.region(region).network.images.flatMap(({ made }) => made?.name ?? []);

describe('a bake', () => {
  test('begins by itself, is tried by three jobs, and then is the image', async () => {
    const { world, alerts } = await opened();
    await world.pass(40 * MINUTE_MS);
    const [canary] = (await noteOf(world)).images;
    expect(canary).toMatchObject({ state: 'canary', runnerVersion: expect.any(String) });
    const made = await run(world, 4);
    expect(made).toEqual([canary?.name, canary?.name, canary?.name, canary?.name]);
    expect((await noteOf(world)).images[0]).toMatchObject({ state: 'good', good: 3, bad: 0 });
    expect(alerts).toEqual([]);
    expect(world.ecs.pipelines()).toEqual([]);
  });

  test('gives a new image to one job at a time: the others get what served before', async () => {
    const { world } = await opened();
    await world.pass(40 * MINUTE_MS);
    const jobs = queue(world, { jobs: 4 });
    expect(await world.until(() => isOver(...jobs), 40 * MINUTE_MS)).toBe(true);
    await world.pass(3 * MINUTE_MS);
    const made = await Promise.all(jobs.map(async (job) => (await rowOf(world, job))?.image ?? null));
    expect(made.filter((name) => name !== null)).toHaveLength(1);
  });

  test('costs the cloud not one call where no image bakes itself, and few where one does', async () => {
    const { world } = await open();
    await world.pass(HOUR_MS);
    expect([...world.ecs.calls.keys()].filter((action) => /Image/.test(action))).toEqual([]);
    const baking = (await opened()).world;
    await baking.pass(HOUR_MS);
    const before = baking.ecs.calls.get('DescribeImages') ?? 0;
    await baking.pass(2 * HOUR_MS);
    expect((baking.ecs.calls.get('DescribeImages') ?? 0) - before).toBeLessThanOrEqual(3);
  });
});

test('a job is told which image its machine is made from, and so is who lists the runners', async () => {
  const { world } = await opened();
  await world.pass(40 * MINUTE_MS);
  const [canary] = (await noteOf(world)).images;
  const [job] = queue(world);
  await world.until(() => job.status === 'in_progress', 20 * MINUTE_MS);
  const [machine] = world.ecs.alive();
  expect(scriptOf(machine?.userData ?? '')).toContain(`from image ${canary?.name}'`);
});

describe('of two regions', () => {
  const region = (id: string, zone: string) => ({
    region: id,
    zones: { [zone]: `vsw-${id}-${zone}` },
    securityGroup: `sg-${id}`,
  });
  test.each([
    ['good', ['cn-hangzhou', 'cn-shanghai']],
    ['no-copies', ['cn-hangzhou']],
  ] as const)('each has its copy, and one without has the stock image (%s)', async (outcome, regions) => {
    const { world } = await opened({ placements: [region('cn-hangzhou', 'h'), region('cn-shanghai', 'b')] });
    world.ecs.bakeNext(outcome);
    await world.pass(40 * MINUTE_MS);
    expect(Object.keys((await noteOf(world)).images[0]?.ids ?? {}).sort()).toEqual(regions);
  });
});

describe('a bake that fails', () => {
  test.each(['no-network', 'script-fails', 'test-fails'] as const)(
    'with %s is told, leaves no image and no pipeline, and stops no job',
    async (outcome) => {
      const { world, alerts } = await opened();
      world.ecs.bakeNext(outcome);
      await world.pass(40 * MINUTE_MS);
      expect(await run(world, 1)).toEqual([null]);
      expect(alerts).toEqual([expect.stringMatching(/image arm64 could not be baked .*FAILED/)]);
      expect((await noteOf(world)).failure).toMatchObject({ inARow: 1 });
      await bakeNow(world);
      // With success; what the failed one left is gone once it is sure to be nobody's.
      expect(await statesOf(world)).toEqual(['canary']);
      expect(world.ecs.pipelines()).toEqual([]);
    },
  );

  test('because the role may not is told once, and stops no job', async () => {
    const { world, alerts } = await opened();
    world.ecs.failNext('DescribeImages', { code: 'Forbidden.RAM' }, 20);
    await world.pass(20 * MINUTE_MS);
    expect(alerts).toEqual([
      expect.stringMatching(/image arm64 could not be looked after 3 times.*Forbidden\.RAM/),
    ]);
    expect(await run(world, 1)).toEqual([null]);
  });

  test('that is begun with a lost answer is begun once', async () => {
    const { world } = await opened();
    world.ecs.failNext('CreateImagePipeline', 'timeout-after');
    world.ecs.failNext('StartImagePipelineExecution', 'timeout-after');
    await world.pass(HOUR_MS);
    expect([
      world.ecs.calls.get('CreateImagePipeline'),
      world.ecs.calls.get('StartImagePipelineExecution'),
    ]).toEqual([1, 1]);
    expect(await statesOf(world)).toEqual(['canary']);
  });
});

describe('a new image that is broken', () => {
  test('is put aside after two runners, with an alert, while the last good one serves', async () => {
    const { world, alerts } = await opened();
    await world.pass(40 * MINUTE_MS);
    await run(world, 3);
    const [good] = (await noteOf(world)).images;
    world.ecs.bakeNext('broken');
    await bakeNow(world);
    expect(await statesOf(world)).toEqual(['canary', 'good']);
    const made = await run(world, 4);
    expect(await statesOf(world)).toEqual(['aside', 'good']);
    expect(made.at(-1)).toBe(good?.name);
    expect(alerts.filter((text) => /is put aside because 2 runners/.test(text))).toHaveLength(1);
    await world.pass(HOUR_MS);
    expect(images(world)).toEqual([good?.name]);
    // A person does not trust that one either.
    await amendImageNote('arm64', (note) => noteAfter(rolledBack(note)), world.adapters().ledger);
    expect(await run(world, 1)).toEqual([null]);
  });
});

describe('an image that ECS refuses', () => {
  // biome-ignore format: a table reads best as a table.
  test.each([
    ['is deleted by a person', (world: World) => { const { images } = world.ecs.region('cn-hangzhou').network; images.splice(images.findIndex(({ made }) => made !== undefined), 1); }],
    ['takes no hardened metadata', (world: World) => { const { images } = world.ecs.region('cn-hangzhou').network; const at = images.findIndex(({ made }) => made !== undefined); images[at] = { ...(images[at] as NonNullable<(typeof images)[number]>), imds: 'v1' }; }],
    ['is larger than the disk', (world: World) => { const { images } = world.ecs.region('cn-hangzhou').network; const at = images.findIndex(({ made }) => made !== undefined); images[at] = { ...(images[at] as NonNullable<(typeof images)[number]>), sizeGiB: 400 }; }],
  ])('because it %s costs a job no second launch: the stock image serves', async (_what, spoil) => {
    const { world } = await opened();
    await world.pass(40 * MINUTE_MS);
    await run(world, 3);
    spoil(world);
    const [job] = queue(world);
    expect(await world.until(() => isOver(job), 10 * MINUTE_MS)).toBe(true);
    await world.pass(3 * MINUTE_MS);
    expect(await rowOf(world, job)).toMatchObject({ launches: 1, outcome: 'success' });
    expect((await rowOf(world, job))?.image ?? null).toBeNull();
  });
});
