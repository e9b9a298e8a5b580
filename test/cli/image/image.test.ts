/** What an operator does with images that bake themselves. */
import { describe, expect, test, vi } from 'vitest';
import { imagesIn, removeAllImages } from '../../../cli/destroy/images.ts';
import { asked, promoted, rolledBack } from '../../../cli/image/decide.ts';
import { main } from '../../../cli/image/index.ts';
import { prune } from '../../../cli/image/prune.ts';
import { linesOf } from '../../../cli/image/text.ts';
import type { CloudImage, ImageBuilder } from '../../../shared/runner/images/image-builder.ts';
import {
  amendImageNote,
  type BakedImage,
  BLANK_IMAGE_NOTE,
  type ImageNote,
  readImageNote,
  servingIn,
} from '../../../shared/runner/images/image-note.ts';
import { openReaper } from '../../functions/reaper/fixture.ts';
import { build } from '../../shared/ledger/builders.ts';

const image = (name: string, state: BakedImage['state'], some: Partial<BakedImage> = {}): BakedImage => ({
  ...{
    name,
    state,
    recipe: 'abc',
    runnerVersion: '2.336.0',
    bakedAtMs: 0,
    good: 0,
    bad: 0,
    because: 'it is new',
  },
  ids: { 'cn-hangzhou': `m-${name}` },
  ...some,
});
const BAKES = { images: { arm64: { family: 'acs:ubuntu_24_04_arm64', bake: true } } };
const note = (...images: BakedImage[]): ImageNote => ({ ...BLANK_IMAGE_NOTE, images });
const changed = (change: ReturnType<typeof promoted>) => {
  if (change.kind !== 'changed') throw new Error(change.because);
  return change.note;
};

test.each(['bake', 'promote', 'rollback', 'prune'])(
  '%s has nothing to say as JSON, and says so',
  async (verb) => {
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await main([verb, 'arm64', '--json'])).toBe(2);
    expect(told.mock.calls.join('')).toMatch(/^--json goes with list and show/);
    told.mockRestore();
  },
);

describe('promote and rollback', () => {
  // biome-ignore format: a table reads best as a table.
  test.each([
    ['a new one serves at once', promoted(note(image('new', 'canary'), image('old', 'good'))), 'new'],
    ['from a new one back to what serves', rolledBack(note(image('new', 'canary'), image('old', 'good'))), 'old'],
    ['from what serves to the one before', rolledBack(note(image('new', 'good'), image('old', 'good'))), 'old'],
    ['from the only one to the stock image', rolledBack(note(image('new', 'good'))), undefined],
  ])('%s', (_what, change, serves) => {
    expect(servingIn(changed(change))?.name).toBe(serves);
  });

  test('are refused where there is nothing to go to', () => {
    expect([promoted(note(image('old', 'good'))).kind, rolledBack(note()).kind]).toEqual([
      'refused',
      'refused',
    ]);
  });

  test('a bake is asked for once, and not while one is under way', () => {
    expect(changed(asked(note())).isAsked).toBe(true);
    const { build: none, ...rest } = note();
    expect(none).toBeNull();
    const busy = {
      name: 'b',
      recipe: 'r',
      runnerVersion: '1',
      startedAtMs: 0,
      because: '',
      executionId: null,
      step: 'BUILDING',
    };
    expect(asked({ ...rest, build: busy }).kind).toBe('refused');
  });
});

test('the list says what serves, what is tried, and why each is what it is', () => {
  const lines = linesOf(
    'arm64',
    note(image('new', 'canary'), image('old', 'good', { because: '3 runners of it came online in time' })),
  );
  expect(lines[0]).toBe('arm64: old serves; new is tried by one job at a time');
  expect(lines.join('\n')).toContain('3 runners of it came online in time');
});

const cloudImage = (name: string, some: Partial<CloudImage> = {}): CloudImage => ({
  ...{ id: `m-${name}`, name, region: 'cn-hangzhou', image: 'arm64', isAvailable: true, isHardened: true },
  ...{ createdAtMs: 0, sizeGiB: 40, snapshotIds: [`s-${name}`] },
  ...some,
});

function cloud(things: readonly CloudImage[], kept: readonly string[] = []) {
  const removed: string[] = [];
  const take = async (_region: string, id: string) => {
    if (kept.includes(id)) return 'kept' as const;
    removed.push(id);
    return 'gone' as const;
  };
  const images = { images: async () => ({ things, complete: true }), remove: take, removeSnapshot: take };
  return { removed, images: images as unknown as ImageBuilder };
}

test('prune deletes neither what serves, nor what a rollback goes to, nor what a runner was made from', async () => {
  const { world } = openReaper({ config: BAKES });
  const images = [
    image('a', 'good'),
    image('b', 'good'),
    image('c', 'good'),
    image('d', 'good'),
    image('e', 'aside'),
  ];
  await amendImageNote(
    'arm64',
    () => ({ ...note(...images), leftovers: ['cn-hangzhou/s-old'] }),
    world.ledger,
  );
  await world.ledger.runners.add(build.runnerName('1-1'), build.runnerEntry('1-1', { image: 'd' }));
  const { removed, images: builder } = cloud(
    [...['a', 'b', 'c', 'd', 'e'].map((name) => cloudImage(name)), cloudImage('x', { image: 'amd64' })],
    ['s-e'],
  );
  expect(await prune('arm64', builder, world, () => undefined)).toBe(1);
  expect(removed).toEqual(['m-c', 'm-e', 's-old', 's-c']);
  // Nobody finds it by its image any more.
  expect((await readImageNote('arm64', world.ledger)).leftovers).toEqual(['cn-hangzhou/s-e']);
});

test('a snapshot whose deletion did not come so far is deleted by the next one, though its image is gone', async () => {
  const { world } = openReaper();
  await amendImageNote('arm64', () => note(image('e', 'aside')), world.ledger);
  const first = cloud([cloudImage('e')]);
  const away = { ...first.images, removeSnapshot: () => Promise.reject(new Error('the line is dead')) };
  await expect(prune('arm64', away, world, () => undefined)).rejects.toThrow('the line is dead');
  const second = cloud([]);
  expect(await prune('arm64', second.images, world, () => undefined)).toBe(0);
  expect([first.removed, second.removed]).toEqual([['m-e'], ['s-e']]);
  expect((await readImageNote('arm64', world.ledger)).leftovers).toEqual([]);
});

test('of an image that ECS keeps, the snapshots stay, and nobody is told that they are left over', async () => {
  const { world } = openReaper();
  await amendImageNote('arm64', () => note(image('e', 'aside')), world.ledger);
  const { removed, images } = cloud([cloudImage('e')], ['m-e']);
  expect(await prune('arm64', images, world, () => undefined)).toBe(1);
  expect(removed).toEqual([]);
  expect((await readImageNote('arm64', world.ledger)).leftovers).toEqual([]);
});

test('destroy removes all images of ours with their snapshots, and names what stays', async () => {
  const { removed, images } = cloud([cloudImage('a'), cloudImage('b')], ['m-b']);
  const said: string[] = [];
  await removeAllImages(await imagesIn(['cn-hangzhou'], images), images, (line) => said.push(line));
  expect(removed).toEqual(['m-a', 's-a']);
  expect(said).toEqual([
    'image a (m-a) in cn-hangzhou is gone',
    expect.stringContaining('m-b) in cn-hangzhou stays'),
    'snapshot s-a in cn-hangzhou is gone',
  ]);
});

test('the last good ones are remembered, however many new ones were of no use', async () => {
  const { world } = openReaper();
  const useless = Array.from({ length: 9 }, (_, at) => image(`aside-${at}`, 'aside', { ids: {} }));
  const good = ['a', 'b', 'c'].map((name) => image(name, 'good'));
  await amendImageNote('arm64', () => note(image('new', 'canary'), ...useless, ...good), world.ledger);
  const { images } = await readImageNote('arm64', world.ledger);
  expect(images.map(({ name }) => name)).toEqual([
    ...['new', 'aside-0', 'aside-1', 'aside-2', 'aside-3', 'aside-4'],
    ...['a', 'b'],
  ]);
});
