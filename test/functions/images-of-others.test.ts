/** Anybody in the account may make an image, name it as ours are named, and write our tags on it: no job runs from it. */
import { expect, test } from 'vitest';
import { TAG } from '../../shared/names.ts';
import type { World } from '../world/in-process.ts';
import { MINUTE_MS } from './fixture.ts';
import { bakeNow, noteOf, opened, run } from './images-fixture.ts';

const REGIONS = ['cn-hangzhou', 'cn-shanghai'] as const;
const placement = (region: string, zone: string) => ({
  region,
  zones: { [zone]: `vsw-${region}-${zone}` },
  securityGroup: `sg-${region}`,
});

/** A list has them in any order: one stands before what else there is, one after it. */
function putStrangers(world: World, region: string, name: string): void {
  const { images } = world.ecs.region(region).network;
  const stranger = (id: string) => ({
    ...{ id, family: null, arch: 'arm64' as const, isPublic: false, sizeGiB: 20, imds: 'v2' as const },
    made: {
      ...{ name, atMs: world.clock.nowMs(), snapshotId: `s-${id}` },
      tags: new Map([
        [TAG.deployment, 'ci'],
        [TAG.image, 'arm64'],
      ]),
    },
  });
  images.unshift(stranger(`m-stranger-first-${region}`));
  images.push(stranger(`m-stranger-last-${region}`));
}

const idsIn = async (world: World) => (await noteOf(world)).images.flatMap(({ ids }) => Object.values(ids));

test('one that is named as what is being built is none of its results, in no region', async () => {
  const { world } = await opened({ placements: [placement(REGIONS[0], 'h'), placement(REGIONS[1], 'b')] });
  let { build } = await noteOf(world);
  for (let minutes = 0; build?.executionId == null && minutes < 20; minutes++) {
    await world.pass(MINUTE_MS);
    ({ build } = await noteOf(world));
  }
  expect(build?.executionId).toEqual(expect.any(String));
  for (const region of REGIONS) putStrangers(world, region, `${build?.name}_ipe-of-somebody-else`);
  // Looked at when it ends, and once more in the hour after.
  await world.pass(110 * MINUTE_MS);
  expect(await idsIn(world)).toEqual([expect.stringMatching(/^m-baked/), expect.stringMatching(/^m-baked/)]);
});

test('one under the very name of what serves takes its place nowhere', async () => {
  const { world } = await opened();
  await world.pass(40 * MINUTE_MS);
  await run(world, 3);
  const [serving] = (await noteOf(world)).images;
  putStrangers(world, REGIONS[0], serving?.name ?? '');
  await bakeNow(world);
  await run(world, 3);
  expect((await idsIn(world)).filter((id) => id.includes('stranger'))).toEqual([]);
});
