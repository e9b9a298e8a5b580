/** A launch whose lease ends between two sweeps may have made a machine: no second one is launched beside it before a sweep has looked. */
import { expect, test } from 'vitest';
import { type Started, startLater } from '../../../../../functions/reaper/rounds/due.ts';
import type { RunnerEntry } from '../../../../../shared/ledger/entries.ts';
import { TAG } from '../../../../../shared/names.ts';
import { build } from '../../../../shared/ledger/builders.ts';
import { START_MS } from '../../../../world/in-process.ts';
import { openReaper } from '../../fixture.ts';
import { machine } from '../../repair/diagnose-rows.ts';

const LOT_MS = 5_000;

/** Jobs that are started in the lots after a sweep; the first has this runner. `isSeen`: the sweep saw its machine. */
async function launchedBeside(some: Partial<RunnerEntry>, isSeen = false): Promise<readonly number[]> {
  const { world: bare, launched } = openReaper({ config: { limits: { runners: 10 } } });
  let nowMs = START_MS;
  const pause = async (ms: number) => {
    nowMs += ms;
  };
  const world = { ...bare, clock: { nowMs: () => nowMs }, pause };
  const name = build.runnerName('1-1');
  const entry = { for: build.job(1).id, runnerId: 7, leaseUntilMs: START_MS, ...some };
  await world.ledger.runners.add(name, build.runnerEntry('1-1', entry));
  await world.ledger.jobs.add(build.job(1).id, build.jobEntry(1, { nextTryAtMs: START_MS + 2 * LOT_MS }));
  const none = { count: 0, started: [], scarce: new Set<string>(), isWaiting: false };
  // Each lot says that another may have room.
  for (let lot = 0; lot < 4; lot++) {
    const first: Started = { ...none, isPaced: true, atMs: nowMs };
    const instances = isSeen ? [machine({ tags: { [TAG.name]: name } })] : [];
    const seen = { runners: [], instances, atMs: START_MS };
    await startLater({ uncovered: [], mayStart: () => true, because: null }, first, seen, nowMs, world);
  }
  return [...new Set(launched)];
}

test('one that was under lease when the sweep looked is the next sweep’s', async () => {
  expect(await launchedBeside({ leaseUntilMs: START_MS + LOT_MS })).toEqual([]);
});

test('one that had ended before is launched for, unless the sweep saw its machine', async () => {
  expect(await launchedBeside({ leaseUntilMs: START_MS - 1 })).toEqual([1]);
  expect(await launchedBeside({ leaseUntilMs: START_MS - 1 }, true)).toEqual([]);
});

test('what nobody wants, or was taken off GitHub, comes for nobody', async () => {
  const leaseUntilMs = START_MS + LOT_MS;
  expect(await launchedBeside({ leaseUntilMs, isUnwanted: true })).toEqual([1]);
  expect(await launchedBeside({ leaseUntilMs, removedAtMs: START_MS - 1 })).toEqual([1]);
});

test('what a sweep itself took off GitHub is charged by the next, and launched for after that', async () => {
  const idle = { state: 'idle', onlineAtMs: START_MS - 300_000, instanceId: 'i-1' } as const;
  expect(await launchedBeside({ ...idle, removedAtMs: START_MS + 1 })).toEqual([]);
  expect(await launchedBeside({ ...idle, removedAtMs: START_MS + 1, for: null })).toEqual([1]);
});
