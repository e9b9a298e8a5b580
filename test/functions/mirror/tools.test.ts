/** The archives of tools: which release a version is, proven by its published checksum, copied inside, and what fails on the way. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mirror } from '../../../functions/mirror/mirror.ts';
import { keepTools, toolsOf } from '../../../functions/mirror/tools/keep.ts';
import { COPY_MAX_MS } from '../../../shared/runner/limits.ts';
import { toolArchive } from '../../../simulator/tools.ts';
import { type MirrorFixture, openMirrors } from './fixture.ts';

let fixture: MirrorFixture;
beforeEach(async () => {
  fixture = await openMirrors();
});
afterEach(() => fixture.close());

type Region = 'cn-hongkong' | 'cn-hangzhou';
const WANTED = ['node 20', 'java 21'];
const orderOf = (kind: 'look' | 'copy', tools: string[]) => fixture.order(kind, '2.336.0', [], [], tools);
const whole = (region: Region, tools = WANTED) => mirror(orderOf('copy', tools), fixture.worlds[region]);
/** Without the runner before it. */
async function go(region: Region, kind: 'look' | 'copy', tools = WANTED) {
  const world = fixture.worlds[region];
  const { bucket } = world;
  if (bucket === null) throw new Error('no bucket');
  const order = orderOf(kind, tools);
  if (kind === 'copy') await keepTools(order, bucket, world.clock.nowMs() + COPY_MAX_MS, world);
  return { tools: await toolsOf(order, bucket, world) };
}
const HOUR_MS = 3_600_000;

/** What machines read there. */
const linesIn = (region: Region, key = ''): string[] =>
  (fixture.buckets[region].objects.get(key)?.bytes.toString('utf8') ?? '')
    .trimEnd()
    .split('\n')
    .filter(Boolean);
const heldIn = (region: Region) => fixture.keysIn(region).filter((key) => /^tools\/[A-Zn]/.test(key));

function publishBoth(): void {
  fixture.tools.release('node', '20.11.0');
  fixture.tools.release('node', '20.11.1');
  fixture.tools.temurin('21.0.4+7');
}

test('one list names each archive as a setup action looks for it, and the region inside gets all without GitHub', async () => {
  publishBoth();
  const { tools, isWhole } = await whole('cn-hongkong');
  expect(isWhole).toBe(true);
  expect(tools).toMatchObject({ isDue: false, because: null });
  expect(tools?.list).toMatchObject({ has: ['node 20.11.1', 'java 21.0.4-7'], missing: [] });
  const key = tools?.list?.key ?? '';
  const name = 'node-20.11.1-linux-x64.tar.gz';
  const archive = toolArchive('node', '20.11.1', name);
  const sha256 = createHash('sha256').update(archive).digest('hex');
  expect(linesIn('cn-hongkong', key)[0]).toBe(
    `node 20.11.1 x64 - ${sha256} ${archive.length} tools/node/20.11.1/${sha256.slice(0, 12)}/${name}`,
  );
  expect(linesIn('cn-hongkong', key)).toHaveLength(4);
  expect(await go('cn-hangzhou', 'look')).toMatchObject({ tools: { list: null, isDue: true } });
  const asked = fixture.tools.asked.length;
  expect((await go('cn-hangzhou', 'copy')).tools).toEqual(tools);
  expect(fixture.tools.asked.length).toBe(asked);
  expect(linesIn('cn-hangzhou', key)).toEqual(linesIn('cn-hongkong', key));
  expect(heldIn('cn-hangzhou')).toEqual(heldIn('cn-hongkong'));
});

test('a newer release is found after a day, nothing is fetched twice, and what it follows goes', async () => {
  publishBoth();
  await go('cn-hongkong', 'copy');
  await go('cn-hangzhou', 'copy');
  fixture.tools.release('node', '20.12.0');
  expect((await go('cn-hongkong', 'look')).tools?.isDue).toBe(false);
  fixture.passMs(24 * HOUR_MS);
  expect((await go('cn-hongkong', 'look')).tools?.isDue).toBe(true);
  const asked = fixture.tools.asked.length;
  await go('cn-hongkong', 'copy');
  expect((await go('cn-hangzhou', 'copy')).tools?.list?.has).toEqual(['node 20.12.0', 'java 21.0.4-7']);
  const fetched = fixture.tools.asked.slice(asked).filter(({ path }) => /jdk.*gz$/.test(path));
  expect(fetched, 'weighed, and no more').toHaveLength(2);
  for (const region of ['cn-hongkong', 'cn-hangzhou'] as const)
    expect(heldIn(region).filter((key) => key.includes('20.11.1'))).toEqual([]);
});

describe('what cannot be had takes nothing from the rest', () => {
  test.each<[string, () => void, string[], string[]]>([
    ['a version that nobody released', () => {}, ['node 99'], ['node 99']],
    [
      'an architecture that was not built',
      () => fixture.tools.release('go', '1.22.5', { archs: ['x64'] }),
      ['go 1.22'],
      ['go 1.22 for arm64'],
    ],
    [
      'a release without checksums: there is nothing to prove it by',
      () => fixture.tools.release('go', '1.10.1', { hasChecksums: false }),
      ['go 1.10.1'],
      ['go 1.10.1'],
    ],
    ['a file that is named and not there', goneFile, ['go 1.22'], ['go 1.22 for x64']],
    ['a file that is not what was published', otherFile, ['go 1.22'], ['go 1.22 for x64']],
  ])('%s', async (_what, arrange, wanted, missing) => {
    publishBoth();
    arrange();
    const { tools } = await go('cn-hongkong', 'copy', [...WANTED, ...wanted]);
    expect(tools?.list?.missing).toEqual(missing);
    expect(tools?.list?.has).toEqual(expect.arrayContaining(['node 20.11.1', 'java 21.0.4-7']));
    fixture.passMs(HOUR_MS);
    expect((await go('cn-hongkong', 'look', [...WANTED, ...wanted])).tools?.isDue).toBe(true);
  });

  const GO = '/actions/go-versions/releases/download/1.22.5-1/go-1.22.5-linux-x64.tar.gz';
  function goneFile() {
    fixture.tools.release('go', '1.22.5');
    fixture.tools.files.delete(GO);
  }
  function otherFile() {
    fixture.tools.release('go', '1.22.5');
    fixture.tools.files.set(GO, toolArchive('go', '1.22.5', 'somebody else’s'));
  }

  test('a wrong archive never gets in, and is asked for anew', async () => {
    publishBoth();
    otherFile();
    await go('cn-hongkong', 'copy', ['go 1.22']);
    expect(fixture.keysIn('cn-hongkong').filter((key) => key.includes('go-1.22.5-linux-x64'))).toEqual([]);
    fixture.tools.release('go', '1.22.5');
    fixture.passMs(HOUR_MS);
    expect((await go('cn-hongkong', 'copy', ['go 1.22'])).tools?.list?.missing).toEqual([]);
  });

  test('the newest release is not there yet for one architecture: that one has the release before', async () => {
    fixture.tools.temurin('21.0.4+7');
    fixture.tools.temurin('21.0.5+11', { archs: ['x64'] });
    const { tools } = await go('cn-hongkong', 'copy', ['java 21']);
    const seen = linesIn('cn-hongkong', tools?.list?.key).map((line) =>
      line.split(' ').slice(1, 3).join(' '),
    );
    expect(seen).toEqual(['21.0.5-11 x64', '21.0.4-7 arm64']);
  });

  test.each([
    ['GitHub is away', () => fixture.setDownload('away')],
    ['the release was taken back', () => fixture.tools.files.clear()],
  ])('%s: what was kept stays', async (_what, arrange) => {
    publishBoth();
    const before = await go('cn-hongkong', 'copy');
    fixture.passMs(24 * HOUR_MS);
    arrange();
    const after = await go('cn-hongkong', 'copy');
    expect(after.tools?.list).toEqual(before.tools?.list);
  });

  test('a bucket that takes nothing says why, and the runner is there all the same', async () => {
    publishBoth();
    fixture.setFault((action, key) =>
      action === 'oss:PutObject' && key.startsWith('tools/list-') ? 'unavailable' : null,
    );
    const { tools, isWhole } = await whole('cn-hongkong');
    expect(isWhole).toBe(true);
    expect(tools).toMatchObject({ list: null, isDue: true, because: expect.stringContaining('OSS') });
    fixture.setFault(() => null);
    expect((await go('cn-hongkong', 'copy')).tools).toMatchObject({ isDue: false, because: null });
  });

  test('half a copy in a region is not told of, and the next go goes on from there', async () => {
    publishBoth();
    const { tools } = await go('cn-hongkong', 'copy');
    const [kept] = heldIn('cn-hongkong').filter((key) => key.includes('Java'));
    const away = fixture.buckets['cn-hongkong'].objects.get(kept ?? '');
    fixture.buckets['cn-hongkong'].objects.delete(kept ?? '');
    fixture.tools.files.clear();
    expect((await go('cn-hangzhou', 'copy')).tools).toMatchObject({
      list: null,
      isDue: true,
      because: expect.stringContaining('copying from'),
    });
    if (away !== undefined) fixture.buckets['cn-hongkong'].objects.set(kept ?? '', away);
    expect((await go('cn-hangzhou', 'copy')).tools).toEqual(tools);
  });

  test('a go without time keeps the list before, and says so', async () => {
    publishBoth();
    const before = await go('cn-hongkong', 'copy', ['node 20']);
    fixture.setFault((_action, key) => {
      if (key.startsWith('incoming/tools/Java')) fixture.passMs(COPY_MAX_MS + 1);
      return null;
    });
    const { tools } = await go('cn-hongkong', 'copy');
    expect(tools?.because).toContain('is slow');
    expect(tools?.list?.key).toBe(before.tools?.list?.key);
  });
});
