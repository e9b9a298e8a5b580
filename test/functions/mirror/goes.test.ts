/** Several goes of one mirror: after each other, over what changed in between, and at the same time. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { incomingKey } from '../../../functions/mirror/copy.ts';
import { mirror } from '../../../functions/mirror/mirror.ts';
import { toolsIn } from '../../../functions/mirror/tools/list.ts';
import { toolArchive } from '../../../simulator/tools.ts';
import { type MirrorFixture, openMirrors } from './fixture.ts';

let fixture: MirrorFixture;
beforeEach(async () => {
  fixture = await openMirrors();
});
afterEach(() => fixture.close());

type Region = 'cn-hongkong' | 'cn-hangzhou';
const WANTED = ['node 20', 'java 21'];
const go = (region: Region) =>
  mirror(fixture.order('copy', '2.336.0', [], [], WANTED), fixture.worlds[region]);
const DAY_MS = 24 * 3_600_000;

function bucketOf(region: Region) {
  const { bucket } = fixture.worlds[region];
  if (bucket === null) throw new Error('no bucket');
  return bucket;
}

/** What a machine finds that goes by this region's list: for each line, whether its archive is there, and has its checksum. */
async function goodIn(region: Region): Promise<boolean[]> {
  const { key = '' } = (await toolsIn(bucketOf(region))) ?? {};
  const lines = fixture.buckets[region].objects.get(key)?.bytes.toString('utf8').trimEnd().split('\n') ?? [];
  return lines.map((line) => {
    const [, , , , sha256, , at = ''] = line.split(' ');
    const bytes = fixture.buckets[region].objects.get(at)?.bytes ?? Buffer.alloc(0);
    return createHash('sha256').update(bytes).digest('hex') === sha256;
  });
}

function publish(): void {
  fixture.tools.release('node', '20.11.1');
  fixture.tools.temurin('21.0.4+7');
}

/** The same version by another run, whose archives have the same names and other bytes. */
function rebuild(): void {
  fixture.tools.release('node', '20.11.1', { run: 2 });
  const folder = '/actions/node-versions/releases/download/20.11.1-2';
  const lines = ['x64', 'arm64'].map((arch) => {
    const name = `node-20.11.1-linux-${arch}.tar.gz`;
    const bytes = toolArchive('node', '20.11.1', `${name}, built anew`);
    fixture.tools.files.set(`${folder}/${name}`, bytes);
    return `${createHash('sha256').update(bytes).digest('hex')} ${name}\n`;
  });
  fixture.tools.files.set(`${folder}/hashes.sha256`, Buffer.from(lines.join('')));
}

describe('a version that was built anew', () => {
  test('leaves the archives of the list before whole until there is a new one, and then none of them', async () => {
    publish();
    await go('cn-hongkong');
    rebuild();
    fixture.passMs(DAY_MS);
    fixture.setFault((action, key) =>
      action === 'oss:PutObject' && key.startsWith('tools/list-') ? 'unavailable' : null,
    );
    await go('cn-hongkong');
    expect(await goodIn('cn-hongkong')).toEqual([true, true, true, true]);
    fixture.setFault(() => null);
    await go('cn-hongkong');
    expect(await goodIn('cn-hongkong')).toEqual([true, true, true, true]);
    expect(fixture.keysIn('cn-hongkong').filter((key) => key.includes('/node/'))).toHaveLength(2);
  });
});

describe('more than there should be of an archive is no beginning of it:', () => {
  test.each(['the runner', 'a tool'])('of %s', async (what) => {
    publish();
    await go('cn-hongkong');
    const of = what === 'the runner' ? 'actions-runner/' : 'tools/node/';
    const key = fixture.keysIn('cn-hongkong').find((each) => each.startsWith(of)) ?? '';
    const size = fixture.buckets['cn-hongkong'].objects.get(key)?.bytes.length ?? 0;
    await bucketOf('cn-hangzhou').append(incomingKey({ key }), Buffer.alloc(size + 1), 0);
    expect(await go('cn-hangzhou')).toMatchObject({ isWhole: true, tools: { isDue: false, because: null } });
    expect(await goodIn('cn-hangzhou')).toEqual([true, true, true, true]);
    expect(fixture.keysIn('cn-hangzhou').filter((each) => each.startsWith('incoming/'))).toEqual([]);
  });
});

describe('two goes at once', () => {
  test.each<Region>(['cn-hongkong', 'cn-hangzhou'])(
    'in %s: one ends by itself, and what is published lacks nothing',
    async (region) => {
      publish();
      if (region === 'cn-hangzhou') await go('cn-hongkong');
      const ends = await Promise.allSettled([go(region), go(region)]);
      expect(ends.some(({ status }) => status === 'fulfilled')).toBe(true);
      expect(await goodIn(region)).toEqual([true, true, true, true]);
      const state = await mirror(fixture.order('look', '2.336.0', [], [], WANTED), fixture.worlds[region]);
      expect(state).toMatchObject({ isWhole: true, failure: null });
      expect(state.tools).toMatchObject({ isDue: false, because: null, list: { missing: [] } });
    },
  );

  test('an archive of which another go brings more is left to it, without a word that would stay', async () => {
    publish();
    const bucket = bucketOf('cn-hongkong');
    let isAgain = false;
    // It appends just before we do, from the first archive of a tool on.
    const raced = {
      ...bucket,
      async append(key: string, bytes: Uint8Array, position: number) {
        if (key.startsWith('incoming/tools/') && !isAgain) {
          isAgain = true;
          await bucket.append(key, bytes.subarray(0, 10), position);
        }
        return bucket.append(key, bytes, position);
      },
    };
    const order = fixture.order('copy', '2.336.0', [], [], WANTED);
    const { tools } = await mirror(order, { ...fixture.worlds['cn-hongkong'], bucket: raced });
    expect(tools).toEqual({ list: null, isDue: true, because: null });
    expect(fixture.lines.join('\n')).toContain('another go brings tools/node/20.11.1/');
    // Where that one is gone, the next goes on from what there is.
    expect((await go('cn-hongkong')).tools).toMatchObject({ isDue: false, list: { missing: [] } });
    expect(await goodIn('cn-hongkong')).toEqual([true, true, true, true]);
  });
});
