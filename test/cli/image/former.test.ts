/** What an image left that bakes no more, or in a region that was taken out, is told and goes: nobody else looks after it. */
import { describe, expect, test } from 'vitest';
import { prune } from '../../../cli/image/prune.ts';
import { formerlyBaked } from '../../../cli/shared/cloud/formerly-baked.ts';
import type { CloudImage, ImageBuilder } from '../../../shared/runner/images/image-builder.ts';
import {
  amendImageNote,
  BLANK_IMAGE_NOTE,
  type Build,
  type ImageNote,
  readImageNote,
} from '../../../shared/runner/images/image-note.ts';
import { openReaper } from '../../functions/reaper/fixture.ts';
import { build } from '../../shared/ledger/builders.ts';

const BAKES = { images: { arm64: { family: 'acs:ubuntu_24_04_arm64', bake: true } } };
const note: ImageNote = {
  ...BLANK_IMAGE_NOTE,
  images: ['a', 'b'].map((name) => ({
    ...{ name, recipe: 'abc', runnerVersion: '2.336.0', bakedAtMs: 0, state: 'good' as const },
    ...{ ids: { 'cn-hangzhou': `m-${name}` }, good: 3, bad: 0, because: '3 runners came online' },
  })),
};
const running: Build = {
  ...{ name: 'ci-arm64-abc-1', recipe: 'abc', runnerVersion: '2.336.0', startedAtMs: 0 },
  ...{ because: 'its time is over', executionId: 'exec-1', step: 'BUILDING' },
};
const inCloud = (name: string, some: Partial<CloudImage> = {}): CloudImage => ({
  ...{ id: `m-${name}`, name, region: 'cn-hangzhou', image: 'arm64', isAvailable: true, isHardened: true },
  ...{ createdAtMs: Number.MAX_SAFE_INTEGER, sizeGiB: 40, snapshotIds: [`s-${name}`], ...some },
});

function cloud(all: readonly CloudImage[], step: 'runs' | 'built' | null = null) {
  const removed: string[] = [];
  const take = async (_region: string, id: string) => {
    removed.push(id);
    return 'gone' as const;
  };
  const images = {
    images: async (region: string) => ({
      things: all.filter((each) => each.region === region),
      complete: true,
    }),
    remove: take,
    removeSnapshot: take,
    progress: async () => (step === null ? null : { kind: step }),
    forget: async (_region: string, name: string) => void removed.push(name),
  };
  return { removed, images: images as unknown as ImageBuilder };
}

async function open(config: object, before: ImageNote) {
  const { world } = openReaper({ config });
  await amendImageNote('arm64', () => before, world.ledger);
  return world;
}

const quiet = () => undefined;

describe('an image that bakes no more', () => {
  test('is told as long as it has left something, and prune takes all of it but what a runner lives on', async () => {
    const world = await open({}, note);
    expect(await formerlyBaked(world)).toEqual(['arm64']);
    await world.ledger.runners.add(build.runnerName('1-1'), build.runnerEntry('1-1', { image: 'b' }));
    const first = cloud([inCloud('a'), inCloud('b'), inCloud('x', { image: 'amd64' })]);
    expect(await prune('arm64', first.images, world, quiet)).toBe(0);
    expect(first.removed).toEqual(['m-a', 's-a']);
    expect(await formerlyBaked(world)).toEqual(['arm64']);
    const [held] = (await world.ledger.runners.list(9)).things;
    if (held !== undefined) await world.ledger.runners.remove(held.entry.name, held);
    const second = cloud([inCloud('b')]);
    expect(await prune('arm64', second.images, world, quiet)).toBe(0);
    expect([second.removed, await formerlyBaked(world)]).toEqual([['m-b', 's-b'], []]);
  });

  test('whose last build is under way keeps all until that is done: it makes one more', async () => {
    const world = await open({}, { ...note, build: running });
    const busy = cloud([inCloud('a')], 'runs');
    expect(await prune('arm64', busy.images, world, quiet)).toBe(1);
    expect(busy.removed).toEqual([]);
    const done = cloud([inCloud('a'), inCloud('ci-arm64-abc-1_exec-1')], 'built');
    expect(await prune('arm64', done.images, world, quiet)).toBe(0);
    expect(done.removed).toEqual([
      'ci-arm64-abc-1',
      'm-a',
      'm-ci-arm64-abc-1_exec-1',
      's-a',
      's-ci-arm64-abc-1_exec-1',
    ]);
    expect((await readImageNote('arm64', world.ledger)).build).toBeNull();
  });
});

test('one that bakes keeps what serves, and loses its copies where no placement is any more', async () => {
  const ids = { 'cn-hangzhou': 'm-a', 'cn-shanghai': 'm-a2' };
  const world = await open(BAKES, { ...note, images: note.images.map((each) => ({ ...each, ids })) });
  expect(await formerlyBaked(world)).toEqual([]);
  const copy = inCloud('a', { id: 'm-a2', region: 'cn-shanghai', snapshotIds: ['s-a2'] });
  const { removed, images } = cloud([inCloud('a'), copy]);
  expect(await prune('arm64', images, world, quiet)).toBe(0);
  expect(removed).toEqual(['m-a2', 's-a2']);
});
