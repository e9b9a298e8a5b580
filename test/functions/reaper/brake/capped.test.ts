/** A job whose runners were of no use is only looked at, and tried with one when something may have changed. */
import { expect, test } from 'vitest';
import { heardBy } from '../../../../functions/launcher/entries.ts';
import { openJob } from '../../../../functions/launcher/open.ts';
import type { LauncherWorld } from '../../../../functions/launcher/world.ts';
import { brake } from '../../../../functions/reaper/brake/brake.ts';
import { charged, triedOnChange } from '../../../../functions/reaper/brake/charge.ts';
import { circumstancesNow } from '../../../../functions/reaper/brake/circumstances.ts';
import { reap } from '../../../../functions/reaper/reap.ts';
import { takeRecord } from '../../../../functions/reaper/rounds/take-record.ts';
import type { Survey } from '../../../../functions/reaper/survey/survey.ts';
import type { JobEntry } from '../../../../shared/ledger/entries.ts';
import type { JobId } from '../../../../shared/nouns.ts';
import { ASK_FOR_COPIES } from '../../../../shared/runner/copies.ts';
import { build, held } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { completeList, openReaper, QUIET, record } from '../fixture.ts';

const MINUTE_MS = 60_000;
const ago = (minutes: number) => START_MS - minutes * MINUTE_MS;
const waste = (at: number) => ({
  ...{ runner: build.runnerName(`1-${at}`), ending: 'given nothing' as const },
});
const capped = (lastAtMs: number, some: Partial<JobEntry> = {}): JobEntry =>
  build.jobEntry(1, {
    ...{ obstacle: 'cap', cappedUnder: 'abc', wasted: 5, nextTryAtMs: START_MS + 60 * 60 * MINUTE_MS },
    wastes: [1, 2, 3, 4, 5].map((at) => ({ ...waste(at), atMs: lastAtMs - 5 + at })),
    ...some,
  });
const terms = { nowMs: START_MS, isBraked: false, circumstances: 'abc', mayLeaveSpot: true };

// biome-ignore format: a table reads best as a table.
test.each([
  ['its run changed after its last runner',         triedOnChange(capped(ago(20)), ago(10), START_MS), true],
  ['its run changed just after its last runner',    triedOnChange(capped(ago(10)), ago(9), START_MS), false],
  ['its run has not changed since',                 triedOnChange(capped(ago(20)), ago(30), START_MS), false],
  ['nobody says when its run changed',              triedOnChange(capped(ago(20)), null, START_MS), false],
] as const)('%s: tried %s', (_, next, isTried) => {
  expect(next !== undefined).toBe(isTried);
  if (next === undefined) return;
  expect(next).toMatchObject({ obstacle: 'waste', nextTryAtMs: START_MS, wasted: 5 });
  // With one: should it be of no use, too, the job is only looked at again.
  const after = charged(next, { runner: build.runnerEntry('1-9'), ending: 'given nothing' }, terms);
  expect(after).toMatchObject({ obstacle: 'cap', wasted: 6 });
});

async function taking(
  entry: JobEntry,
  status: 'pending' | 'queued' | 'waiting',
  runChangedAtMs: number | null = null,
  others: readonly JobEntry[] = [],
) {
  const { world, launched } = openReaper();
  const { jobs } = world.ledger;
  await jobs.add(1 as JobId, entry);
  const seen = { ...record(1, { status }), runChangedAtMs };
  await takeRecord(
    seen,
    held(await jobs.read(1 as JobId)),
    world,
    others.map((each) => ({ entry: each, rev: 'r' })),
  );
  return { now: (await jobs.read(1 as JobId))?.entry, launched };
}

test('a job that GitHub calls pending is held, whatever runs, and due when GitHub calls it queued', async () => {
  const pending = await taking(build.jobEntry(1), 'pending');
  expect(pending.now).toMatchObject({ held: { by: 'record' }, because: expect.stringMatching(/pending/) });
  const { now, launched } = await taking(pending.now as JobEntry, 'queued');
  expect(now).toMatchObject({ held: null, nextTryAtMs: START_MS });
  expect(launched).toEqual([1]);
});

test('so is one that waits for a reviewer, though others of its name run', async () => {
  const other = build.jobEntry(2, { startedOn: 'r', job: build.job(2, { name: build.job(1).name }) });
  const { now } = await taking(build.jobEntry(1), 'waiting', null, [other]);
  expect(now).toMatchObject({ held: { by: 'record' }, because: expect.stringMatching(/environment/) });
  expect((await taking(now as JobEntry, 'queued')).launched).toEqual([1]);
});

test('what GitHub calls pending while one of its name runs is told by that one’s end', async () => {
  const entry = build.jobEntry(1);
  const other = build.jobEntry(2, { startedOn: 'r', job: build.job(2, { name: entry.job.name }) });
  expect((await taking(entry, 'pending', null, [other])).now?.held ?? null).toBeNull();
});

test('what GitHub calls queued, and was seen to be held by its run, stays so', async () => {
  const entry = build.jobEntry(1, { held: { by: 'run', width: 2, sinceMs: ago(5) } });
  expect((await taking(entry, 'queued')).now).toEqual(entry);
});

test.each([
  ['another delivery', 'd-2', 'waste'],
  ['the same delivery again', 'd-1', 'cap'],
])('GitHub says queued of a job that is only looked at, by %s', async (_, delivery, obstacle) => {
  const { world } = openReaper();
  const { ledger, clock } = world;
  const trail = [{ atMs: ago(99), text: heardBy('d-1') }];
  await ledger.jobs.add(1 as JobId, capped(ago(20), { trail }));
  const event = { kind: 'queued', job: build.job(1), delivery } as const;
  expect(
    await openJob(event, { hours: Promise.resolve(new Map()) }, { ledger, clock } as LauncherWorld),
  ).toBe('known');
  expect((await ledger.jobs.read(1 as JobId))?.entry.obstacle).toBe(obstacle);
});

test.each([
  ['its record', 'record', null],
  ['its run', 'run', 'run'],
] as const)('GitHub says queued of a job that was held by %s', async (_, by, left) => {
  const { world } = openReaper();
  const { ledger, clock } = world;
  await ledger.jobs.add(1 as JobId, build.jobEntry(1, { held: { by, width: 0, sinceMs: ago(5) } }));
  const event = { kind: 'queued', job: build.job(1), delivery: 'the reviewer’s word' } as const;
  await openJob(event, { hours: Promise.resolve(new Map()) }, { ledger, clock } as LauncherWorld);
  expect((await ledger.jobs.read(1 as JobId))?.entry.held?.by ?? null).toBe(left);
});

test('a job that is only looked at is tried when its run has changed', async () => {
  expect((await taking(capped(ago(20)), 'queued', ago(1))).now?.obstacle).toBe('waste');
  expect((await taking(capped(ago(20)), 'queued', ago(30))).now?.obstacle).toBe('cap');
});

test('that somebody deploys lets it go, though nothing that we read has changed', async () => {
  const { world, pass } = openReaper({ ...QUIET, instances: { list: async () => completeList() } });
  const { jobs } = world.ledger;
  const nothing = { spent: [], coming: [] };
  const braked = async () => {
    const uncovered = (await jobs.list(9)).things;
    const seen = { runners: [], jobs: uncovered } as unknown as Survey;
    await brake(seen, { ...nothing, uncovered }, world.clock.nowMs() + MINUTE_MS, world);
    return (await jobs.read(1 as JobId))?.entry.obstacle;
  };
  const { hash } = await circumstancesNow(true, world);
  await jobs.add(1 as JobId, capped(ago(60), { cappedUnder: hash }));
  expect(await braked()).toBe('cap');
  await pass(MINUTE_MS);
  await reap(Buffer.from(ASK_FOR_COPIES), world);
  expect(await braked()).toBe('waste');
});
