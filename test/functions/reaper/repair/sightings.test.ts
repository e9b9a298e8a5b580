/** Two sightings are two only when time passed between them. */
import { expect, test } from 'vitest';
import { diagnose } from '../../../../functions/reaper/repair/diagnose.ts';
import type { Observation } from '../../../../functions/reaper/survey/observe.ts';
import { sweep } from '../../../../functions/reaper/sweep.ts';
import { lastSweepMs, leaseSweep, pastSweeps } from '../../../../functions/reaper/sweep-lease.ts';
import { standingAlerts } from '../../../../shared/alert-once.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper, QUIET } from '../fixture.ts';

const ago = (seconds: number) => START_MS - seconds * 1_000;

function diagnosed(entry: Partial<RunnerEntry>, isOnline: boolean): string {
  const name = build.runnerName(1);
  const target = { owner: 'acme', repository: null, installationId: 7 };
  const observation: Observation = {
    name,
    held: {
      rev: 'r',
      entry: build.runnerEntry(1, { leaseUntilMs: ago(600), stateAtMs: ago(200), runnerId: 9, ...entry }),
    },
    instances: [],
    registration: { id: 9, name, isOnline, isBusy: false, labels: [], target },
    isGone: false,
    waiting: null,
    isJobOpen: false,
    bootMaxMs: 600_000,
  };
  const seen = { nowMs: START_MS, surveyAtMs: START_MS };
  return diagnose({ ...seen, instancesComplete: true, registrationsComplete: true }, observation).kind;
}

// biome-ignore format: a table reads best as a table.
test.each<[string, Partial<RunnerEntry>, isOnline: boolean, kind: string]>([
  ['an unwanted runner that is online is doubted first', { state: 'idle', isUnwanted: true }, true, 'sight'],
  ['also while it is booting by the ledger', { state: 'booting', isUnwanted: true }, true, 'sight'],
  ['seen twice, it is taken off GitHub', { state: 'idle', isUnwanted: true, idleSightings: 1 }, true, 'remove'],
  ['one that is not online yet is taken off at once', { state: 'booting', isUnwanted: true }, false, 'remove'],
  ['taken off a moment ago, it is left alone', { state: 'idle', removedAtMs: ago(29) }, false, 'keep'],
  ['taken off a while ago, it is looked for in the jobs', { state: 'idle', removedAtMs: ago(30) }, false, 'confirm'],
  ['a busy one without a job, taken off a moment ago, is left alone', { state: 'busy', idleSightings: 2, removedAtMs: ago(29) }, false, 'keep'],
  ['a busy one without a job, taken off a while ago, is looked for', { state: 'busy', idleSightings: 2, removedAtMs: ago(30) }, false, 'confirm'],
])('%s', (_, entry, isOnline, kind) => {
  expect(diagnosed(entry, isOnline)).toBe(kind);
});

test('a sweep that follows another at once is left to the timer’s next', async () => {
  const { world, pass } = openReaper(QUIET);
  expect(await sweep(world)).not.toHaveProperty('skipped');
  await pass(29_000);
  expect(await sweep(world)).toEqual({ skipped: true });
  expect(await lastSweepMs(world.ledger)).toBe(START_MS);
  await pass(1_000);
  expect(await sweep(world)).not.toHaveProperty('skipped');
});

test('a sweep of a clock that is ahead does not keep the others from theirs', async () => {
  const { world, clock } = openReaper(QUIET);
  await sweep({ ...world, clock: { nowMs: () => clock.nowMs() + 3_600_000 } });
  expect(await sweep(world)).not.toHaveProperty('skipped');
});

test('nor does one that died: its lease is of a time that no lease of ours reaches', async () => {
  const { world, clock } = openReaper(QUIET);
  const ahead = (ms: number) => ({ ...world, clock: { ...clock, nowMs: () => clock.nowMs() + ms } });
  expect(await leaseSweep(ahead(3_600_000))).not.toBeNull();
  expect(await sweep(world)).not.toHaveProperty('skipped');
  await world.ledger.notes.read('sweep').then((held) => held && world.ledger.notes.remove('sweep', held));
  // One that is a little ahead is under way.
  expect(await leaseSweep(ahead(5_000))).not.toBeNull();
  expect(await sweep(world)).toEqual({ skipped: true });
});

test('a sweep that failed leaves its words for whoever asks, and a whole one takes them and its alert away', async () => {
  const { world, pass } = openReaper(QUIET);
  const broken = { ...world, refreshMarket: () => Promise.reject(new Error('ECS said no')) };
  for (let at = 1; at <= 3; at++) {
    await expect(sweep(broken)).rejects.toThrow('the sweep failed in part: market: ECS said no');
    expect(await pastSweeps(world.ledger)).toMatchObject({
      failedInARow: at,
      failure: 'market: ECS said no',
    });
    await pass(60_000);
  }
  expect(await standingAlerts(world)).toMatchObject([{ key: 'sweep-fails' }]);
  const together: typeof world.ledger.together = (part, max) =>
    part === 'runners' ? Promise.reject(new Error('no answer')) : world.ledger.together(part, max);
  const dead = { ...world, ledger: { ...world.ledger, together } };
  await expect(sweep(dead)).rejects.toThrow();
  expect((await pastSweeps(world.ledger))?.failure).toMatch(/no answer/);
  await pass(60_000);
  await sweep(world);
  expect(await pastSweeps(world.ledger)).toMatchObject({ failedInARow: 0, failure: null });
  expect(await standingAlerts(world)).toEqual([]);
});

test('a whole sweep hands its lease back though the end of an alert has no answer, and says that it may be over (seed 200726)', async () => {
  const { world, pass, lines } = openReaper(QUIET);
  const broken = { ...world, refreshMarket: () => Promise.reject(new Error('ECS said no')) };
  for (let at = 1; at <= 3; at++) {
    await expect(sweep(broken)).rejects.toThrow('ECS said no');
    await pass(60_000);
  }
  const { notes } = world.ledger;
  const remove: typeof notes.remove = async (id, held) => {
    const isGone = await notes.remove(id, held);
    if (id.startsWith('alert:')) throw new Error('no answer');
    return isGone;
  };
  await expect(sweep({ ...world, ledger: { ...world.ledger, notes: { ...notes, remove } } })).rejects.toThrow(
    'no answer',
  );
  expect(await pastSweeps(world.ledger)).toMatchObject({ failedInARow: 0, failure: null });
  expect(lines).toContainEqual(expect.objectContaining({ event: 'alert.resolved', key: 'sweep-fails' }));
  await pass(60_000);
  expect(await sweep(world)).not.toHaveProperty('skipped');
});

test('an alert that is over for a week is forgotten, and one that may be repeated is not', async () => {
  const { world, clock } = openReaper(QUIET);
  const note = (key: string, untilMs: number) => ({ text: 'x', untilMs, raised: { key, atMs: 0 } });
  const DAY_MS = 24 * 3_600_000;
  await world.ledger.notes.add('alert:old', note('old', clock.nowMs() - 8 * DAY_MS));
  await world.ledger.notes.add('alert:over', note('over', clock.nowMs() - DAY_MS));
  await sweep(world);
  expect(await world.ledger.notes.read('alert:old')).toBeNull();
  expect(await world.ledger.notes.read('alert:over')).not.toBeNull();
});
