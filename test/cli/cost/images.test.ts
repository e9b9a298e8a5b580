/** What images that bake themselves cost. */
import { expect, test } from 'vitest';
import { imageCosts, imageLines, readImageCosts } from '../../../cli/cost/images.ts';
import type { Operator } from '../../../cli/shared/operator.ts';
import { TAG } from '../../../shared/names.ts';
import { configOf } from '../../world/in-process.ts';

const tags = (deployment: string) => ({
  Tag: [
    { TagKey: TAG.deployment, TagValue: deployment },
    { TagKey: TAG.image, TagValue: 'arm64' },
  ],
});
const row = (id: string, deployment: string, gib: number) => ({
  ...{
    ImageId: id,
    ImageName: `${deployment}-arm64-0123456789ab-t5w2k0`,
    Status: 'Available',
    Size: gib,
    Tags: tags(deployment),
  },
  DiskDeviceMappings: { DiskDeviceMapping: [{ SnapshotId: `s-${id}` }] },
});
/** As the ledger of one that was baked has it. */
const LEFT = {
  id: 'baked-image:arm64',
  rev: '1',
  entry: { text: '{"images":[{"name":"a"}]}', untilMs: null },
};
const operator = (callEcs: Operator['callEcs'], isBaked = true, notes = [LEFT]) =>
  ({
    config: configOf({
      images: { arm64: { family: 'acs:ubuntu_24_04_arm64', ...(isBaked ? { bake: true } : {}) } },
    }),
    callEcs,
    pause: async () => undefined,
    ledger: { together: async () => ({ note: notes }), notes: { read: async () => notes[0] ?? null } },
  }) as unknown as Operator;

test('is that of the snapshots of ours, each as large as its disk at most', async () => {
  const Image = [row('m-a', 'ci', 40), row('m-b', 'ci', 20), row('m-theirs', 'other', 500)];
  const costs = await readImageCosts(operator(async () => ({ Images: { Image }, TotalCount: 3 })));
  expect(costs).toEqual({ snapshots: 2, maxGiB: 60, maxPerMonth: expect.closeTo(7.2, 10) });
  expect(imageLines(costs)).toEqual([
    'Images that bake themselves: 2 snapshots of at most 60 GiB, at most 7.20 a month at 0.12 a GiB; in no sum.',
  ]);
});

test('counts no image that has no snapshot', () => {
  expect(imageCosts([{ snapshotIds: [], sizeGiB: 40 }])).toMatchObject({ snapshots: 0, maxPerMonth: 0 });
});

test('is not asked for where no image bakes itself, and what cannot be known is told', async () => {
  const never = async () =>
    Promise.reject(Object.assign(new Error('no right'), { code: 'Forbidden.RAM', status: 403 }));
  expect(await readImageCosts(operator(never, false, []))).toBeNull();
  // It bakes no more, and what it left is billed on.
  expect(await readImageCosts(operator(never, false))).toBe('no right');
  expect(imageLines(await readImageCosts(operator(never)))).toEqual([
    'What images that bake themselves cost is not known: no right.',
  ]);
});
