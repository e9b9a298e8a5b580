/** A machine that is gone under its job: what is run again, and what had ended by itself. */
import { expect, test } from 'vitest';
import { act } from '../../../../functions/reaper/repair/act.ts';
import { keepSeen } from '../../../../functions/reaper/repair/seen.ts';
import { verdict } from '../../../../functions/reaper/repair/verdict.ts';
import { gatherEvidence } from '../../../../functions/reaper/survey/evidence.ts';
import type { Observation } from '../../../../functions/reaper/survey/observe.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import { RECORD_ASKS_MAX } from '../../../../shared/limits.ts';
import type { Instance, JobId, JobRecord } from '../../../../shared/nouns.ts';
import { build, held } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper, record } from '../fixture.ts';
import { machine } from './diagnose-rows.ts';

const job = build.job(1);
const name = build.runnerName('1-1');
const RUNS_ON_IT = {
  state: 'busy',
  busyWith: 1 as JobId,
  runnerId: 9,
  instanceId: 'i-1',
  region: 'cn-hangzhou',
} as const;

/** The ledger has the job on the runner, and the cloud does not know its machine. */
async function gone(entry: Partial<RunnerEntry>, answer: () => JobRecord | null) {
  const each = openReaper({
    github: { job: async () => answer() },
    instances: { find: async () => [], terminate: async () => 'gone' as const },
  });
  const { world } = each;
  await world.ledger.runners.add(name, build.runnerEntry('1-1', { ...RUNS_ON_IT, ...entry }));
  await world.ledger.jobs.add(job.id, build.jobEntry(1, { startedOn: name, startedAtMs: START_MS }));
  const meet = async (kind: 'retire' | 'close' | 'keep', instances: readonly Instance[] = []) => {
    const observation: Observation = {
      name,
      held: held(await world.ledger.runners.read(name)),
      instances,
      registration: null,
      isGone: instances.length === 0,
      waiting: null,
      isJobOpen: true,
      bootMaxMs: 0,
    };
    const because = verdict(kind, 'its machine is gone while its job ran');
    await act(await keepSeen(observation, world), because, gatherEvidence(START_MS, world), world);
  };
  return { ...each, meet };
}

const rerunIn = async ({ world }: Awaited<ReturnType<typeof gone>>) =>
  (await world.ledger.reruns.read(job.runId))?.entry.interrupted ?? [];
const runnerIn = async ({ world }: Awaited<ReturnType<typeof gone>>) =>
  (await world.ledger.runners.read(name))?.entry;

test('a job that GitHub shows as running is run again', async () => {
  const each = await gone({}, () => record(1));
  await each.meet('retire');
  expect(await rerunIn(each)).toEqual([1]);
  expect(await runnerIn(each)).toMatchObject({ state: 'retiring', isInterrupted: true });
});

test('a job that failed by itself, unheard, has ended and is not run again', async () => {
  const failed = { status: 'completed', conclusion: 'failure', runner: { id: 9, name } } as const;
  const each = await gone({}, () => record(1, { ...failed, completedAtMs: START_MS }));
  await each.meet('retire');
  expect(await rerunIn(each)).toEqual([]);
  expect(await each.world.ledger.jobs.read(job.id)).toBeNull();
  expect(await each.world.ledger.history.read(job.createdAtMs, job.id)).toMatchObject({ outcome: 'failure' });
  expect(await runnerIn(each)).toMatchObject({ state: 'retiring', isInterrupted: false, ran: { id: 1 } });
});

test('a job that ended on another runner frees this one, uninterrupted', async () => {
  const elsewhere = { id: 8, name: 'another' };
  const each = await gone({}, () =>
    record(1, { status: 'completed', conclusion: 'failure', runner: elsewhere }),
  );
  await each.meet('retire');
  expect(await rerunIn(each)).toEqual([]);
  expect(await runnerIn(each)).toMatchObject({ state: 'retiring', isInterrupted: false });
});

test('nothing is decided while its record cannot be had, and not for ever', async () => {
  const each = await gone({}, () => {
    throw new Error('GitHub answered 502');
  });
  for (let sweep = 0; sweep < RECORD_ASKS_MAX; sweep++) await each.meet('retire');
  expect(await runnerIn(each)).toMatchObject({ state: 'busy' });
  await each.meet('retire');
  expect(await runnerIn(each)).toMatchObject({ state: 'retiring', isInterrupted: true });
  expect(await rerunIn(each)).toEqual([1]);
});

test('what a crash left unnoted is noted when the runner is closed, and once', async () => {
  const each = await gone({ state: 'retiring', isInterrupted: true, absentLooks: 1 }, () => null);
  await each.meet('close');
  expect(await runnerIn(each)).toBeUndefined();
  expect(await rerunIn(each)).toEqual([1]);
});

test('a runner that was not interrupted is closed without a re-run', async () => {
  const each = await gone({ state: 'retiring', absentLooks: 1 }, () => null);
  await each.meet('close');
  expect(await runnerIn(each)).toBeUndefined();
  expect(await rerunIn(each)).toEqual([]);
});

test('a machine that was seen again in between was not gone: what was counted before counts no more', async () => {
  const each = await gone({ state: 'retiring' }, () => null);
  await each.meet('close');
  expect(await runnerIn(each)).toMatchObject({ absentLooks: 1 });
  await each.meet('keep', [machine()]);
  await each.meet('close');
  expect(await runnerIn(each)).toMatchObject({ state: 'retiring', absentLooks: 1 });
  await each.meet('close');
  expect(await runnerIn(each)).toBeUndefined();
});

test('a job that a stranger’s runner of the same name runs says nothing of ours', async () => {
  const idle = { state: 'idle', busyWith: null, for: job.id } as const;
  const stranger = await gone(idle, () => record(1, { status: 'in_progress', runner: { id: 8, name } }));
  await stranger.meet('retire');
  expect(await runnerIn(stranger)).toMatchObject({ state: 'retiring' });
  const own = await gone(idle, () => record(1, { status: 'in_progress', runner: { id: 9, name } }));
  await own.meet('retire');
  expect(await runnerIn(own), 'the next sweep sees it as interrupted').toMatchObject({ state: 'busy' });
});
