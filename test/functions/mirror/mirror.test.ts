import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allCopied, mirror } from '../../../functions/mirror/mirror.ts';
import { stillTaken } from '../../../shared/runner/release.ts';
import { type Desk, openDesk, REGIONS } from './desk.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
  desk.publish('2.336.0');
});
afterEach(() => desk.close());

const keysIn = (at: number) => [...(desk.buckets[at]?.objects.keys() ?? [])].sort();
const BOTH = ['arm64', 'x64'].map(
  (arch) => `actions-runner/2.336.0/actions-runner-linux-${arch}-2.336.0.tar.gz`,
);

test('both architectures come into every region, and the manifest names them', async () => {
  expect(allCopied(await mirror(desk.world))).toBe('2.336.0 written');
  for (const at of REGIONS.keys()) expect(keysIn(at)).toEqual(BOTH);
  const manifest = await desk.manifest();
  expect(manifest).toMatchObject({ version: '2.336.0', regions: [...REGIONS], superseded: [] });
  expect(manifest?.archives.amd64.key).toBe(BOTH[1]);
});

test('what is there already is not copied again', async () => {
  await mirror(desk.world);
  const before = desk.oss.requests.filter(({ action }) => action === 'oss:PutObject').length;
  expect((await mirror(desk.world)).regions.map(({ kind }) => kind)).toEqual(['had', 'had']);
  expect(desk.oss.requests.filter(({ action }) => action === 'oss:PutObject')).toHaveLength(before);
});

describe('half a copy is never used:', () => {
  test.each(['other bytes', 'cut'] as const)(
    'a download with %s leaves no object and no manifest region',
    async (wrong) => {
      desk.setDownload(wrong);
      const outcome = await mirror(desk.world);
      expect(outcome.regions.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
      expect(keysIn(0)).toEqual([]);
      expect((await desk.manifest())?.regions).toEqual([]);
      expect(() => allCopied(outcome)).toThrow('was not copied to cn-hangzhou, cn-shanghai');
    },
  );

  test('the manifest stays with the release before while one region lacks the new one', async () => {
    await mirror(desk.world);
    desk.passDays(1);
    desk.publish('2.337.0');
    desk.setFault((action, key) =>
      action === 'oss:PutObject' && key.includes('arm64-2.337') ? 'unavailable' : null,
    );
    expect(await mirror(desk.world)).toMatchObject({ manifest: 'kept' });
    expect((await desk.manifest())?.version).toBe('2.336.0');
    desk.setFault(() => null);
    expect(await mirror(desk.world)).toMatchObject({ manifest: 'written' });
    expect(await desk.manifest()).toMatchObject({ version: '2.337.0', superseded: [{ version: '2.336.0' }] });
  });

  test('a region that fails for too long no longer holds the others back from what GitHub demands', async () => {
    await mirror(desk.world);
    desk.publish('2.337.0');
    desk.setFault((action, key) => (action === 'oss:PutObject' && key.includes('2.337') ? 'silent' : null));
    desk.passDays(21);
    expect(await mirror(desk.world)).toMatchObject({ manifest: 'written' });
    expect(await desk.manifest()).toMatchObject({ version: '2.337.0', regions: [] });
  });
});

test('old versions stay while an instance may still name them, and then go', async () => {
  await mirror(desk.world);
  desk.passDays(30);
  desk.publish('2.337.0');
  await mirror(desk.world);
  expect(keysIn(0)).toHaveLength(4);
  desk.passDays(30);
  desk.publish('2.338.0');
  await mirror(desk.world);
  expect(keysIn(0).filter((key) => key.includes('2.336.0'))).toEqual([]);
  expect(keysIn(0)).toHaveLength(4);
});

test('a version in an image is good until some days before GitHub turns it away', () => {
  const superseded = [{ version: '2.335.0', supersededAtMs: 0 }];
  const DAY_MS = 24 * 3_600_000;
  expect(stillTaken({ superseded }, 19 * DAY_MS)).toEqual(['2.335.0']);
  expect(stillTaken({ superseded }, 21 * DAY_MS)).toEqual([]);
});

test('what failed is told without a signature or a token', async () => {
  desk.setFault(() => 'unavailable');
  const { regions } = await mirror(desk.world);
  const told = [...desk.lines, ...regions.map(({ error }) => String(error))].join('\n');
  expect(told).toContain('status: 503');
  expect(told).not.toMatch(/OSS4-HMAC|STS\.mirror|token/);
});
