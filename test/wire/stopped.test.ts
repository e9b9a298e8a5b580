/** A runner that is kept stopped, over the wire protocols: prepared, stopped, started for a job, made anew. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { amend } from '../../shared/ledger/amend.ts';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import { bundlesFor } from './bundles.ts';
import { configWith, type Harness, once, openHarness, unseen } from './harness.ts';

const POOL = { labels: ['arm64', '4cpu'], hot: 0, stopped: 1, when: null, repositories: null };
const config = { ...configWith(), warm: [{ ...POOL, timeZone: 'Asia/Shanghai' }] };
/** The first that it is made of has no economical mode. */
const billing = new Set<string>();

let harness: Harness;
beforeAll(async () => {
  const economicalMode = (type: string) => !(billing.size === 0 ? billing.add(type) : billing).has(type);
  harness = await openHarness(config, {
    ...{ scale: 28, seed: 5, bundles: await bundlesFor(config) },
    ...{ boots: { bootMs: [20_000, 40_000] }, ecs: { ways: { economicalMode } } },
  });
});
afterAll(() => harness.world.close());

async function standing(): Promise<RunnerEntry | undefined> {
  const { things } = await harness.ledger.runners.list(100);
  return things.map(({ entry }) => entry).find(({ standby }) => standby === 'stopped');
}

test('a job has the stopped runner; one that a person marks goes, and what bills on is given up', async () => {
  const { world, ledger, lines, play, didTo } = harness;
  await once('one stands stopped', async () => (await standing()) !== undefined);
  const first = (await standing()) as RunnerEntry;
  expect(billing).not.toContain(first.candidate?.instanceType);
  const job = play('started', 'arm64 4cpu', 1);
  await once('its job is over', () => job.status === 'completed');
  expect([job.conclusion, job.runner?.name]).toEqual(['success', first.name]);
  await once(
    'another stands stopped',
    async () => ![undefined, first.name].includes((await standing())?.name),
  );
  const second = (await standing()) as RunnerEntry;
  await amend(ledger.runners, second.name, (entry) => ({ ...entry, isUnwanted: true }));
  await once('it is gone', async () => (await ledger.runners.read(second.name)) === null);
  expect(didTo(second.name, 'dismiss')).toBe(true);
  expect(world.ecs.calls.get('StartInstance')).toBe(1);
  expect(lines.filter(({ event }) => event === 'alert.failed')).toEqual([]);
  expect(unseen('stopped', harness)).toEqual([]);
});
