/** An instance that we did not make cannot be deleted by any path, whatever tags it has. */
import { describe, expect, test } from 'vitest';
import { whyNotOurs } from '../../../../functions/reaper/own-instance.ts';
import type { Instance, RunnerName } from '../../../../shared/nouns.ts';
import { MINUTE_MS, OURS, open, queue } from '../../../cli/explain/fixture.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { addStranger, type Stranger } from '../../../world/strangers.ts';
import { machine } from '../repair/diagnose-rows.ts';

const HOUR_MS = 3_600_000;
const NAME = 'ci-runner-arm64-spot-900-1';

const STRANGERS: readonly (readonly [what: string, stranger: Stranger, because: RegExp])[] = [
  ['with no name tag', { name: 'prod-database', taggedAs: undefined }, /names no runner/],
  ['with a name tag of any kind', { name: 'prod-database', taggedAs: 'anything' }, /names no runner/],
  [
    'whose tag names a runner, and its own name does not',
    { name: 'prod-database', taggedAs: NAME },
    /its own name/,
  ],
  ['that only lacks a release time', { name: NAME, taggedAs: NAME }, /no release time/],
];

test.each(STRANGERS)('a machine %s is told once a day, and lives on', async (_what, stranger, because) => {
  const alerts: string[] = [];
  const world = await open({ post: async (text) => void alerts.push(text) });
  const id = addStranger(world.ecs.call, stranger);
  await world.pass(2 * HOUR_MS);
  expect(world.ecs.alive().map((each) => each.id)).toEqual([id]);
  expect(world.ecs.calls.get('DeleteInstance')).toBeUndefined();
  expect((await world.adapters().ledger.runners.list(10)).things).toEqual([]);
  expect(alerts).toEqual([expect.stringMatching(because)]);
  expect(alerts[0]).toContain(id);
  world.fc.close();
});

test.each([
  ['while it runs', 'success'],
  ['and it fails', 'failure'],
])('nor is one that bears the name of a runner of ours %s', async (_what, conclusion) => {
  const world = await open({ boots: { failures: conclusion === 'failure' ? 1 : 0 } });
  const job = queue(world, OURS, { durationMs: 10 * MINUTE_MS });
  await world.until(() => world.ecs.alive().length === 1, MINUTE_MS);
  const [own] = world.ecs.alive();
  const id = addStranger(world.ecs.call, { name: 'prod-database', taggedAs: own?.name ?? '' });
  expect(await world.until(() => job.status === 'completed', 30 * MINUTE_MS)).toBe(true);
  expect(job.conclusion).toBe(conclusion);
  await world.pass(10 * MINUTE_MS);
  expect(world.ecs.alive().map((each) => each.id)).toEqual([id]);
  const { ledger } = world.adapters();
  expect((await ledger.runners.list(10)).things).toEqual([]);
  expect((await ledger.capacity.view()).total).toBe(0);
  world.fc.close();
});

test('nor by an entry whose launch came to nothing, or that 0.1 adopted', async () => {
  const world = await open();
  const id = addStranger(world.ecs.call, { name: 'prod-database', taggedAs: NAME });
  const other = addStranger(world.ecs.call, { name: 'prod-queue', taggedAs: 'anything' });
  const { ledger } = world.adapters();
  const nowMs = world.clock.nowMs();
  const common = {
    createdAtMs: nowMs,
    stateAtMs: nowMs,
    for: null,
    repository: 'acme/app',
    installationId: null,
  };
  const lost = build.runnerEntry('900-1', { ...common, leaseUntilMs: nowMs - 1 });
  await ledger.runners.add(lost.name, lost);
  const adopted = (name: string, instanceId: string) => ({
    ...build.runnerEntry('901-1', {
      ...common,
      state: 'booting',
      leaseUntilMs: 0,
      instanceId,
      region: 'cn-hangzhou',
    }),
    name: name as RunnerName,
  });
  for (const entry of [adopted('anything', other), adopted('ci-runner-arm64-spot-902-1', id)])
    await ledger.runners.add(entry.name, entry);
  await world.pass(HOUR_MS);
  expect(world.ecs.alive().map((each) => each.id)).toEqual([id, other]);
  expect(world.ecs.calls.get('DeleteInstance')).toBeUndefined();
  world.fc.close();
});

describe('an instance is ours', () => {
  const networks = new Set(['sg-cn-hangzhou', 'vsw-cn-hangzhou-h']);
  const name = build.runnerName('1-1');
  const whole = machine({ name, tags: { 'ci-runner-name': name } });
  const entry = build.runnerEntry('1-1', { instanceId: whole.id });
  const why = (some: Partial<Instance>, of: typeof entry | null = null) =>
    whyNotOurs({ ...whole, ...some }, of, networks, 'ci');

  test('by its whole shape', () => {
    expect(why({})).toBeNull();
    expect(why({ name: 'prod-database' })).toMatch(/its own name/);
    expect(why({ releaseAtMs: null })).toMatch(/no release time/);
    expect(why({ securityGroupIds: ['sg-other'] })).toMatch(/security group/);
    expect(why({ vSwitchId: 'vsw-other' })).toMatch(/vSwitch/);
    expect(why({ tags: { 'ci-runner-name': 'ci-runner-mac' } })).toMatch(/names no runner/);
  });

  test('by the id that its launch was answered, whatever people changed since', () => {
    expect(why({ name: 'debugging', securityGroupIds: ['sg-other'] }, entry)).toBeNull();
    expect(why({ name: 'debugging' }, { ...entry, instanceId: 'i-2' })).not.toBeNull();
    expect(why({ name: 'debugging' }, { ...entry, leaseUntilMs: 0 })).not.toBeNull();
    expect(why({ name: 'debugging', tags: {} }, entry)).not.toBeNull();
  });
});

test('what was made in a placement that was taken away since is still ours', async () => {
  const world = await open();
  await world.pass(2 * MINUTE_MS);
  const job = queue(world, OURS, { durationMs: 5 * MINUTE_MS });
  await world.until(() => job.status === 'in_progress', 10 * MINUTE_MS);
  const { ledger } = world.adapters();
  for (const { entry, rev } of (await ledger.runners.list(10)).things)
    await ledger.runners.remove(entry.name, { entry, rev });
  const [placement] = world.state.config.placements;
  if (placement === undefined) throw new Error('there is no placement');
  const moved = { ...placement, securityGroup: 'sg-new', zones: { k: 'vsw-new' } };
  world.state.config = { ...world.state.config, placements: [moved] };
  expect(await world.until(() => job.status === 'completed', 20 * MINUTE_MS)).toBe(true);
  await world.pass(8 * MINUTE_MS);
  expect(world.ecs.alive()).toEqual([]);
  world.fc.close();
});
