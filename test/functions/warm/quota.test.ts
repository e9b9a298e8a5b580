/** A pool gives way to a job that waits for a quota which the pool itself has used up. */
import { expect, test } from 'vitest';
import { givenUpFor } from '../../../functions/reaper/quota-room.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Candidate } from '../../../shared/nouns.ts';
import type { LearnedLimits } from '../../../shared/quota/learned-limits.ts';
import { build } from '../../shared/ledger/builders.ts';
import { START_MS } from '../../world/in-process.ts';
import { ARM, isOver, isWaiting, MINUTE_MS, openWarm, queue, waitingIn } from './fixture.ts';

const standing = async () => {
  const world = await openWarm([{ labels: ['arm64', '2cpu'], hot: 3 }]);
  expect(await world.until(isWaiting(world, 3), 8 * MINUTE_MS)).toBe(true);
  await world.pass(2 * MINUTE_MS);
  return world;
};

test('one of it goes for one job, and comes back when that is over', async () => {
  const world = await standing();
  world.ecs.setQuota({ instances: 3 });
  const jobs = queue(world, 1, { labels: [...ARM, '8cpu'] });
  expect(await world.until(() => isOver(jobs), 20 * MINUTE_MS)).toBe(true);
  expect(world.ecs.paid(), 'one, for one job').toHaveLength(4);
  expect(await world.until(isWaiting(world, 3), 30 * MINUTE_MS)).toBe(true);
  world.fc.close();
});

test('what no end of ours could let in makes no pool give way', async () => {
  const world = await standing();
  world.ecs.setQuota({ vcpusPerFamily: 8 });
  queue(world, 1, { labels: [...ARM, '16cpu'] });
  await world.pass(60 * MINUTE_MS);
  expect(waitingIn(world)).toHaveLength(3);
  expect(world.ecs.paid()).toHaveLength(3);
  world.fc.close();
});

const FAMILY = 'family:cn-hangzhou/ecs.c8y/spot';
const PLACE = 'placement:cn-hangzhou';
const limitOf = (most: number, need = 1) => ({
  ...{ unit: 'instances' as const, code: 'QuotaExceed', sinceMs: START_MS, refusedAtMs: START_MS },
  ...{ need, tooMany: most + need },
});
const runner = (at: number, cpu: number): RunnerEntry => {
  const place = { region: 'cn-hangzhou', instanceType: 'ecs.c8y.large', capacityType: 'spot', cpu };
  return build.runnerEntry(`${at}-1`, { candidate: place as Candidate });
};
const jobs = (...all: Record<string, number>[]): JobEntry[] =>
  all.map((needs, at) => build.jobEntry(at + 1, { quota: { needs, againAtMs: START_MS } }));

const TWO = [runner(1, 2), runner(2, 2)];
const MANY: LearnedLimits = new Map([[FAMILY, limitOf(6, 4)]]);

test.each([
  ['a limit that is forgotten lets it in', jobs({ [FAMILY]: 4 }), new Map(), 2, [], []],
  ['there is room', jobs({ [FAMILY]: 4 }), MANY, 0, [], []],
  ['one is enough', jobs({ [FAMILY]: 4 }), MANY, 2, [], [1]],
  ['one is on its way out', jobs({ [FAMILY]: 4 }), MANY, 0, [runner(9, 4)], []],
  [
    'each of two jobs',
    jobs({ [FAMILY]: 2 }, { [FAMILY]: 2 }),
    new Map([[FAMILY, limitOf(6, 2)]]),
    4,
    [],
    [1, 2],
  ],
  ['more than all of them have', jobs({ [FAMILY]: 6 }), new Map([[FAMILY, limitOf(6, 1)]]), 8, [], []],
  ['more than it gives', jobs({ [FAMILY]: 8 }), MANY, 2, [], []],
  [
    'the other scope takes fewer',
    jobs({ [FAMILY]: 4, [PLACE]: 1 }),
    new Map([
      [FAMILY, limitOf(6, 1)],
      [PLACE, limitOf(3)],
    ]),
    2,
    [],
    [1],
  ],
] as const)('%s', (_what, waiting, limits, others, leaving, names) => {
  const staying = others === 0 ? [] : [runner(8, others)];
  expect(givenUpFor(waiting, limits, { idle: TWO, leaving, staying })).toEqual({
    runners: new Set(names.map((at) => build.runnerName(`${at}-1`))),
    isAwaited: leaving.length + names.length > 0,
  });
});
