import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allCopied, mirror } from '../../../functions/mirror/mirror.ts';
import { stillTaken } from '../../../shared/runner/release.ts';
import { type MirrorFixture, openMirror, REGIONS } from './fixture.ts';

let fixture: MirrorFixture;
beforeEach(async () => {
  fixture = await openMirror();
  fixture.publish('2.336.0');
});
afterEach(() => fixture.close());

const keysIn = (at: number) => [...(fixture.buckets[at]?.objects.keys() ?? [])].sort();
const BOTH = ['arm64', 'x64'].map(
  (arch) => `actions-runner/2.336.0/actions-runner-linux-${arch}-2.336.0.tar.gz`,
);

test('both architectures come into every region, and the manifest names them', async () => {
  expect(allCopied(await mirror(fixture.world))).toBe('2.336.0 written');
  for (const at of REGIONS.keys()) expect(keysIn(at)).toEqual(BOTH);
  const manifest = await fixture.manifest();
  expect(manifest).toMatchObject({ version: '2.336.0', regions: [...REGIONS], superseded: [] });
  expect(manifest?.archives.amd64.key).toBe(BOTH[1]);
});

test('what is there already is not copied again', async () => {
  await mirror(fixture.world);
  const before = fixture.oss.requests.filter(({ action }) => action === 'oss:PutObject').length;
  expect((await mirror(fixture.world)).regions.map(({ kind }) => kind)).toEqual(['had', 'had']);
  expect(fixture.oss.requests.filter(({ action }) => action === 'oss:PutObject')).toHaveLength(before);
});

describe('half a copy is never used:', () => {
  test.each(['other bytes', 'cut'] as const)(
    'a download with %s leaves no object and no manifest region',
    async (wrong) => {
      fixture.setDownload(wrong);
      const outcome = await mirror(fixture.world);
      expect(outcome.regions.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
      expect(keysIn(0)).toEqual([]);
      expect((await fixture.manifest())?.regions).toEqual([]);
      expect(() => allCopied(outcome)).toThrow('was not copied to cn-hangzhou, cn-shanghai');
    },
  );

  test('the manifest stays with the release before while one region lacks the new one', async () => {
    await mirror(fixture.world);
    fixture.passDays(1);
    fixture.publish('2.337.0');
    fixture.setFault((action, key) =>
      action === 'oss:PutObject' && key.includes('arm64-2.337') ? 'unavailable' : null,
    );
    expect(await mirror(fixture.world)).toMatchObject({ manifest: 'kept' });
    expect((await fixture.manifest())?.version).toBe('2.336.0');
    fixture.setFault(() => null);
    expect(await mirror(fixture.world)).toMatchObject({ manifest: 'written' });
    expect(await fixture.manifest()).toMatchObject({
      version: '2.337.0',
      superseded: [{ version: '2.336.0' }],
    });
  });

  test('a region that fails for too long no longer holds the others back from what GitHub demands', async () => {
    await mirror(fixture.world);
    fixture.publish('2.337.0');
    fixture.setFault((action, key) =>
      action === 'oss:PutObject' && key.includes('2.337') ? 'silent' : null,
    );
    fixture.passDays(21);
    expect(await mirror(fixture.world)).toMatchObject({ manifest: 'written' });
    expect(await fixture.manifest()).toMatchObject({ version: '2.337.0', regions: [] });
  });
});

test('old versions stay while an instance may still name them, and then go', async () => {
  await mirror(fixture.world);
  fixture.passDays(30);
  fixture.publish('2.337.0');
  await mirror(fixture.world);
  expect(keysIn(0)).toHaveLength(4);
  fixture.passDays(30);
  fixture.publish('2.338.0');
  await mirror(fixture.world);
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
  fixture.setFault(() => 'unavailable');
  const { regions } = await mirror(fixture.world);
  const text = [...fixture.lines, ...regions.map(({ error }) => String(error))].join('\n');
  expect(text).toContain('status: 503');
  expect(text).not.toMatch(/OSS4-HMAC|STS\.mirror|token/);
});
