/** A backlog that uses all slots again and again is as it should be; one in front of a launcher that does nothing is not. */
import { expect, test } from 'vitest';
import { build } from '../../../../shared/ledger/builders.ts';
import { due, MINUTE_MS, sweeper } from './sweeper.ts';

const BACKLOG = { alerts: { waiting: '3m' }, limits: { runners: 4, runnersPerRepository: 4 } };
const backlog = () => Array.from({ length: 9 }, (_, at) => due({ job: build.job(at + 1) }));

/** Each sweep finds all four slots in use, and closes two; what it starts has its machine before the next. */
async function busyBacklog(limits: object) {
  const { sweepAll, launch, close, told } = sweeper({ ...BACKLOG, limits });
  let next = 5;
  for (const id of [1, 2, 3, 4]) await launch(id);
  for (let minute = 0; minute < 12; minute++) {
    await sweepAll(backlog(), null, () => close(next - 4).then(() => close(next - 3)));
    for (const id of [next, next + 1]) await launch(id);
    next += 2;
  }
  return told();
}

test('slots that are used again and again are in use, though some are free at the moment that a sweep fills them', async () => {
  expect(await busyBacklog(BACKLOG.limits)).toEqual([]);
});

test('so are those of a repository with a limit of its own', async () => {
  expect(await busyBacklog({ runners: 100, runnersPerRepository: 4 })).toEqual([]);
});

test('one launch under way when a sweep begins does not make all of them free', async () => {
  const { sweepAll, launch, close, told, world } = sweeper(BACKLOG);
  const leaseUntilMs = world.clock.nowMs() + 60 * MINUTE_MS;
  for (const id of [1, 2, 3]) await launch(id);
  for (let minute = 0, next = 4; minute < 12; minute++, next++) {
    await launch(next, null, null, { leaseUntilMs });
    await sweepAll(backlog(), null, () => close(next));
  }
  expect(told()).toEqual([]);
});

test('one whose launcher is dead does, though others have machines', async () => {
  const { sweepAll, launch, told } = sweeper(BACKLOG);
  for (const id of [1, 2, 3]) await launch(id);
  await launch(4, null, null, { leaseUntilMs: 0 });
  for (let minute = 0; minute < 6; minute++) await sweepAll(backlog(), null);
  expect(told()).toEqual([expect.stringMatching(/and 1 of 4 slots have no machine/)]);
});

test('a launcher that dies each time is told of, though its launches hold all slots until their leases end', async () => {
  const { sweepAll, launch, told } = sweeper(BACKLOG);
  for (const id of [1, 2, 3, 4]) await launch(id, null, null, { leaseUntilMs: Number.MAX_SAFE_INTEGER });
  for (let minute = 0; minute < 6; minute++) await sweepAll(backlog(), null);
  expect(told()).toEqual([expect.stringMatching(/and 4 of 4 slots have no machine/)]);
});

test('so is one that does nothing, which all slots are planned for in each sweep', async () => {
  const { sweepAll, told, launched } = sweeper(BACKLOG);
  for (let minute = 0; minute < 6; minute++) await sweepAll(backlog(), null);
  expect(launched).toHaveLength(4 * 6);
  expect(told()).toEqual([expect.stringMatching(/and 4 of 4 slots have no machine/)]);
});

test('and one that cannot be asked', async () => {
  const { sweepAll, told, world } = sweeper(BACKLOG);
  world.queue.launch = () => Promise.reject(new Error('the function is paused'));
  for (let minute = 0; minute < 6; minute++) await sweepAll(backlog(), null);
  expect(told()).toHaveLength(1);
});

test('and one that throws each time, after its pauses', async () => {
  const { sweepAll, told, world } = sweeper(BACKLOG);
  const because = 'the launch failed: GitHub answered 401';
  for (let minute = 0; minute < 10; minute++) {
    const nextTryAtMs = world.clock.nowMs() + (minute % 3 === 0 ? 0 : MINUTE_MS);
    await sweepAll([due({ because, nextTryAtMs })], null);
  }
  expect(told()).toEqual([expect.stringMatching(/Its last reason: the launch failed: GitHub answered 401/)]);
});

test('where the ledger could not be read whole, nobody knows, and nobody is told', async () => {
  const { sweepAll, launch, told } = sweeper(BACKLOG, 1);
  for (const id of [1, 2]) await launch(id);
  for (let minute = 0; minute < 6; minute++) await sweepAll(backlog(), null);
  expect(told()).toEqual([]);
});

test('nor where its row of slots could not be read', async () => {
  const { sweepAll, told } = sweeper(BACKLOG, 1_000, false);
  for (let minute = 0; minute < 6; minute++) await sweepAll(backlog(), null);
  expect(told()).toEqual([]);
});
