import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mirror } from '../../../functions/mirror/mirror.ts';
import { CopyOrder } from '../../../shared/runner/copies.ts';
import { COPY_PIECE_BYTES } from '../../../shared/runner/limits.ts';
import { type MirrorFixture, openMirrors, type Wrong } from './fixture.ts';

let fixture: MirrorFixture;
beforeEach(async () => {
  fixture = await openMirrors();
});
afterEach(() => fixture.close());

const BOTH = ['arm64', 'x64'].map(
  (arch) => `actions-runner/2.336.0/actions-runner-linux-${arch}-2.336.0.tar.gz`,
);
const copyIn = (region: 'cn-hongkong' | 'cn-hangzhou') =>
  mirror(fixture.order('copy'), fixture.worlds[region]);
const bytesIn = (region: 'cn-hongkong' | 'cn-hangzhou', key: string) =>
  fixture.buckets[region].objects.get(key)?.bytes;
const lookIn = (region: 'cn-hongkong' | 'cn-hangzhou') =>
  mirror(fixture.order('look'), fixture.worlds[region]);

test('an account of 2026: GitHub is asked once, and the mainland bucket is filled from Hong Kong’s', async () => {
  await expect(fixture.outside.sizeBytesOf('a')).rejects.toThrow('PublicEndpointForbidden');
  expect(await copyIn('cn-hongkong')).toMatchObject({ isWhole: true, failure: null });
  expect(await copyIn('cn-hangzhou')).toMatchObject({ isWhole: true, failure: null });
  for (const region of ['cn-hongkong', 'cn-hangzhou'] as const) expect(fixture.keysIn(region)).toEqual(BOTH);
  expect(fixture.asked.map(({ from }) => from)).toEqual([0, 0]);
  for (const key of BOTH)
    expect(bytesIn('cn-hangzhou', key)?.equals(bytesIn('cn-hongkong', key) as Buffer)).toBe(true);
});

test('where the source has nothing, a region fetches from GitHub by itself', async () => {
  expect(await copyIn('cn-hangzhou')).toMatchObject({ isWhole: true });
  expect(fixture.asked).toHaveLength(2);
  expect(fixture.lines.filter((line) => line.includes('does not have'))).toHaveLength(2);
});

test('what is there already is not copied again', async () => {
  await copyIn('cn-hongkong');
  const writes = () => fixture.oss.requests.filter(({ action }) => action === 'oss:PutObject').length;
  const before = writes();
  expect(await copyIn('cn-hongkong')).toMatchObject({ isWhole: true });
  expect(writes()).toBe(before);
});

describe('half a copy is never used, and never begun again:', () => {
  test('a download that ends early goes on where it ended', async () => {
    fixture.setDownload('cut');
    await expect(copyIn('cn-hongkong')).rejects.toThrow();
    const { isWhole, copiedBytes, failure } = await lookIn('cn-hongkong');
    expect([isWhole, failure?.because]).toEqual([false, expect.stringContaining('copying from GitHub')]);
    expect(copiedBytes).toBeGreaterThanOrEqual(COPY_PIECE_BYTES);
    expect(fixture.keysIn('cn-hongkong').filter((key) => BOTH.includes(key))).toEqual([]);
    fixture.setDownload('none');
    expect(await copyIn('cn-hongkong')).toMatchObject({ isWhole: true, failure: null });
    expect(fixture.asked.map(({ from }) => from)).toEqual([0, copiedBytes, 0]);
    expect(fixture.keysIn('cn-hongkong')).toEqual(BOTH);
  });

  test('an append whose answer is lost costs nothing: the next go asks how much is there', async () => {
    let lost = 0;
    fixture.setFault((action, key) =>
      action === 'oss:PutObject' && key.startsWith('incoming/') && lost++ === 1 ? 'silent' : null,
    );
    await expect(copyIn('cn-hongkong')).rejects.toThrow('AppendObject');
    fixture.setFault(() => null);
    expect(await copyIn('cn-hongkong')).toMatchObject({ isWhole: true });
  });

  test('other bytes than were published leave no object, and the next copy begins from nothing', async () => {
    fixture.setDownload('other bytes');
    await expect(copyIn('cn-hongkong')).rejects.toThrow('another checksum');
    expect(await lookIn('cn-hongkong')).toMatchObject({
      isWhole: false,
      copiedBytes: 0,
      failure: { because: expect.stringContaining('another checksum') },
    });
    fixture.setDownload('none');
    expect(await copyIn('cn-hongkong')).toMatchObject({ isWhole: true });
  });

  test('a copy that does not get to its end in time goes on at the next go', async () => {
    const world = fixture.worlds['cn-hongkong'];
    const nowMs = () => {
      fixture.passMs(600_000);
      return world.clock.nowMs();
    };
    const slow = { nowMs };
    await expect(mirror(fixture.order('copy'), { ...world, clock: slow })).rejects.toThrow('is slow');
    expect((await lookIn('cn-hongkong')).copiedBytes).toBeGreaterThan(0);
    expect(await copyIn('cn-hongkong')).toMatchObject({ isWhole: true });
  });
});

test('the region’s source stands before GitHub, and what it lacks of an archive GitHub completes', async () => {
  await copyIn('cn-hongkong');
  fixture.setFault((action, key) => (action === 'oss:GetObject' && key === BOTH[1] ? 'cut' : null));
  expect(await copyIn('cn-hangzhou')).toMatchObject({ isWhole: true });
  const [{ from } = { from: 0 }] = fixture.asked.slice(2);
  expect([fixture.asked.length, from >= COPY_PIECE_BYTES]).toEqual([3, true]);
});

test('versions that the order names are removed, and no others', async () => {
  await copyIn('cn-hongkong');
  await mirror(fixture.order('copy', '2.337.0'), fixture.worlds['cn-hongkong']);
  expect(fixture.keysIn('cn-hongkong')).toHaveLength(4);
  await mirror(fixture.order('copy', '2.338.0', ['2.336.0']), fixture.worlds['cn-hongkong']);
  expect(fixture.keysIn('cn-hongkong').filter((key) => key.includes('2.336.0'))).toEqual([]);
  expect(fixture.keysIn('cn-hongkong')).toHaveLength(4);
});

test('a region without a bucket says what to do', async () => {
  const world = { ...fixture.worlds['cn-hangzhou'], bucket: null };
  await expect(mirror(fixture.order('look'), world)).rejects.toThrow('npm run deploy');
});

test.each<Wrong>(['cut', 'away', 'other bytes'])(
  'what failed by %s is told without a signature or a token',
  async (wrong) => {
    fixture.setDownload(wrong);
    const error = await copyIn('cn-hongkong').catch(String);
    const text = [...fixture.lines, error, JSON.stringify(await lookIn('cn-hongkong'))].join('\n');
    expect(text).not.toMatch(/OSS4-HMAC|STS\.mirror|token/);
  },
);

test('a key of an order is a version of the runner, never a path', () => {
  const order = fixture.order('copy');
  expect(CopyOrder.safeParse(order).success).toBe(true);
  for (const version of ['../2.336.0', '2.336', 'x/2.336.0'])
    expect(CopyOrder.safeParse({ ...order, remove: [version] }).success).toBe(false);
});

test('what is wanted no more leaves each bucket with the next copy: tools are gigabytes, and are billed', async () => {
  fixture.actions.tag('actions/checkout', 'v5');
  fixture.tools.release('node', '20.11.1');
  const order = (actions: string[], tools: string[]) => fixture.order('copy', '2.336.0', [], actions, tools);
  for (const region of ['cn-hongkong', 'cn-hangzhou'] as const) {
    await mirror(order(['actions/checkout'], ['node 20']), fixture.worlds[region]);
    expect(fixture.keysIn(region).length).toBeGreaterThan(BOTH.length + 3);
  }
  for (const region of ['cn-hongkong', 'cn-hangzhou'] as const) {
    await mirror(order([], []), fixture.worlds[region]);
    expect(fixture.keysIn(region)).toEqual(BOTH);
  }
});
