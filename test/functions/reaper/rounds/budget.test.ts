/** A person is told before GitHub's calls end, and others by a note that is written seldom. */

import { expect, test } from 'vitest';
import { noteBudgets } from '../../../../functions/reaper/rounds/budget.ts';
import type { CallBudget } from '../../../../shared/budget.ts';
import { memoryIn, readGitHubNote } from '../../../../shared/github-note.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper } from '../fixture.ts';

const MINUTE_MS = 60_000;

function open() {
  let remaining = 5_000;
  const resetAtMs = START_MS + 60 * MINUTE_MS;
  const budget = (): CallBudget => ({ limit: 5_000, remaining, resetAtMs, heldUntilMs: 0 });
  const each = openReaper({ github: { budget } });
  let writes = 0;
  const { notes } = each.world.ledger;
  const ledger = {
    ...each.world.ledger,
    notes: {
      ...notes,
      add: (...asked: Parameters<typeof notes.add>) => {
        writes++;
        return notes.add(...asked);
      },
      replace: (...asked: Parameters<typeof notes.replace>) => {
        writes++;
        return notes.replace(...asked);
      },
    },
  };
  const world = { ...each.world, ledger };
  return {
    ...each,
    written: () => writes,
    note: async (left: number) => {
      remaining = left;
      return noteBudgets(world);
    },
    world,
  };
}

test('a note is written when the level changes by an eighth, not with each call', async () => {
  const each = open();
  expect(await each.note(4_999)).toBe(7);
  const first = each.written();
  for (let left = 4_990; left > 4_400; left -= 10) expect(await each.note(left)).toBe(7);
  expect(each.written()).toBe(first);
  expect(await each.note(4_000)).toBe(6);
  expect(each.written()).toBe(first + 1);
  expect(await readGitHubNote('acme', each.world.ledger)).toMatchObject({ limit: 5_000, level: 6 });
  expect(Object.values((await readGitHubNote('ACME', each.world.ledger)).lows)).toEqual([6]);
});

test('a person is told once, while there are calls for launches, and of the knee', async () => {
  const each = open();
  await each.pass(20 * MINUTE_MS);
  await each.note(1_700);
  expect(each.alerts).toEqual([]);
  await each.note(1_600);
  await each.note(1_500);
  expect(each.alerts).toEqual([
    expect.stringMatching(/1600 of 5000 calls for acme in the 40 minutes.*about 2500 jobs an hour/),
  ]);
});

test('a burst in the first minutes of an hour is no alarm', async () => {
  const each = open();
  await each.note(2_000);
  expect(each.alerts).toEqual([]);
});

test('what one launcher learnt another need not ask, for a day; a limit that was met holds all back', async () => {
  const { world, clock, pass } = openReaper();
  const [one, other] = [memoryIn(world.ledger, clock), memoryIn(world.ledger, clock)];
  expect(await other.groupId('acme', 'CI-Runners')).toBeNull();
  await one.keepGroupId('acme', 'ci-runners', 7);
  await one.hold('acme', clock.nowMs() + 5 * MINUTE_MS);
  await pass(MINUTE_MS);
  expect(await other.groupId('Acme', 'CI-Runners')).toBe(7);
  expect(await other.heldUntilMs('acme')).toBe(START_MS + 5 * MINUTE_MS);
  expect(await other.forgetGroupId('acme', 'ci-runners')).toBe(true);
  expect(await memoryIn(world.ledger, clock).groupId('acme', 'ci-runners')).toBeNull();
  await one.keepGroupId('acme', 'ci-runners', 8);
  await pass(25 * 60 * MINUTE_MS);
  expect(await other.groupId('acme', 'ci-runners')).toBeNull();
  // A clock that was wrong holds nobody back for longer than GitHub's hour.
  await one.hold('acme', clock.nowMs() + 1_000 * MINUTE_MS);
  expect(await memoryIn(world.ledger, clock).heldUntilMs('acme')).toBe(0);
  // …nor hides it that GitHub wants to be left alone.
  await one.hold('acme', clock.nowMs() + MINUTE_MS);
  expect(await memoryIn(world.ledger, clock).heldUntilMs('acme')).toBe(clock.nowMs() + MINUTE_MS);
});

test('nor does it by way of what the sweep notes', async () => {
  const { world, clock } = openReaper();
  await memoryIn(world.ledger, clock).hold('acme', clock.nowMs() + 1_000 * MINUTE_MS);
  const untilMs = clock.nowMs() + 5 * MINUTE_MS;
  const budget = {
    limit: 5_000,
    remaining: 100,
    resetAtMs: clock.nowMs() + 9 * MINUTE_MS,
    heldUntilMs: untilMs,
  };
  await noteBudgets({ ...world, github: { ...world.github, budget: () => budget } });
  expect(await memoryIn(world.ledger, clock).heldUntilMs('acme')).toBe(untilMs);
});
