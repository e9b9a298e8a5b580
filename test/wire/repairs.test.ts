/** What crashes, losses and cancellations leave behind, repaired by the deployed bundles over the wire protocols. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REPOSITORY } from '../../cli/start/demo.ts';
import { leftovers } from '../../cli/start/leftovers.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import { LEASE_MS } from '../../shared/limits.ts';
import { build } from '../shared/ledger/builders.ts';
import { bundlesFor } from './bundles.ts';
import { firstRunnerOf, forget } from './failures.ts';
import { configWith, type Harness, MINUTE_MS, once, openHarness, unseen } from './harness.ts';

const config = configWith();
let booted = 0;
let queued = 0;

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness(config, {
    ...{ scale: 35, seed: 5, bundles: await bundlesFor(config) },
    boots: { hangs: () => ++booted === 1, bootDeadlineMs: MINUTE_MS, bootMs: [20_000, 40_000] },
    github: {
      // The last of the four jobs is never told, and GitHub's log does not know.
      deliveryFaults: (_, action) =>
        action === 'queued' && ++queued === 4 ? { kind: 'lose', isLogged: false } : null,
    },
  });
});
afterAll(() => harness.world.close());

/** What crashes leave behind: an entry whose launcher died, and slots without entry. */
async function leaveBehind(nowMs: number, ledger: Ledger): Promise<void> {
  const dead = build.runnerEntry('900-1', {
    leaseUntilMs: nowMs - 1,
    runnerId: 4711,
    repository: REPOSITORY,
  });
  await ledger.runners.add(dead.name, dead);
  for (const name of [dead.name, build.runnerName('901-1')])
    await ledger.capacity.take({ ...build.slot('x'), name }, build.limits(), nowMs - LEASE_MS);
}

test('what crashes, losses, cancellations and dead boots leave is repaired by the deployed sweep', async () => {
  const { world, ledger, lines } = harness;
  await leaveBehind(world.clock.nowMs(), ledger);
  const deadBoot = harness.play('dead-boot', 'arm64 4cpu', 0.5);
  const forgotten = harness.play('forgotten', 'arm64 4cpu', 4);
  const cancelled = harness.play('cancelled', 'arm64 4cpu', 0.5);
  const untold = harness.play('untold', 'arm64 4cpu', 0.5);
  const isRegistered = () => world.github.runners().some(({ name }) => name === firstRunnerOf(cancelled));
  await once('its runner is coming', isRegistered);
  world.github.cancelJob(cancelled);
  await forget(harness, forgotten);

  const jobs = [deadBoot, forgotten, cancelled, untold];
  await once('all jobs are over', () => jobs.every(({ status }) => status === 'completed'));
  await once('nothing is left', async () => (await leftovers(world)).length === 0);
  expect(cancelled).toMatchObject({ conclusion: 'cancelled', runner: null });
  const others = jobs.filter((job) => job !== cancelled);
  expect(others.map(({ conclusion }) => conclusion)).toEqual(['success', 'success', 'success']);

  const events = new Set(lines.map(({ event }) => event));
  expect([...events]).toEqual(expect.arrayContaining(['job.found', 'slot.dropped']));
  expect(harness.didTo(build.runnerName('900-1'), 'close')).toBe(true);
  expect(harness.didTo(forgotten.runner?.name ?? '', 'adopt')).toBe(true);
  expect(unseen('repairs', harness)).toEqual([]);
});
