/** Which image serves, when one is baked anew, and what is kept. */
import { describe, expect, test } from 'vitest';
import {
  afterBuild,
  afterTrial,
  keptNames,
  spareImages,
  trialEnd,
  whyBake,
} from '../../../../../functions/reaper/rounds/images/decide.ts';
import type { RunnerEntry } from '../../../../../shared/ledger/entries.ts';
import { LEASE_MS } from '../../../../../shared/limits.ts';
import type { CloudImage } from '../../../../../shared/runner/images/image-builder.ts';
import {
  type BakedImage,
  BLANK_IMAGE_NOTE,
  type Build,
  type ImageNote,
} from '../../../../../shared/runner/images/image-note.ts';
import { build } from '../../../../shared/ledger/builders.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = 1_000 * HOUR_MS;
const image = (name: string, some: Partial<BakedImage> = {}): BakedImage => ({
  ...{ name, state: 'good', recipe: 'abc', runnerVersion: '2.336.0', bakedAtMs: NOW_MS - HOUR_MS },
  ...{ good: 0, bad: 0, because: 'it is new', ids: { 'cn-hangzhou': `m-${name}` }, ...some },
});
const note = (some: Partial<ImageNote> = {}): ImageNote => ({ ...BLANK_IMAGE_NOTE, ...some });
const running: Build = {
  ...{ name: 'ci-arm64-abc-1', recipe: 'abc', runnerVersion: '2.336.0', startedAtMs: NOW_MS - HOUR_MS },
  ...{ because: 'its time is over', executionId: 'exec-1', step: 'BUILDING' },
};
const failed = (hoursAgo: number, inARow = 1) => ({
  ...{ recipe: 'abc', atMs: NOW_MS - hoursAgo * HOUR_MS, because: 'FAILED', inARow },
});

describe('an image is baked', () => {
  // biome-ignore format: a table reads best as a table.
  test.each([
    ['when there is none', note(), 'there is none yet'],
    ['not while one is built', note({ build: running, isAsked: true }), null],
    ['when an operator asks, whatever failed', note({ isAsked: true, failure: failed(0) }), 'an operator asked for it'],
    ['not soon after the same failed', note({ failure: failed(11) }), null],
    ['half a day after it failed', note({ failure: failed(13) }), 'there is none yet'],
    ['later after it failed again', note({ failure: failed(13, 2) }), null],
    ['at once with another recipe than failed', note({ failure: { ...failed(0), recipe: 'old' } }), 'there is none yet'],
    ['not while it is young', note({ images: [image('a')] }), null],
    ['when its time is over', note({ images: [image('a', { bakedAtMs: NOW_MS - 169 * HOUR_MS })] }), 'its time is over'],
    ['when a new runner is out', note({ images: [image('a', { recipe: 'old', runnerVersion: '2.335.0' })] }), 'the runner 2.336.0 is out'],
    ['when its packages changed', note({ images: [image('a', { recipe: 'old' })] }), 'what it is made of has changed, or it is gone'],
    ['when a person deleted it', note({ images: [image('a', { ids: {} })] }), 'what it is made of has changed, or it is gone'],
    ['when one that served broke', note({ images: [image('a', { state: 'aside', failed: [{ runner: 'r', atMs: 1 }] })] }), 'what it is made of has changed, or it is gone'],
    ['not again at once when it was put aside', note({ images: [image('a', { ids: {}, state: 'aside' })] }), null],
  ])('%s', (_when, before, because) => {
    expect(whyBake(before, { hash: 'abc', runnerVersion: '2.336.0' }, 168 * HOUR_MS, NOW_MS)).toBe(because);
  });
});

describe('a trial', () => {
  const trial = { image: 'new', runner: 'r', atMs: NOW_MS - 60_000 };
  const entry = (some: Partial<RunnerEntry>) =>
    build.runnerEntry('1-1', { image: 'new', instanceId: 'i-1', ...some });
  // biome-ignore format: a table reads best as a table.
  test.each([
    ['is open while it boots', entry({ state: 'booting' }), undefined],
    ['is good when it is online', entry({ state: 'idle', onlineAtMs: 1 }), 'good'],
    ['is good when a job ran on it', entry({ state: 'retiring', busyWith: 1 as never }), 'good'],
    ['is bad when it never came online', entry({ state: 'retiring', because: 'it never came online' }), 'bad'],
    ['is silent when its console has no line', entry({ state: 'retiring', because: 'it never came online', isSilent: true }), 'silent'],
    ['is bad when it stopped in its boot', entry({ state: 'retiring', because: 'its machine stopped without a job' }), 'bad'],
    ['counts for nothing when its job was cancelled', entry({ state: 'retiring', because: 'its job ended' }), 'void'],
    ['counts for nothing when it runs from the stock image', entry({ state: 'retiring', image: null, because: 'it never came online' }), 'void'],
    ['is open when nothing is known of it yet', undefined, undefined],
  ] as const)('%s', (_when, runner, end) => {
    expect(trialEnd(note({ trial }), runner, [], NOW_MS)).toBe(end);
  });

  test('counts for nothing when the market takes its machine back, or its launch came to nothing', () => {
    const gone = entry({ state: 'retiring', because: 'its machine stopped without a job' });
    expect(trialEnd(note({ trial }), gone, [{ id: 'i-1', isRecycling: true }], NOW_MS)).toBe('void');
    expect(trialEnd(note({ trial }), undefined, [], trial.atMs + LEASE_MS + 1)).toBe('void');
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['promotes with the third that came online', { good: 2, bad: 1 }, 'good', { state: 'good', good: 3, bad: 1 }],
    ['puts aside with the second that did not', { good: 2, bad: 1 }, 'bad', { state: 'aside', good: 2, bad: 2 }],
    ['puts aside with the first that was silent', { good: 2, bad: 0 }, 'silent', { state: 'aside', good: 2, bad: 1, because: expect.stringMatching(/one line to its console/) }],
    ['changes nothing when it counts for nothing', { good: 2, bad: 1 }, 'void', { state: 'canary', good: 2, bad: 1 }],
    ['is not judged again once it is decided', { state: 'aside', good: 0, bad: 2 }, 'good', { state: 'aside', good: 0, bad: 2 }],
  ] as const)('%s', (_what, before, end, after) => {
    const images = [image('new', { state: 'canary', ...before })];
    const next = afterTrial(note({ trial, images }), end);
    expect(next.images[0]).toMatchObject(after);
    expect(next.trial).toBeNull();
  });
});

const inCloud = (name: string, some: Partial<CloudImage> = {}): CloudImage => ({
  ...{ id: `m-${name}`, name, region: 'cn-hangzhou', image: 'arm64', isAvailable: true, isHardened: true },
  ...{ createdAtMs: NOW_MS, sizeGiB: 40, snapshotIds: [], ...some },
});

describe('a build', () => {
  const progress = (kind: 'runs' | 'built' | 'failed') => ({
    kind,
    step: kind.toUpperCase(),
    imageId: null,
    because: 'exit code 1',
  });

  test('that ends well gives a new image to be tried, and forgets what failed', () => {
    const next = afterBuild(
      note({ build: running, failure: failed(20) }),
      progress('built'),
      [inCloud('ci-arm64-abc-1_exec-1')],
      NOW_MS,
    );
    expect(next).toMatchObject({
      build: null,
      failure: null,
      images: [{ name: 'ci-arm64-abc-1_exec-1', state: 'canary' }],
    });
  });

  test('that fails, or is never done, is counted, and changes no image', () => {
    const images = [image('a')];
    const once = afterBuild(
      note({ build: running, images, failure: failed(20) }),
      progress('failed'),
      [],
      NOW_MS,
    );
    expect(once).toMatchObject({
      build: null,
      failure: { inARow: 2, because: 'FAILED: exit code 1' },
      images,
    });
    const late = afterBuild(note({ build: running, images }), progress('runs'), [], NOW_MS + 4 * HOUR_MS);
    expect(late.failure?.because).toBe('it is not done after 4 hours');
  });
});

test('kept are two good ones, a new one and what a runner was made from; the rest of ours goes, strangers’ never', () => {
  const images = [
    image('new', { state: 'canary' }),
    image('a'),
    image('b'),
    image('c'),
    image('d', { state: 'aside' }),
  ];
  const kept = keptNames(note({ images }), [{ image: 'c' }, { image: null }, {}]);
  expect([...kept].sort()).toEqual(['a', 'b', 'c', 'new']);
  const listed = [
    ...['new', 'a', 'b', 'c', 'd'].map((name) => inCloud(name)),
    inCloud('other', { image: 'amd64' }),
    inCloud('young-stray'),
    inCloud('old-stray', { createdAtMs: NOW_MS - 25 * HOUR_MS }),
    inCloud(`${running.name}_exec-1`, { createdAtMs: 0 }),
  ];
  const spare = spareImages('arm64', note({ images, build: running }), kept, listed, NOW_MS);
  expect(spare.map(({ name }) => name)).toEqual(['d', 'old-stray']);
});
