/** Which machines are told of kept actions, whom the reaper asks for them, and that a release before reads the runner's manifest. */
import { describe, expect, test } from 'vitest';
import { nextBundles, nextTools } from '../../../../functions/reaper/rounds/release/bundles.ts';
import { planCopies, type Seen } from '../../../../functions/reaper/rounds/release/copies.ts';
import { nextManifest } from '../../../../functions/reaper/rounds/release/manifest.ts';
import type { CopyState } from '../../../../shared/runner/copies.ts';
import { publicUrl } from '../../../../shared/runner/release.ts';
import { PUBLISHED } from '../../../world/release.ts';
import { seen } from './copies.ts';

const MINUTE_MS = 60_000;
describe('actions beside the runner', () => {
  const bundle = (name: string): NonNullable<CopyState['bundle']> => ({
    ...{ key: `actions/bundle-${name.repeat(32)}.tar`, sha256: name.repeat(64), sizeBytes: 9_000_000 },
    ...{ actions: [], missing: [], againAtMs: 0 },
  });
  const kept = ({ key, sha256, sizeBytes }: ReturnType<typeof bundle>) => ({ key, sha256, sizeBytes });
  const [A, B] = [bundle('a'), bundle('b')];
  const placements = [{ region: 'cn-hangzhou' }];
  const whole = { isWhole: true };
  // biome-ignore format: a table reads best as a table.
  test.each<[string, object, Seen[], object]>([
    ['what the source made, once the region has it', {}, [seen('cn-hongkong', { ...whole, bundle: A }), seen('cn-hangzhou', { ...whole, bundle: A })], { 'cn-hangzhou': kept(A) }],
    ['nothing, while the region has another', { 'cn-hangzhou': kept(B) }, [seen('cn-hongkong', { bundle: A }), seen('cn-hangzhou', { bundle: B })], {}],
    ['nothing, where the bytes are not those that the source made', {}, [seen('cn-hongkong', { bundle: A }), seen('cn-hangzhou', { bundle: { ...A, sha256: B.sha256 } })], {}],
    ['what it had, when the region says nothing', { 'cn-hangzhou': kept(A) }, [seen('cn-hongkong', { bundle: A }), seen('cn-hangzhou', null)], { 'cn-hangzhou': kept(A) }],
    ['what it had, when the source says nothing', { 'cn-hangzhou': kept(A) }, [seen('cn-hongkong', null), seen('cn-hangzhou', { bundle: A })], { 'cn-hangzhou': kept(A) }],
    ['nothing, when a look finds none', { 'cn-hangzhou': kept(A) }, [seen('cn-hongkong', { bundle: A }), seen('cn-hangzhou')], {}],
    ['nothing of an empty one', {}, [seen('cn-hongkong', { bundle: { ...A, sizeBytes: 1024 } }), seen('cn-hangzhou', { bundle: { ...A, sizeBytes: 1024 } })], {}],
  ])('machines are told %s', (_, before, states, after) => {
    expect(nextBundles(before as never, states, placements)).toEqual(after);
  });

  test('of tools likewise: the source’s list, where a region has it, and what it had while nobody says', () => {
    const list = { ...kept(A), key: `tools/list-${'a'.repeat(32)}.txt`, has: ['node 20.11.1'], missing: [] };
    const tools = { list, isDue: false, because: null };
    const there = { 'cn-hangzhou': { ...kept(A), key: list.key } };
    expect(
      nextTools({}, [seen('cn-hongkong', { tools }), seen('cn-hangzhou', { tools })], placements),
    ).toEqual(there);
    expect(nextTools(there, [seen('cn-hongkong', { tools }), seen('cn-hangzhou', null)], placements)).toEqual(
      there,
    );
    const none = { tools: { ...tools, list: null } };
    expect(nextTools(there, [seen('cn-hongkong', { tools }), seen('cn-hangzhou', none)], placements)).toEqual(
      {},
    );
  });

  test('tools that are due are asked for once in the time of a go: two would stand in each other’s way', () => {
    const due = { ...whole, tools: { list: null, isDue: true, because: null } };
    const states = [seen('cn-hongkong', due), seen('cn-hangzhou', { ...whole })];
    const about = { version: '2.336.0', seen: states, placements: ['cn-hangzhou'], isAsked: false };
    const first = planCopies(null, { ...about, nowMs: 20 * MINUTE_MS });
    expect(first.ask).toEqual(['cn-hongkong']);
    expect(first.copies.regions['cn-hongkong']?.tools).toEqual(due.tools);
    expect(planCopies(first.copies, { ...about, nowMs: 26 * MINUTE_MS }).ask).toEqual([]);
    expect(planCopies(first.copies, { ...about, nowMs: 34 * MINUTE_MS }).ask).toEqual(['cn-hongkong']);
    expect(planCopies(first.copies, { ...about, isAsked: true, nowMs: 21 * MINUTE_MS }).ask).toEqual([
      'cn-hongkong',
    ]);
  });

  test('actions that are due wait as long where tools are wanted: a go brings these, too', () => {
    const due = { ...whole, isBundleDue: true, tools: { list: null, isDue: false, because: null } };
    const states = [seen('cn-hongkong', due), seen('cn-hangzhou', { ...whole })];
    const about = { version: '2.336.0', seen: states, placements: ['cn-hangzhou'], isAsked: false };
    const first = planCopies(null, { ...about, nowMs: 20 * MINUTE_MS });
    expect(first.ask).toEqual(['cn-hongkong']);
    expect(planCopies(first.copies, { ...about, nowMs: 26 * MINUTE_MS }).ask).toEqual([]);
    expect(planCopies(first.copies, { ...about, nowMs: 34 * MINUTE_MS }).ask).toEqual(['cn-hongkong']);
  });

  test('a region whose runner is whole is asked for them at a pace, and does not count as lacking', () => {
    const states = [
      seen('cn-hongkong', { ...whole, isBundleDue: true }),
      seen('cn-hangzhou', { ...whole, isBundleDue: true }),
    ];
    const about = { version: '2.336.0', seen: states, placements: ['cn-hangzhou'], isAsked: false };
    const first = planCopies(null, { ...about, nowMs: 10 * MINUTE_MS });
    expect(first.ask).toEqual(['cn-hongkong', 'cn-hangzhou']);
    expect(first.copies.lackingSinceMs).toBeNull();
    expect(planCopies(first.copies, { ...about, nowMs: 11 * MINUTE_MS }).ask).toEqual([]);
    expect(planCopies(first.copies, { ...about, nowMs: 15 * MINUTE_MS }).ask).toEqual(first.ask);
  });
});

test('the manifest names no address where github.com publishes it: release 0.1, after a rollback, knows no such word', () => {
  const none = { copied: [], lacking: [], unknown: [] };
  const published = (arch: 'amd64' | 'arm64') => ({
    ...PUBLISHED.archives[arch],
    url: publicUrl(PUBLISHED.version, arch),
  });
  const archives = { amd64: published('amd64'), arm64: published('arm64') };
  const atGitHub = nextManifest(null, { ...PUBLISHED, archives }, none, 0);
  expect(Object.keys(atGitHub?.archives.amd64 ?? {})).toEqual(['key', 'sha256', 'sizeBytes']);
  expect(nextManifest(null, PUBLISHED, none, 0)?.archives.arm64.url).toBe(PUBLISHED.archives.arm64.url);
});
