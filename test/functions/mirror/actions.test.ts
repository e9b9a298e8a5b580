/** The archives of actions: asked of GitHub once, made into one file, copied inside, and laid out as the runner wants it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commitsOf } from '../../../functions/mirror/actions/refs.ts';
import { mirror } from '../../../functions/mirror/mirror.ts';
import { actionArchive } from '../../../simulator/actions.ts';
import { type MirrorFixture, openMirrors } from './fixture.ts';

let fixture: MirrorFixture;
beforeEach(async () => {
  fixture = await openMirrors();
});
afterEach(() => fixture.close());

type Region = 'cn-hongkong' | 'cn-hangzhou';
const go = (region: Region, kind: 'look' | 'copy', actions = ['actions/checkout', 'acme/own@v1']) =>
  mirror(fixture.order(kind, '2.336.0', [], actions), fixture.worlds[region]);
const DAY_MS = 24 * 3_600_000;

/** Path → bytes, as this machine's own tar unpacks it. */
function unpacked(region: Region, key: string): Record<string, Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  try {
    const input = fixture.buckets[region].objects.get(key)?.bytes ?? Buffer.alloc(0);
    const list = spawnSync('tar', ['--extract', '--verbose', '--directory', folder], {
      input,
      encoding: 'utf8',
    });
    expect(list.stderr).toBe('');
    const paths = list.stdout.trimEnd().split('\n').filter(Boolean);
    return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path))]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('one file holds each commit under OWNER_REPO/SHA.tar.gz, and the region inside gets it without GitHub', async () => {
  const five = fixture.actions.tag('actions/checkout', 'v5', 'v5.1.0');
  const own = fixture.actions.tag('acme/own', 'v1');
  const source = await go('cn-hongkong', 'copy');
  expect(source).toMatchObject({ isWhole: true, isBundleDue: false, bundle: { missing: [] } });
  const key = source.bundle?.key ?? '';
  expect(unpacked('cn-hongkong', key)).toEqual({
    [`acme_own/${own}.tar.gz`]: actionArchive('acme/own', own),
    [`actions_checkout/${five}.tar.gz`]: actionArchive('actions/checkout', five),
  });
  expect(await go('cn-hangzhou', 'look')).toMatchObject({ bundle: null, isBundleDue: true });
  const asked = fixture.actions.asked.length;
  const inside = await go('cn-hangzhou', 'copy');
  expect(inside).toMatchObject({ isBundleDue: false, bundle: { key, sha256: source.bundle?.sha256 } });
  expect(unpacked('cn-hangzhou', key)).toEqual(unpacked('cn-hongkong', key));
  expect(fixture.actions.asked.length).toBe(asked);
});

test('tags are looked up again after a day, what is there is not fetched again, and the file before goes', async () => {
  const first = fixture.actions.tag('actions/checkout', 'v5', 'v5.1.0');
  const before = await go('cn-hongkong', 'copy', ['actions/checkout']);
  await go('cn-hangzhou', 'copy', ['actions/checkout']);
  await go('cn-hongkong', 'copy', ['actions/checkout']);
  expect(fixture.actions.asked).toHaveLength(2);
  const next = fixture.actions.tag('actions/checkout', 'v5', 'v5.2.0');
  fixture.passMs(DAY_MS);
  expect(await go('cn-hongkong', 'look', ['actions/checkout'])).toMatchObject({ isBundleDue: true });
  const after = await go('cn-hongkong', 'copy', ['actions/checkout']);
  await go('cn-hangzhou', 'copy', ['actions/checkout']);
  expect(Object.keys(unpacked('cn-hangzhou', after.bundle?.key ?? ''))).toContain(
    `actions_checkout/${next}.tar.gz`,
  );
  for (const region of ['cn-hongkong', 'cn-hangzhou'] as const)
    expect(fixture.keysIn(region)).not.toContain(before.bundle?.key);
  // v5.1.0 is not the newest any more, and v5 has moved on.
  expect(fixture.keysIn('cn-hongkong')).not.toContain(`actions/actions_checkout/${first}.tar.gz`);
  expect(fixture.keysIn('cn-hongkong')).toContain(`actions/actions_checkout/${next}.tar.gz`);
});

test('a renewal while GitHub is away loses nothing, and archives of what is kept no more go', async () => {
  const own = fixture.actions.tag('acme/own', 'v1');
  const five = fixture.actions.tag('actions/checkout', 'v5');
  const before = await go('cn-hongkong', 'copy');
  fixture.setDownload('away');
  fixture.passMs(DAY_MS);
  const away = await go('cn-hongkong', 'copy');
  expect(away.bundle).toMatchObject({
    key: before.bundle?.key,
    missing: ['actions/checkout', 'acme/own@v1'],
  });
  expect(Object.keys(unpacked('cn-hongkong', away.bundle?.key ?? ''))).toHaveLength(2);
  fixture.setDownload('none');
  await go('cn-hongkong', 'copy', ['acme/own@v1']);
  expect(fixture.keysIn('cn-hongkong')).toContain(`actions/acme_own/${own}.tar.gz`);
  expect(fixture.keysIn('cn-hongkong')).not.toContain(`actions/actions_checkout/${five}.tar.gz`);
});

describe('what cannot be had takes nothing from the rest', () => {
  test.each([
    ['an action that is not there', ['actions/checkout', 'acme/gone'], 'acme/gone'],
    ['a tag that is not there', ['actions/checkout', 'acme/own@v9'], 'acme/own@v9'],
  ])('%s', async (_what, actions, missing) => {
    fixture.actions.tag('actions/checkout', 'v5');
    fixture.actions.tag('acme/own', 'v1');
    const { bundle } = await go('cn-hongkong', 'copy', actions);
    expect(bundle?.missing).toEqual([missing]);
    expect(Object.keys(unpacked('cn-hongkong', bundle?.key ?? ''))).toHaveLength(1);
    // Tried again within the hour, not within the day.
    fixture.passMs(3_600_000);
    expect(await go('cn-hongkong', 'look', actions)).toMatchObject({ isBundleDue: true });
  });

  test.each<[string, (archive: Buffer) => Buffer]>([
    ['one that is cut', (archive) => archive.subarray(0, archive.length - 9)],
    ['one of another commit', () => actionArchive('actions/checkout', 'f'.repeat(40))],
    ['a page that says something', () => Buffer.from('<html>sign in</html>')],
    ['one that is too large', () => Buffer.alloc(25 * 1024 * 1024)],
  ])('an archive that is wrong never gets in: %s', async (_what, spoil) => {
    fixture.actions.tag('actions/checkout', 'v5');
    fixture.actions.spoil(spoil);
    const state = await go('cn-hongkong', 'copy', ['actions/checkout']);
    expect(state).toMatchObject({ isWhole: true, bundle: { missing: ['actions/checkout'] } });
    expect(fixture.keysIn('cn-hongkong').filter((key) => key.includes('actions_checkout'))).toEqual([]);
    fixture.actions.spoil(null);
    fixture.passMs(3_600_000);
    expect(await go('cn-hongkong', 'copy', ['actions/checkout'])).toMatchObject({ bundle: { missing: [] } });
  });

  test('a bucket that was emptied is filled again', async () => {
    fixture.actions.tag('actions/checkout', 'v5');
    const { bundle } = await go('cn-hongkong', 'copy', ['actions/checkout']);
    fixture.buckets['cn-hongkong'].objects.delete(bundle?.key ?? '');
    expect(await go('cn-hongkong', 'look', ['actions/checkout'])).toMatchObject({
      bundle: null,
      isBundleDue: true,
    });
    fixture.passMs(DAY_MS);
    await go('cn-hongkong', 'copy', ['actions/checkout']);
    expect(fixture.keysIn('cn-hongkong')).toContain(bundle?.key);
  });

  test('the runner is there without them: GitHub away for all but it', async () => {
    const state = await go('cn-hongkong', 'copy');
    expect(state).toMatchObject({ isWhole: true, failure: null });
  });
});

describe('which commits', () => {
  const line = (sha: string, name: string) => `0040${sha.repeat(40)} refs/tags/${name}\n`;
  const advertised = [
    line('1', 'v3'),
    line('2', 'v4'),
    line('3', 'v4.1.0'),
    line('4', 'v4.10.0'),
    line('a', 'v5'),
    line('5', 'v5^{}'),
    line('5', 'v5.0.0'),
    line('6', 'v5.1.0-beta'),
    line('7', 'nightly'),
    `0040${'8'.repeat(40)} refs/heads/v9\n`,
  ].join('');
  // biome-ignore format: a table reads best as a table.
  test.each([
    ['the newest two majors, and the newest version of each', null, '5 2 4'],
    ['a tag', 'v4.1.0', '3'],
    ['a tag that is an object', 'v5', '5'],
    ['a commit, as it is', 'c'.repeat(40), 'c'],
    ['none of that name', 'v9', ''],
  ])('%s', (_what, ref, shas) => {
    expect(commitsOf(advertised, ref)).toEqual(shas.split(' ').filter(Boolean).map((sha) => sha.repeat(40)));
  });
});
