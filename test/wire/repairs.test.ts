/** Disagreements of every representative kind at once, repaired by the deployed bundles over the wire protocols. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { leftovers } from '../../cli/start/leftovers.ts';
import { mirrorRunner } from '../../cli/start/mirror.ts';
import { jobPlan, REPOSITORY, setScene } from '../../cli/start/scene.ts';
import { ledgerOn } from '../../shared/adapters/tablestore-ledger.ts';
import { parseYaml } from '../../shared/config-parse.ts';
import type { Ledger } from '../../shared/ledger.ts';
import type { RunnerName } from '../../shared/nouns.ts';
import { type Loopback, openLoopback } from '../../simulator/loopback.ts';
import { tableOf } from '../../simulator/tablestore/index.ts';
import { made } from '../ledger/made.ts';
import { bundlesFor } from './bundles.ts';

const parsed = parseYaml(readFileSync(join(import.meta.dirname, '../../simulator/runners.yaml'), 'utf8'));
if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join('\n'));
const { config } = parsed;
let bundles = '';
beforeAll(async () => {
  bundles = await bundlesFor(config);
}, 60_000);

const MINUTE_MS = 60_000;
const REAL_MAX_MS = 90_000;

async function until(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const beganMs = Date.now();
  while (Date.now() - beganMs < REAL_MAX_MS) {
    if (await holds()) return true;
    await setTimeout(50);
  }
  return false;
}

function ledgerOf({ store }: Loopback): Ledger {
  let token = 0;
  const tables = { ledger: tableOf(store, 'ledger'), history: tableOf(store, 'history') };
  return ledgerOn(tables, () => `test-${++token}`);
}

/** What crashes leave behind: an entry whose launcher died, and slots without entry. */
async function leaveBehind(world: Loopback, ledger: Ledger): Promise<void> {
  const nowMs = world.clock.nowMs();
  const dead = made.runnerEntry('900-1', { leaseUntilMs: nowMs - 1, runnerId: 4711, repository: REPOSITORY });
  await ledger.runners.add(dead.name, dead);
  for (const name of [dead.name, made.runnerName('901-1')])
    await ledger.capacity.take({ ...made.wish('x'), name }, made.limits(), nowMs);
}

async function forget(name: string, { runners }: Ledger): Promise<void> {
  const held = await runners.read(name as RunnerName);
  if (held !== null) await runners.remove(name as RunnerName, held);
}

test('what crashes, losses, cancellations and dead boots leave is repaired by the deployed sweep', {
  timeout: 200_000,
}, async () => {
  const acts = new Set<string>();
  const onLine = (_: string, line: string) => {
    const verdict = /"event":"(?:reap\.acted|job\.found|slot\.dropped)".*/.exec(line)?.[0] ?? '';
    acts.add(/"verdict":"([\w-]+)"/.exec(verdict)?.[1] ?? /"event":"([\w.]+)"/.exec(verdict)?.[1] ?? '');
  };
  let booted = 0;
  let queued = 0;
  const { name: deployment, placements } = config;
  const world = await openLoopback({
    ...{ scale: 35, seed: 5, bundles, deployment, placements, onLine },
    boots: { hangs: () => ++booted === 1, bootDeadlineMs: MINUTE_MS, bootMs: [20_000, 40_000] },
    github: {
      // The last of the four jobs is never told, and GitHub's log does not know.
      deliveryFaults: (_, action) =>
        action === 'queued' && ++queued === 4 ? { kind: 'lose', isLogged: false } : null,
    },
  });
  try {
    setScene(world.github, deployment);
    await mirrorRunner(world, deployment);
    const ledger = ledgerOf(world);
    await leaveBehind(world, ledger);
    const plans = ['dead-boot', 'forgotten', 'cancelled', 'untold'].map((name) =>
      jobPlan(name, ['arm64', '4cpu'], name === 'forgotten' ? 4 * MINUTE_MS : 30_000),
    );
    const jobs = plans.flatMap((plan) => [
      ...world.github.jobsOf(world.github.queueRun({ repository: REPOSITORY, jobs: [plan] })),
    ]);
    const [, forgotten, cancelled] = jobs;
    expect(await until(() => forgotten?.status === 'in_progress')).toBe(true);
    if (cancelled?.status === 'queued') world.github.cancelJob(cancelled);
    await forget(forgotten?.runner?.name ?? '', ledger);
    const isOver = async () =>
      jobs.every(({ status }) => status === 'completed') && (await leftovers(world)).length === 0;
    await until(isOver);
    expect(await leftovers(world)).toEqual([]);
    expect(jobs.filter((job) => job !== cancelled).map(({ conclusion }) => conclusion)).toEqual([
      'success',
      'success',
      'success',
    ]);
  } finally {
    await world.close();
  }
  const expected = ['adopt', 'remove', 'look-again', 'close', 'retire', 'job.found', 'slot.dropped'];
  expect([...acts]).toEqual(expect.arrayContaining(expected));
});
