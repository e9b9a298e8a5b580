/** Which runners wait on, and how many are wanting. */
import { expect, test } from 'vitest';
import { isFree } from '../../../functions/launcher/warm/take.ts';
import { shortIn } from '../../../functions/reaper/own-limits.ts';
import { refillPools } from '../../../functions/reaper/rounds/warm/refill.ts';
import { LEFT, planWarm, yielding } from '../../../functions/reaper/survey/warm.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { CapacityView } from '../../../shared/ledger/ledger.ts';
import { SWEEP_APART_MS } from '../../../shared/limits.ts';
import type { Candidate, JobId } from '../../../shared/nouns.ts';
import { WARM_AGE_MAX_MS, WARM_AGE_MS } from '../../../shared/warm/limits.ts';
import { poolsAt, stampOf } from '../../../shared/warm/pools.ts';
import { build } from '../../shared/ledger/builders.ts';
import { configOf } from '../../world/in-process.ts';
import { openReaper } from '../reaper/fixture.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 14);
const MINUTE_MS = 60_000;
const config = configOf({ warm: [{ labels: ['arm64'], hot: 2 }] });
const pools = poolsAt(config, NOW_MS);
const STAMP = stampOf(pools[0] as (typeof pools)[0], '1', config);

const NOTHING = { slots: 0, money: 0 };

let made = 0;
/** Of the pool, unless it says otherwise; `ageMin` tells it apart. */
const runner = (state: RunnerEntry['state'], ageMin: number, some: Partial<RunnerEntry> = {}): RunnerEntry =>
  build.runnerEntry(`0${++made}-1`, {
    ...{ state, for: null, warm: STAMP, createdAtMs: NOW_MS - ageMin * MINUTE_MS, repository: 'acme/*' },
    ...some,
  });
const OLD_MIN = WARM_AGE_MS / MINUTE_MS + 1;
const TOO_OLD_MIN = WARM_AGE_MAX_MS / MINUTE_MS + 1;
const changed = { warm: 'another stamp' };

// biome-ignore format: a table reads best as a table.
test.each<[what: string, free: readonly RunnerEntry[], keptAges: readonly number[], wanting: number]>([
  ['nothing',                                       [], [], 2],
  ['one that is ready',                             [runner('idle', 1)], [1], 1],
  ['one that comes',                                [runner('launching', 1)], [1], 1],
  ['as many as wanted',                             [runner('idle', 2), runner('booting', 1)], [1, 2], 0],
  ['more than wanted: the newest stay',             [runner('idle', 3), runner('idle', 2), runner('idle', 1)], [1, 2], 0],
  ['ready ones, and another that comes too many',   [runner('idle', 3), runner('idle', 2), runner('booting', 1)], [2, 3], 0],
  ['an old one: another is made beside it',         [runner('idle', OLD_MIN), runner('idle', 1)], [1, OLD_MIN], 1],
  ['an old one, and the other comes: it stays',     [runner('idle', OLD_MIN), runner('idle', 1), runner('booting', 0)], [0, 1, OLD_MIN], 0],
  ['an old one, and the other is ready: it goes',   [runner('idle', OLD_MIN), runner('idle', 1), runner('idle', 0)], [0, 1], 0],
  ['two old ones: one at a time',                   [runner('idle', OLD_MIN + 1), runner('idle', OLD_MIN)], [OLD_MIN, OLD_MIN + 1], 1],
  ['one that is too old',                           [runner('idle', TOO_OLD_MIN), runner('idle', 1)], [1], 1],
  ['what is made of something that has changed',    [runner('idle', 5, changed), runner('idle', 6, changed)], [5, 6], 1],
  ['others’ labels',                                [runner('idle', 1, { labels: [...config.baseLabels, 'arm64', '4cpu'] })], [], 2],
  ['another organisation’s',                        [runner('idle', 1, { repository: 'beta/*' })], [], 2],
  ['what was launched for a job that has another',  [runner('idle', 3, { warm: undefined as never, for: 7 as JobId, repository: 'acme/app' })], [3], 1],
  ['the same, a while later: another is made',      [runner('idle', 21, { warm: LEFT }), runner('idle', 1)], [1, 21], 1],
  ['the same, before its machine ends by itself',   [runner('idle', 26, { warm: LEFT }), runner('idle', 1)], [1], 1],
])('%s', (_, free, keptAges, wanting) => {
  const plan = planWarm(pools, free, { entries: free, config, version: '1', nowMs: NOW_MS, short: NOTHING });
  const ages = free.filter(({ name }) => plan.kept.has(name)).map(({ createdAtMs }) => (NOW_MS - createdAtMs) / MINUTE_MS);
  expect(ages.toSorted((a, b) => a - b)).toEqual(keptAges);
  expect(plan.wanting.reduce((sum, { count }) => sum + count, 0)).toBe(wanting);
});

const walks = [{} as Candidate];
const unclear = () => runner('launching', 9, { walks });
const going = (some: Partial<RunnerEntry> = {}) => runner('retiring', 9, { instanceId: 'i-1', ...some });

// biome-ignore format: a table reads best as a table.
test.each<[what: string, others: readonly RunnerEntry[], wanting: number]>([
  ['two that are unclear',                        [unclear(), unclear()], 2],
  ['three',                                       [unclear(), unclear(), unclear()], 1],
  ['three, and one that goes without a job',      [unclear(), unclear(), unclear(), going()], 0],
  ['three that a look calls gone',                [1, 2, 3].map(() => runner('booting', 9, { instanceId: 'i-1' })), 1],
  ['many that wait by a person’s order',          [1, 2, 3, 4, 5].map(() => runner('idle', 9, { instanceId: 'i-1', waitsUntilMs: NOW_MS + 1 })), 2],
  ['many that go after a job',                    [1, 2, 3, 4, 5].map(() => going({ takenAtMs: NOW_MS })), 2],
  ['many that are another pool’s',                [1, 2, 3, 4, 5].map(() => going({ repository: 'beta/*' })), 2],
  ['many that asked for no machine',              [1, 2, 3, 4, 5].map(() => runner('launching', 9)), 2],
])('beside %s, a pool of two makes as many as leave it two too many at most', (_, entries, wanting) => {
  const plan = planWarm(pools, [], { entries, config, version: '1', nowMs: NOW_MS, short: NOTHING });
  expect(plan.wanting.reduce((sum, { count }) => sum + count, 0)).toBe(wanting);
});

test('two pools with the same labels keep as many as both together, and none is counted twice', () => {
  const both = configOf({
    warm: [
      { labels: ['arm64'], hot: 1 },
      { labels: ['ARM64'], hot: 2 },
    ],
  });
  const free = [runner('idle', 1), runner('idle', 2)];
  const plan = planWarm(poolsAt(both, NOW_MS), free, {
    entries: free,
    config: both,
    version: '1',
    nowMs: NOW_MS,
    short: NOTHING,
  });
  expect(plan.kept.size).toBe(2);
  expect(plan.wanting.map(({ count }) => count)).toEqual([1]);
});

test('where jobs wait and all slots are in use, as many give way, stopped ones first', () => {
  const all = configOf({
    warm: [
      { labels: ['arm64'], hot: 2 },
      { labels: ['arm64', '4cpu'], hot: 3, stopped: 1 },
    ],
  });
  const standing = poolsAt(all, NOW_MS);
  const keptAfter = (slots: number, money = 0, leaving = 0, lacking = 0) =>
    yielding(standing, { slots, money }, ({ count }) => Math.max(0, count - lacking), leaving).map(
      ({ count }) => count,
    );
  expect([0, 1, 2, 4, 9].map((slots) => keptAfter(slots))).toEqual([
    [2, 3, 1],
    [2, 3, 0],
    [1, 3, 0],
    [0, 2, 0],
    [0, 0, 0],
  ]);
  expect(keptAfter(2, 0, 1), 'one is on its way out').toEqual([2, 3, 0]);
  expect(keptAfter(1, 0, 0, 1), 'those that each pool lacks make no room').toEqual([0, 2, 0]);
  expect(keptAfter(0, 1), 'what is stopped costs no money of the hour').toEqual([1, 3, 1]);
  expect(keptAfter(0, 2, 1), 'one is on its way out').toEqual([1, 3, 1]);
  expect(keptAfter(2, 1), 'the same one is good for both').toEqual([1, 3, 0]);
});

test('where nothing that lives costs anything, no money is short that a pool could give', () => {
  const bounded = configOf({ warm: [{ labels: ['arm64'], hot: 2 }], limits: { spendPerHour: 1 } });
  const because = 'machines that live cost as much as limits.spendPerHour allows (1.00)';
  const waits = [1, 2].map((id) =>
    build.jobEntry(id, { because, cost: { perHour: 900_000, forDay: 900_000 } }),
  );
  const view = { slots: [], total: 0, days: {} } as unknown as CapacityView;
  expect(shortIn(view, [], waits, bounded, NOW_MS)).toEqual({ slots: 0, money: 0 });
});

test('what was given up and is asked for again within the minute has another name: a name is good for one launch', async () => {
  const { world, pass } = openReaper({ config: { warm: [{ labels: ['arm64'], hot: 1 }] } });
  const asked: string[] = [];
  const queue = { launch: async (event: object) => void asked.push((event as { runner: string }).runner) };
  const wanting = poolsAt(world.config, world.clock.nowMs()).map((pool) => ({
    pool,
    count: 1,
    stamp: 'stamp',
  }));
  const seen = { runners: [], ledgerComplete: true } as never;
  const refill = () =>
    refillPools(
      { wanting, spent: [] },
      seen,
      { uncovered: [], mayStart: () => true, because: null },
      { ...world, queue },
    );
  await refill();
  for (const held of (await world.ledger.runners.list(9)).things)
    await world.ledger.runners.remove(held.entry.name, held);
  await pass(SWEEP_APART_MS);
  await refill();
  expect(asked).toHaveLength(2);
  expect(new Set(asked).size).toBe(2);
});

test('a job of a public repository takes none that waits: in an organisation those are in a group that does not serve it', () => {
  const waits = runner('idle', 1, { labels: ['self-hosted', 'aliyun', 'arm64'] });
  const job = build.job(1, { repository: 'acme/kernel', labels: ['self-hosted', 'aliyun', 'arm64'] });
  expect(isFree(waits, job, config)).toBe(true);
  expect(isFree(waits, { ...job, isPublic: true }, config)).toBe(false);
});
