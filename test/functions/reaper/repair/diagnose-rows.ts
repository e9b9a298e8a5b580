/** What three sides may say of a runner, and what is done about it: one row for each diagnosis. */

import type { Seen, VerdictKind } from '../../../../functions/reaper/repair/verdict.ts';
import type { Observation } from '../../../../functions/reaper/survey/observe.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Instance, JobId } from '../../../../shared/nouns.ts';
import { made } from '../../../shared/ledger/made.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 14, 0, 0);
const MINUTE_MS = 60_000;
export const ago = (minutes: number) => NOW_MS - minutes * MINUTE_MS;

export const SEEN: Seen = {
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
  isRecycling: false,
  tags: {},
  ...some,
});

const registered = (isOnline: boolean, isBusy = false): Observation['registration'] => ({
  id: 9,
  name: made.runnerName(1),
  isOnline,
  isBusy,
  labels: [],
  target: { owner: 'acme', repository: null, installationId: 7 },
});
export const [offline, online, busy] = [registered(false), registered(true), registered(true, true)];

export const seen = (entry: Partial<RunnerEntry> | null, some: Partial<Observation> = {}): Observation => ({
  name: made.runnerName(1),
  held: entry === null ? null : { entry: made.runnerEntry(1, { leaseUntilMs: ago(60), ...entry }), rev: 'r' },
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
const waiting = { waiting: made.jobEntry(1) };
const instancesCut: Partial<Seen> = { instancesComplete: false };
const runnersCut: Partial<Seen> = { registrationsComplete: false };

type Row = readonly [name: string, observation: Observation, verdict: VerdictKind, seen?: Partial<Seen>];

// biome-ignore format: a table reads best as a table.
export const ROWS: Readonly<Record<string, readonly Row[]>> = {
  'unknown to the ledger': [
    ['an instance is adopted', seen(null, has), 'adopt'],
    ['an instance is adopted though it is busy', seen(null, { ...has, registration: busy }), 'adopt'],
    ['a registration without a machine is removed', seen(null, { registration: offline }), 'deregister'],
    ['not while the cloud was not asked in full', seen(null, { registration: offline }), 'keep', instancesCut],
    ['not while it is online', seen(null, { registration: online }), 'keep'],
    ['not while it is busy', seen(null, { registration: busy }), 'keep'],
  ],
  'a launch': [
    ['under lease is its launcher’s', seen(launching({ leaseUntilMs: ago(-1) })), 'keep'],
    ['under lease is its launcher’s though its machine is there', seen(launching({ leaseUntilMs: ago(-1) }), has), 'keep'],
    ['whose lease ended is taken off GitHub first', seen(launching({})), 'remove'],
    ['whose lease ended, and whose machine is there, boots', seen(launching({}), has), 'found'],
    ['whose lease ended, and whose runner is busy, is busy', seen(launching({}), { registration: busy }), 'busy'],
    ['whose runner is online without a machine in the lists waits', seen(launching({}), { registration: online }), 'keep'],
    ['that was never registered asks GitHub in full first', seen(launching({ runnerId: null })), 'keep', runnersCut],
    ['that was never registered, and taken off, is closed', seen(launching({ runnerId: null, removedAtMs: ago(1) })), 'close'],
    ['taken off a moment ago gives a late instance time', seen(launching({ removedAtMs: ago(1) })), 'keep'],
    ['taken off is looked for twice', seen(launching({ removedAtMs: ago(3) })), 'look-again'],
    ['looked for twice is closed', seen(launching({ removedAtMs: ago(3), absentLooks: 1 })), 'close'],
    ['is never closed on an incomplete list', seen(launching({ removedAtMs: ago(3), absentLooks: 1 })), 'keep', instancesCut],
  ],
  'booting': [
    ['gets its time', seen(at('booting', 9), { ...has, registration: offline }), 'keep'],
    ['gets more time with an image of the operator’s', seen(at('booting', 12), { ...has, bootMaxMs: 15 * MINUTE_MS }), 'keep'],
    ['too long is doubted', seen(at('booting', 11), { ...has, registration: offline }), 'sight'],
    ['too long, seen twice, is taken off GitHub', seen(at('booting', 11, { idleSightings: 1 }), has), 'remove'],
    ['too long is kept while GitHub was not asked in full', seen(at('booting', 11, { idleSightings: 1 }), has), 'keep', runnersCut],
    ['and online is idle', seen(at('booting', 2), { ...has, registration: online }), 'online'],
    ['and busy is busy', seen(at('booting', 2), { ...has, registration: busy }), 'busy'],
    ['with its machine stopped is retired', seen(at('booting', 2), { instances: [machine({ status: 'Stopped' })] }), 'retire'],
    ['with its machine gone is retired', seen(at('booting', 4), { isGone: true }), 'retire'],
    ['that nobody wants any more is taken off GitHub at once', seen(at('booting', 2, { isUnwanted: true }), has), 'remove'],
    ['that nobody wants, and is busy, is busy', seen(at('booting', 2, { isUnwanted: true }), { ...has, registration: busy }), 'busy'],
  ],
  'idle': [
    ['for a waiting job is kept', seen(at('idle', 1), { ...has, ...waiting, registration: online }), 'keep'],
    ['for a waiting job forgets a doubt', seen(at('idle', 1, { idleSightings: 1 }), { ...has, ...waiting, registration: online }), 'unsight'],
    ['without a waiting job is doubted', seen(at('idle', 1), { ...has, registration: online }), 'sight'],
    ['without one, seen twice, is taken off GitHub', seen(at('idle', 1, { idleSightings: 1 }), { ...has, registration: online }), 'remove'],
    ['that GitHub gives no job for minutes is doubted too', seen(at('idle', 5), { ...has, ...waiting, registration: online }), 'sight'],
    ['gone offline is doubted', seen(at('idle', 5), { ...has, ...waiting, registration: offline }), 'sight'],
    ['taken off GitHub a moment ago is left alone', seen(at('idle', 5, { removedAtMs: ago(0.3) }), has), 'keep'],
    ['taken off GitHub is looked for in the jobs', seen(at('idle', 5, { removedAtMs: ago(1) }), has), 'confirm'],
    ['on a machine that spot takes back is doubted', seen(at('idle', 1), { ...has, instances: [machine({ isRecycling: true })], registration: online }), 'sight'],
    ['that is busy by now is busy', seen(at('idle', 1, { removedAtMs: ago(1) }), { ...has, registration: busy }), 'busy'],
    ['past its lifetime is retired', seen(at('idle', 1, { releaseAtMs: ago(-29) }), { ...has, registration: online }), 'retire'],
  ],
  'busy': [
    ['by both sides is kept', seen(works, { ...has, registration: busy, isJobOpen: true }), 'keep'],
    ['by the ledger alone is asked about', seen(works, { ...has, registration: online, isJobOpen: true }), 'ask'],
    ['whose registration is gone is asked about', seen(works, { ...has, isJobOpen: true }), 'ask'],
    ['unseen only because the list was cut is kept', seen(works, { ...has, isJobOpen: true }), 'keep', runnersCut],
    ['since a moment is kept', seen({ ...works, stateAtMs: ago(1) }, { ...has, isJobOpen: true }), 'keep'],
    ['on a stopped machine is asked about', seen(works, { instances: [machine({ status: 'Stopped' })], registration: busy, isJobOpen: true }), 'ask'],
    ['without an open job is asked about, twice', seen({ ...works, idleSightings: 1 }, has), 'ask'],
    ['without an open job is then taken off GitHub', seen({ ...works, idleSightings: 2 }, has), 'remove'],
    ['without an open job, taken off, is looked for in the jobs', seen({ ...works, idleSightings: 2, removedAtMs: ago(1) }, has), 'confirm'],
    ['on a machine that spot takes back is interrupted', seen(works, { instances: [machine({ isRecycling: true })], registration: busy, isJobOpen: true }), 'interrupt'],
    ['interrupted is kept until its job ends', seen({ ...works, isInterrupted: true }, { instances: [machine({ isRecycling: true })], registration: busy, isJobOpen: true }), 'keep'],
    ['without its machine is retired', seen(works, { isGone: true, isJobOpen: true }), 'retire'],
    ['an hour before its end warns', seen({ ...works, releaseAtMs: ago(-85) }, { ...has, registration: busy, isJobOpen: true }), 'warn'],
    ['past its lifetime is retired, busy or not', seen({ ...works, releaseAtMs: ago(-29) }, { ...has, registration: busy, isJobOpen: true }), 'retire'],
  ],
  'retiring': [
    ['is deleted until it is gone', seen(at('retiring', 1), has), 'terminate'],
    ['on a stopped machine is deleted: stopped is not gone', seen(at('retiring', 1), { instances: [machine({ status: 'Stopped' })] }), 'terminate'],
    ['on a machine that is too young waits', seen(at('retiring', 1), { instances: [machine({ status: 'Pending' })] }), 'keep'],
    ['with a job that started meanwhile asks', seen(at('retiring', 1, { busyWith: 1 as JobId }), { ...has, isJobOpen: true }), 'ask'],
    ['in no list is not gone', seen(at('retiring', 1)), 'keep'],
    ['and gone hands its slot back', seen(at('retiring', 1), { isGone: true }), 'close'],
    ['without an instance is looked for twice', seen(at('retiring', 9, { instanceId: null, removedAtMs: ago(5) })), 'look-again'],
  ],
  'kept by a person': [
    ['it is left alone, whatever it is', seen(at('retiring', 1), { instances: [machine({ tags: { keep: '' } })] }), 'keep'],
    ['past its lifetime too', seen({ ...works, releaseAtMs: ago(-1) }, { instances: [machine({ tags: { keep: 'me' } })] }), 'keep'],
    ['and closed when the cloud has released it', seen(at('retiring', 1), { isGone: true }), 'close'],
  ],
};
