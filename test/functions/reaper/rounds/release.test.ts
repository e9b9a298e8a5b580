/** Which runner launches install, and whom the reaper asks for copies of it. */
import { describe, expect, test } from 'vitest';
import { checkRelease } from '../../../../functions/reaper/rounds/release/check-release.ts';
import { planCopies, type Seen } from '../../../../functions/reaper/rounds/release/copies.ts';
import { nextManifest, versionsToRemove } from '../../../../functions/reaper/rounds/release/manifest.ts';
import type { PublishedRelease } from '../../../../shared/ports.ts';
import type { Copies, Mirrors } from '../../../../shared/runner/copies.ts';
import { parseRunnerRelease, RUNNER_RELEASE_NOTE, stillTaken } from '../../../../shared/runner/release.ts';
import { PUBLISHED, RELEASE } from '../../../world/release.ts';
import { openReaper } from '../fixture.ts';
import { seen, state } from './copies.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
const NEXT: PublishedRelease = {
  ...PUBLISHED,
  version: '2.337.0',
  publishedAtMs: RELEASE.publishedAtMs + 30 * DAY_MS,
};

describe('whom to ask', () => {
  const [HK, HZ] = ['cn-hongkong', 'cn-hangzhou'];
  const whole = { isWhole: true, copiedBytes: 320_000_000 };
  const failed = { failure: { atMs: 1, because: 'GitHub is away' } };
  const was = (copiedBytes: number, movedAtMs: number, isWhole = false): Copies['regions'][string] => ({
    ...{ isWhole, copiedBytes, sizeBytes: 320_000_000, movedAtMs, because: null },
  });
  const NOW = 10 * MINUTE_MS;
  // biome-ignore format: a table reads best as a table.
  test.each<[string, Seen[], Record<string, Copies['regions'][string]>, boolean, string[]]>([
    ['a new release: the source first',                [seen(HK), seen(HZ)], {}, false, [HK]],
    ['the source has it: the others',                  [seen(HK, whole), seen(HZ)], {}, false, [HZ]],
    ['the source cannot get it: each by itself',       [seen(HK, failed), seen(HZ)], {}, false, [HK, HZ]],
    ['the source says nothing: each by itself',        [seen(HK, null), seen(HZ)], {}, false, [HK, HZ]],
    ['a copy that was just asked for has its time',    [seen(HK), seen(HZ)], { [HK]: was(0, NOW - MINUTE_MS) }, false, []],
    ['one that moves is left alone, however long',     [seen(HK, { copiedBytes: 9 }), seen(HZ)], { [HK]: was(8, 1) }, false, []],
    ['one that does not move is asked for again',      [seen(HK, { copiedBytes: 8 }), seen(HZ)], { [HK]: was(8, NOW - 5 * MINUTE_MS) }, false, [HK]],
    ['a person does not wait',                         [seen(HK, { copiedBytes: 9 }), seen(HZ)], { [HK]: was(8, NOW) }, true, [HK]],
    ['a bucket that was emptied is filled again',      [seen(HK, whole), seen(HZ)], { [HZ]: was(320, NOW, true) }, false, [HZ]],
    ['nobody, where all have it',                      [seen(HK, whole), seen(HZ, whole)], {}, true, []],
  ])('%s', (_, states, regions, isAsked, ask) => {
    const before = { version: '2.336.0', lackingSinceMs: 0, regions };
    const about = { version: '2.336.0', seen: states, placements: ['cn-hangzhou'], isAsked, nowMs: NOW };
    expect(planCopies(before, about).ask).toEqual(ask);
  });
});

describe('the manifest', () => {
  const at = NEXT.publishedAtMs + DAY_MS;
  const none = { copied: [], lacking: [], unknown: [] };
  const held = { ...RELEASE, regions: ['cn-hangzhou', 'cn-shanghai'] };
  test('the first is written whatever was copied: machines can fetch from GitHub', () => {
    expect(nextManifest(null, NEXT, { ...none, lacking: ['cn-hangzhou'] }, at)).toMatchObject({
      version: '2.337.0',
      regions: [],
    });
  });

  test('stays with the release before while a region lacks the new one, for so long as GitHub allows', () => {
    const regions = { ...none, copied: ['cn-shanghai'], lacking: ['cn-hangzhou'] };
    expect(nextManifest(held, NEXT, regions, at)).toBeNull();
    expect(nextManifest(held, NEXT, regions, at + 20 * DAY_MS)).toMatchObject({
      ...{ version: '2.337.0', regions: ['cn-shanghai'] },
      superseded: [{ version: '2.336.0', supersededAtMs: NEXT.publishedAtMs }],
    });
  });

  test('silence takes no region away, and a look that misses its copy does', () => {
    const regions = { ...none, lacking: ['cn-hangzhou'], unknown: ['cn-shanghai'] };
    expect(nextManifest(held, PUBLISHED, regions, at)?.regions).toEqual(['cn-shanghai']);
  });

  test('old versions go once no launch can name them', () => {
    const superseded = [
      { version: '2.335.0', supersededAtMs: at - DAY_MS },
      { version: '2.334.0', supersededAtMs: at - 30 * DAY_MS },
    ];
    expect(versionsToRemove({ ...RELEASE, superseded }, '2.337.0', at)).toEqual(['2.334.0']);
    expect(versionsToRemove(null, '2.337.0', at)).toEqual([]);
    expect(stillTaken({ superseded }, at)).toEqual(['2.335.0']);
  });
});

describe('the reaper', () => {
  const placements = [
    {
      region: 'cn-hangzhou',
      zones: { h: 'vsw-hz1' },
      securityGroup: 'sg-hz1',
      vpc: 'vpc-hz1',
      mirrorBucket: 'ours',
    },
  ];

  function open(look: Mirrors['look'], latest = PUBLISHED) {
    const asked: [string, readonly string[]][] = [];
    let gitHubCalls = 0;
    const fixture = openReaper({
      config: { placements },
      github: {
        async latestRunner() {
          gitHubCalls++;
          return latest;
        },
      },
    });
    const mirrors: Mirrors = {
      regions: ['cn-hongkong', 'cn-hangzhou'],
      look,
      copy: async (region, { version }, remove) => void asked.push([`${region} ${version}`, remove]),
    };
    const world = { ...fixture.world, mirrors };
    const manifest = async () => {
      const note = await world.ledger.notes.read(RUNNER_RELEASE_NOTE);
      return note === null ? null : parseRunnerRelease(note.entry.text);
    };
    return { ...fixture, world, asked, manifest, gitHubCalls: () => gitHubCalls };
  }

  test('names what is wanted at once, and each region as its copy is whole; then nobody is asked any more', async () => {
    const whole = new Set<string>();
    let looks = 0;
    const it = open(async (region) => {
      looks++;
      return state({ isWhole: whole.has(region) });
    });
    expect(await checkRelease(it.world)).toMatchObject({ word: 'copying', version: '2.336.0' });
    expect((await it.manifest())?.regions).toEqual([]);
    whole.add('cn-hongkong');
    await it.pass(MINUTE_MS);
    await checkRelease(it.world);
    expect(it.asked.map(([what]) => what)).toEqual(['cn-hongkong 2.336.0', 'cn-hangzhou 2.336.0']);
    whole.add('cn-hangzhou');
    await it.pass(MINUTE_MS);
    expect(await checkRelease(it.world)).toMatchObject({ word: 'fresh' });
    expect((await it.manifest())?.regions).toEqual(['cn-hangzhou']);
    const before = looks;
    await it.pass(MINUTE_MS);
    expect(await checkRelease(it.world)).toMatchObject({ word: 'fresh' });
    expect([looks - before, it.gitHubCalls()]).toEqual([0, 1]);
  });

  test('sees within ten minutes that a bucket was emptied: machines go to GitHub, and the copy is asked for', async () => {
    let isWhole = true;
    const it = open(async () => state({ isWhole }));
    await checkRelease(it.world);
    expect((await it.manifest())?.regions).toEqual(['cn-hangzhou']);
    isWhole = false;
    await it.pass(10 * MINUTE_MS);
    expect(await checkRelease(it.world)).toMatchObject({ word: 'copying' });
    expect((await it.manifest())?.regions).toEqual([]);
    expect(it.asked.map(([what]) => what)).toContain('cn-hongkong 2.336.0');
  });

  test('a bucket that stays without it is told after two hours with the mirror’s own reason, and resolved', async () => {
    let isWhole = false;
    const failure = { atMs: 1, because: 'OSS AppendObject failed: AccessDenied' };
    const it = open(async () => state({ isWhole, failure: isWhole ? null : failure }));
    await checkRelease(it.world);
    await it.pass(119 * MINUTE_MS);
    await checkRelease(it.world);
    expect(it.alerts).toEqual([]);
    await it.pass(2 * MINUTE_MS);
    await checkRelease(it.world);
    expect(it.alerts).toEqual([
      expect.stringMatching(/2\.336\.0: cn-hongkong \(OSS AppendObject.*npm run mirror/),
    ]);
    isWhole = true;
    await it.pass(MINUTE_MS);
    await checkRelease(it.world);
    expect(it.lines.filter(({ event }) => event === 'alert.resolved')).toHaveLength(1);
  });

  test('a mirror that is out of reach stops neither the others nor the manifest', async () => {
    const it = open(() => Promise.reject(new Error('ci-mirror-cn-hangzhou: 404 FunctionNotFound')));
    expect(await checkRelease(it.world)).toMatchObject({ word: 'copying', version: '2.336.0' });
    expect(it.asked).toHaveLength(2);
  });

  test('without a call to spare GitHub is not asked, and nothing is said', async () => {
    const it = open(async () => state());
    const world = { ...it.world, github: { ...it.world.github, mayAsk: () => false } };
    expect(await checkRelease(world)).toMatchObject({ word: 'unknown' });
    expect(it.gitHubCalls()).toBe(0);
  });

  test('what no launch could read is not written over what one can', async () => {
    let latest: PublishedRelease = { ...PUBLISHED, publishedAtMs: 0 };
    const it = open(async () => state());
    const world = { ...it.world, github: { ...it.world.github, latestRunner: async () => latest } };
    await checkRelease(world);
    latest = { ...NEXT, publishedAtMs: Number.NaN };
    await it.pass(61 * MINUTE_MS);
    await expect(checkRelease(world)).rejects.toThrow(/the newest runner.*publishedAtMs/s);
    expect(await it.manifest()).toMatchObject({ version: '2.336.0' });
  });
});
