/** Which machines are told of kept actions, and whom the reaper asks for them. */
import { describe, expect, test } from 'vitest';
import { nextBundles } from '../../../../functions/reaper/rounds/release/bundles.ts';
import { planCopies, type Seen } from '../../../../functions/reaper/rounds/release/copies.ts';
import type { CopyState } from '../../../../shared/runner/copies.ts';
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
