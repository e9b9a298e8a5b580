/** What three sides may say of a runner, and what is done about it: one row for each diagnosis. */

import type { Coverage, VerdictKind } from '../../../../functions/reaper/repair/verdict.ts';
import type { Observation } from '../../../../functions/reaper/survey/observe.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Instance, JobId } from '../../../../shared/nouns.ts';
import { build } from '../../../shared/ledger/builders.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 14, 0, 0);
const MINUTE_MS = 60_000;
export const ago = (minutes: number) => NOW_MS - minutes * MINUTE_MS;

export const COVERAGE: Coverage = {
  nowMs: NOW_MS,
  surveyAtMs: NOW_MS,
  instancesComplete: true,
  registrationsComplete: true,
};

export const machine = (some: Partial<Instance> = {}): Instance => ({
  id: 'i-1',
  region: 'cn-hangzhou',
  status: 'Running',
  instanceType: 'ecs.c8y.2xlarge',
  zone: 'cn-hangzhou-h',
  createdAtMs: ago(5),
  releaseAtMs: ago(-300),
  capacityType: 'spot',
  isRecycling: false,
  name: build.runnerName(1),
  securityGroupIds: ['sg-cn-hangzhou'],
  vSwitchId: 'vsw-cn-hangzhou-h',
  tags: {},
  ...some,
});

const registered = (isOnline: boolean, isBusy = false): NonNullable<Observation['registration']> => ({
  id: 9,
  name: build.runnerName(1),
  isOnline,
  isBusy,
  labels: [],
  target: { owner: 'acme', repository: null, installationId: 7 },
});
export const [offline, online, busy] = [registered(false), registered(true), registered(true, true)];

export const observed = (
  entry: Partial<RunnerEntry> | null,
  some: Partial<Observation> = {},
): Observation => ({
  name: build.runnerName(1),
  held:
    entry === null ? null : { entry: build.runnerEntry(1, { leaseUntilMs: ago(60), ...entry }), rev: 'r' },
  instances: [],
  registration: null,
  isGone: false,
  waiting: null,
  isJobOpen: false,
  bootMaxMs: 10 * MINUTE_MS,
  ...some,
});

export const has = { instances: [machine()] };
export const at = (state: RunnerEntry['state'], minutes: number, some: Partial<RunnerEntry> = {}) => ({
  state,
  stateAtMs: ago(minutes),
  runnerId: 9,
  instanceId: 'i-1',
  region: 'cn-hangzhou',
  releaseAtMs: ago(-300),
  ...some,
});
export const launching = (some: Partial<RunnerEntry>) => ({
  state: 'launching' as const,
  runnerId: 9,
  ...some,
});
export const works = at('busy', 20, { busyWith: 1 as JobId });
const waiting = { waiting: build.jobEntry(1) };
const held = (isKept: boolean) => ({ by: 'run' as const, width: 2, isKept });
const instancesCut: Partial<Coverage> = { instancesComplete: false };
const runnersCut: Partial<Coverage> = { registrationsComplete: false };

type Row = readonly [
  name: string,
  observation: Observation,
  verdict: VerdictKind,
  coverage?: Partial<Coverage>,
];

// biome-ignore format: a table reads best as a table.
export const ROWS: Readonly<Record<string, readonly Row[]>> = {
  'unknown to the ledger': [
    ['an instance is adopted', observed(null, has), 'adopt'],
    ['an instance is adopted though it is busy', observed(null, { ...has, registration: busy }), 'adopt'],
    ['a registration without a machine is removed', observed(null, { registration: offline }), 'deregister'],
    ['not while the cloud was not asked in full', observed(null, { registration: offline }), 'keep', instancesCut],
    ['not while it is online', observed(null, { registration: online }), 'keep'],
    ['not while it is busy', observed(null, { registration: busy }), 'keep'],
  ],
  'a launch': [
    ['under lease is its launcher’s', observed(launching({ leaseUntilMs: ago(-1) })), 'keep'],
    ['under lease is its launcher’s though its machine is there', observed(launching({ leaseUntilMs: ago(-1) }), has), 'keep'],
    ['whose lease ended is taken off GitHub first', observed(launching({})), 'remove'],
    ['whose lease ended, and whose machine is there, boots', observed(launching({}), has), 'found'],
    ['whose lease ended, and whose runner is busy, is busy', observed(launching({}), { registration: busy }), 'busy'],
    ['whose runner is online without a machine in the lists waits', observed(launching({}), { registration: online }), 'keep'],
    ['that was never registered asks GitHub in full first', observed(launching({ runnerId: null })), 'keep', runnersCut],
    ['that was never registered, and taken off, is closed', observed(launching({ runnerId: null, removedAtMs: ago(1) })), 'close'],
    ['taken off a moment ago gives a late instance time', observed(launching({ removedAtMs: ago(1) })), 'keep'],
    ['taken off is looked for twice', observed(launching({ removedAtMs: ago(3) })), 'look-again'],
    ['looked for twice is closed', observed(launching({ removedAtMs: ago(3), absentLooks: 1 })), 'close'],
    ['that GitHub says nothing of is asked for again', observed(launching({})), 'remove', runnersCut],
    ['that GitHub says nothing of for an hour is looked for twice', observed(launching({ leaseUntilMs: ago(61) })), 'look-again', runnersCut],
    ['that GitHub says nothing of for an hour is closed on the cloud’s word', observed(launching({ leaseUntilMs: ago(61), absentLooks: 1 })), 'close', runnersCut],
    ['that GitHub says nothing of for an hour is never closed on an incomplete list', observed(launching({ leaseUntilMs: ago(61), absentLooks: 1 })), 'keep', { ...runnersCut, ...instancesCut }],
    ['that GitHub says nothing of for an hour, and whose machine is there, boots', observed(launching({ leaseUntilMs: ago(61) }), has), 'found', runnersCut],
    ['of which GitHub says something is taken off it, however late', observed(launching({ leaseUntilMs: ago(600) })), 'remove'],
    ['that is registered is taken off GitHub, however late', observed(launching({ leaseUntilMs: ago(600) }), { registration: offline }), 'remove', runnersCut],
    ['whose mint nobody heard of for an hour is closed', observed(launching({ runnerId: null, leaseUntilMs: ago(61) })), 'close', runnersCut],
    ['is never closed on an incomplete list', observed(launching({ removedAtMs: ago(3), absentLooks: 1 })), 'keep', instancesCut],
  ],
  'booting': [
    ['gets its time', observed(at('booting', 9), { ...has, registration: offline }), 'keep'],
    ['gets more time with an image of the operator’s', observed(at('booting', 12), { ...has, bootMaxMs: 15 * MINUTE_MS }), 'keep'],
    ['too long is doubted', observed(at('booting', 11), { ...has, registration: offline }), 'sight'],
    ['too long, seen twice, is taken off GitHub', observed(at('booting', 11, { idleSightings: 1 }), has), 'remove'],
    ['too long is kept while GitHub was not asked in full', observed(at('booting', 11, { idleSightings: 1 }), has), 'keep', runnersCut],
    ['and online is idle', observed(at('booting', 2), { ...has, registration: online }), 'online'],
    ['and busy is busy', observed(at('booting', 2), { ...has, registration: busy }), 'busy'],
    ['with its machine stopped is retired', observed(at('booting', 2), { instances: [machine({ status: 'Stopped' })] }), 'retire'],
    ['with its machine gone is retired', observed(at('booting', 4), { isGone: true }), 'retire'],
    ['that nobody wants any more is taken off GitHub at once', observed(at('booting', 2, { isUnwanted: true }), has), 'remove'],
    ['that nobody wants, and is busy, is busy', observed(at('booting', 2, { isUnwanted: true }), { ...has, registration: busy }), 'busy'],
  ],
  'idle': [
    ['that waits for a job to come is kept', observed(at('idle', 300), { ...has, registration: online, isWarm: true }), 'keep'],
    ['that waits for a job to come, and was seen unneeded before, is that no more', observed(at('idle', 300, { idleSightings: 1 }), { ...has, registration: online, isWarm: true }), 'unsight'],
    ['that waited long, and was taken a moment ago, has its time', observed(at('idle', 300, { takenAtMs: ago(1) }), { ...has, registration: online, ...waiting }), 'keep'],
    ['that waited long, and is given nothing since it was taken, is doubted', observed(at('idle', 300, { takenAtMs: ago(5) }), { ...has, registration: online, ...waiting }), 'sight'],
    ['for a waiting job is kept', observed(at('idle', 1), { ...has, ...waiting, registration: online }), 'keep'],
    ['for a waiting job forgets a doubt', observed(at('idle', 1, { idleSightings: 1 }), { ...has, ...waiting, registration: online }), 'unsight'],
    ['without a waiting job is doubted', observed(at('idle', 1), { ...has, registration: online }), 'sight'],
    ['without one, seen twice, is taken off GitHub', observed(at('idle', 1, { idleSightings: 1 }), { ...has, registration: online }), 'remove'],
    ['that GitHub gives no job for minutes is doubted too', observed(at('idle', 5), { ...has, ...waiting, registration: online }), 'sight'],
    ['whose job GitHub holds back goes: coming online without a job was the first sighting', observed(at('idle', 1), { ...has, ...waiting, registration: online, standing: held(false) }), 'remove'],
    ['whose job is held back, seen twice, is taken off GitHub', observed(at('idle', 9, { idleSightings: 1 }), { ...has, ...waiting, registration: online, standing: held(false) }), 'remove'],
    ['that is kept for held jobs is kept, doubted before or not', observed(at('idle', 5, { idleSightings: 1 }), { ...has, ...waiting, registration: online, standing: held(true) }), 'keep'],
    ['gone offline is doubted', observed(at('idle', 5), { ...has, ...waiting, registration: offline }), 'sight'],
    ['taken off GitHub a moment ago is left alone', observed(at('idle', 5, { removedAtMs: ago(0.3) }), has), 'keep'],
    ['taken off GitHub is looked for in the jobs', observed(at('idle', 5, { removedAtMs: ago(1) }), has), 'confirm'],
    ['on a machine that spot takes back is doubted', observed(at('idle', 1), { ...has, instances: [machine({ isRecycling: true })], registration: online }), 'sight'],
    ['that is busy by now is busy', observed(at('idle', 1, { removedAtMs: ago(1) }), { ...has, registration: busy }), 'busy'],
    ['past its lifetime is retired', observed(at('idle', 1, { releaseAtMs: ago(-29) }), { ...has, registration: online }), 'retire'],
  ],
  'busy': [
    ['by both sides is kept', observed(works, { ...has, registration: busy, isJobOpen: true }), 'keep'],
    ['whose machine stopped for good is retired', observed({ ...works, stoppedLooks: 2 }, { instances: [machine({ status: 'Stopped' })], registration: busy, isJobOpen: true }), 'retire'],
    ['by the ledger alone is asked about', observed(works, { ...has, registration: online, isJobOpen: true }), 'ask'],
    ['whose registration is gone is asked about', observed(works, { ...has, isJobOpen: true }), 'ask'],
    ['unseen only because the list was cut is kept', observed(works, { ...has, isJobOpen: true }), 'keep', runnersCut],
    ['since a moment is kept', observed({ ...works, stateAtMs: ago(1) }, { ...has, isJobOpen: true }), 'keep'],
    ['on a stopped machine is asked about', observed(works, { instances: [machine({ status: 'Stopped' })], registration: busy, isJobOpen: true }), 'ask'],
    ['without an open job is asked about, twice', observed({ ...works, idleSightings: 1 }, has), 'ask'],
    ['without an open job is then taken off GitHub', observed({ ...works, idleSightings: 2 }, has), 'remove'],
    ['without an open job, taken off, is looked for in the jobs', observed({ ...works, idleSightings: 2, removedAtMs: ago(1) }, has), 'confirm'],
    ['on a machine that spot takes back is interrupted', observed(works, { instances: [machine({ isRecycling: true })], registration: busy, isJobOpen: true }), 'interrupt'],
    ['interrupted is kept until its job ends', observed({ ...works, isInterrupted: true }, { instances: [machine({ isRecycling: true })], registration: busy, isJobOpen: true }), 'keep'],
    ['without its machine is retired', observed(works, { isGone: true, isJobOpen: true }), 'retire'],
    ['with a job that nobody named, and without its machine, is looked for twice', observed({ ...works, busyWith: null }, { isGone: true, registration: busy }), 'look-again'],
    ['with a job that nobody named is then retired', observed({ ...works, busyWith: null, absentLooks: 1 }, { isGone: true, registration: busy }), 'retire'],
    ['an hour before its end warns', observed({ ...works, createdAtMs: ago(600), releaseAtMs: ago(-85) }, { ...has, registration: busy, isJobOpen: true }), 'warn'],
    ['a short life does not warn for all of it', observed({ ...works, createdAtMs: ago(5), releaseAtMs: ago(-55) }, { ...has, registration: busy, isJobOpen: true }), 'keep'],
    ['a sixth before the end of a short life warns', observed({ ...works, createdAtMs: ago(25), releaseAtMs: ago(-35) }, { ...has, registration: busy, isJobOpen: true }), 'warn'],
    ['past its lifetime is retired, busy or not', observed({ ...works, releaseAtMs: ago(-29) }, { ...has, registration: busy, isJobOpen: true }), 'retire'],
  ],
  'retiring': [
    ['is deleted until it is gone', observed(at('retiring', 1), has), 'terminate'],
    ['on a stopped machine is deleted: stopped is not gone', observed(at('retiring', 1), { instances: [machine({ status: 'Stopped' })] }), 'terminate'],
    ['on a machine that is too young waits', observed(at('retiring', 1), { instances: [machine({ status: 'Pending' })] }), 'keep'],
    ['with a job that started meanwhile asks', observed(at('retiring', 1, { busyWith: 1 as JobId }), { ...has, isJobOpen: true }), 'ask'],
    ['in no list is not gone', observed(at('retiring', 1)), 'keep'],
    ['and gone hands its slot back', observed(at('retiring', 1), { isGone: true }), 'close'],
    ['without an instance is looked for twice', observed(at('retiring', 9, { instanceId: null, removedAtMs: ago(5) })), 'look-again'],
  ],
  'kept by a person': [
    ['it is left alone, whatever it is', observed(at('retiring', 1), { instances: [machine({ tags: { keep: '' } })] }), 'keep'],
    ['past its lifetime too', observed({ ...works, releaseAtMs: ago(-1) }, { instances: [machine({ tags: { keep: 'me' } })] }), 'keep'],
    ['by npm run keep, its runner spent', observed(at('retiring', 1, { keep: { untilMs: ago(-1), by: 'operator' } }), has), 'keep'],
    ['by npm run keep, stopped for good', observed(at('retiring', 1, { stoppedLooks: 3, keep: { untilMs: ago(-1), by: 'operator' } }), { instances: [machine({ status: 'Stopped' })] }), 'keep'],
    ['past its lifetime, its job goes on', observed({ ...works, releaseAtMs: ago(-29), keep: { untilMs: ago(-200), by: 'operator' } }, { ...has, registration: busy, isJobOpen: true }), 'keep'],
    ['for longer than that no more', observed(at('retiring', 1, { keep: { untilMs: ago(0), by: 'operator' } }), has), 'terminate'],
    ['with a runner that nobody needs, that is taken off GitHub', observed(at('idle', 9, { idleSightings: 1, keep: { untilMs: ago(-60), by: 'operator' } }), { ...has, registration: online }), 'remove'],
    ['by npm run keep, and gone, is closed', observed(at('retiring', 1, { keep: { untilMs: ago(-60), by: 'debug' } }), { isGone: true }), 'close'],
    ['and closed when the cloud has released it', observed(at('retiring', 1), { isGone: true }), 'close'],
  ],
};
