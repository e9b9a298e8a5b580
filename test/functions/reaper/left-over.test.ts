/** A sweep is bounded in time and number; the next one goes on where it stopped. */
import { expect, test } from 'vitest';
import { sweep } from '../../../functions/reaper/sweep.ts';
import { SWEEP_ACTS_MAX, SWEEP_PARTS_MS } from '../../../shared/limits.ts';
import { build } from '../../shared/ledger/builders.ts';
import { completeList, openReaper, QUIET, type ReaperFixture } from './fixture.ts';

const MINUTE_MS = 60_000;

/** So many registrations without anything, that stay listed though they are removed: each removal takes so long. */
function strays(count: number, removalMs: number) {
  const asked: number[] = [];
  const registrations = Array.from({ length: count }, (_, n) => ({
    ...{ id: n, name: build.runnerName(`${1_000_000 + n}-1`) },
    ...{ isOnline: false, isBusy: false, labels: [] },
  }));
  const each: ReaperFixture = openReaper({
    ...QUIET,
    github: {
      ...QUIET.github,
      registrations: async () => completeList(...registrations),
      removeRunner: async (_target, id) => {
        asked.push(id);
        await each.clock.sleep(removalMs);
        return 'removed';
      },
    },
  });
  // What was minted for no job of ours is nobody's to remove: these are of jobs that ended.
  const known = Promise.all(
    registrations.map(({ id }) =>
      each.world.ledger.history.merge({ job: build.job(1_000_000 + id), outcome: 'success' }),
    ),
  );
  const sweepOnce = async () => {
    await known;
    const began = asked.length;
    const sweeping = sweep(each.world);
    await each.pass(MINUTE_MS);
    const account = await sweeping;
    return { account, asked: asked.slice(began) };
  };
  return { sweepOnce };
}

test('what there was no time for comes first in the next sweep, and all get their turn', async () => {
  const { sweepOnce } = strays(300, 1_000);
  const inTimeMax = 8 * (SWEEP_PARTS_MS.repair / 1_000);
  const first = await sweepOnce();
  expect(first.asked).toHaveLength(inTimeMax);
  expect(first.account).toMatchObject({ deregister: 300, leftOver: 300 - inTimeMax });
  const second = await sweepOnce();
  expect(second.asked[0]).toBe(inTimeMax);
  const third = await sweepOnce();
  expect(new Set([first, second, third].flatMap(({ asked }) => asked)).size).toBe(300);
});

test('no sweep acts more often than its bound, and the next one begins behind it', async () => {
  const { sweepOnce } = strays(SWEEP_ACTS_MAX + 7, 0);
  const first = await sweepOnce();
  expect(first.asked).toHaveLength(SWEEP_ACTS_MAX);
  expect(first.account).toMatchObject({ leftOver: 7 });
  expect((await sweepOnce()).asked.slice(0, 8)).toEqual([500, 501, 502, 503, 504, 505, 506, 0]);
});
