/** A sweep sees that a runner is busy before anybody says with what. */
import { expect, test } from 'vitest';
import { markBusy, recordStart } from '../../../../functions/reaper/events/record-start.ts';
import { amend } from '../../../../shared/ledger/amend.ts';
import type { JobId } from '../../../../shared/nouns.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { openReaper } from '../fixture.ts';

const LEASE_MS = 180_000;

/** Its runner is busy with nobody knows what, and then with the job 2. `others`: runners beside it. */
async function robbedWith(...others: readonly Parameters<typeof build.runnerEntry>[]) {
  const { world, clock, launched } = openReaper();
  const { jobs, runners } = world.ledger;
  const name = build.runnerName('1-1');
  for (const other of others) await runners.add(build.runnerName(other[0]), build.runnerEntry(...other));
  await jobs.add(1 as JobId, build.jobEntry(1, { launches: 1, nextTryAtMs: clock.nowMs() + LEASE_MS }));
  await runners.add(name, build.runnerEntry('1-1', { state: 'booting', for: 1 as JobId, runnerId: 9 }));
  await amend(runners, name, (entry) => markBusy(entry, null, 9, clock.nowMs()));
  const runner = { id: 9, name };
  await recordStart(
    { kind: 'in_progress', job: build.job(2), runner, startedAtMs: clock.nowMs(), delivery: 'd' },
    world,
  );
  expect(await runners.read(name)).toMatchObject({ entry: { state: 'busy', busyWith: 2, for: 2 } });
  return { launched, because: (await jobs.read(1 as JobId))?.entry.because };
}

test('the job that it was for is due when its taker is known, not when the lease of its launch ends', async () => {
  const { launched, because } = await robbedWith();
  expect(launched).toEqual([1]);
  expect(because).toBe('its runner was given to the job 2');
});

test('nothing is launched for one that a sweep gave another runner meanwhile', async () => {
  const given = { state: 'idle', for: 1 as JobId, runnerId: 8 } as const;
  expect(await robbedWith(['3-1', given])).toMatchObject({ launched: [] });
  expect(await robbedWith(['3-1', { ...given, isUnwanted: true }])).toMatchObject({ launched: [1] });
});
