/** A runner that is being taken off GitHub is given to no job: its end is written before the effect. */
import { expect, test } from 'vitest';
import { isFree } from '../../../../functions/launcher/warm/take.ts';
import { repoint } from '../../../../functions/reaper/events/repoint.ts';
import { diagnose } from '../../../../functions/reaper/repair/diagnose.ts';
import { entryAfter } from '../../../../functions/reaper/repair/notes.ts';
import { removeRegistration } from '../../../../functions/reaper/repair/remove.ts';
import type { ReaperWorld } from '../../../../functions/reaper/world.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import { build, held } from '../../../shared/ledger/builders.ts';
import { openReaper } from '../fixture.ts';
import { ago, COVERAGE, observed, online } from './diagnose-rows.ts';

const NAME = build.runnerName('1-1');
const IDLE: Partial<RunnerEntry> = {
  ...{ state: 'idle', stateAtMs: ago(1), runnerId: 7, idleSightings: 1, instanceId: 'i-1' },
};

/** What happens while GitHub is asked to remove it, and the entry after that. */
async function removedWhile(some: Partial<RunnerEntry>, meanwhile: (world: ReaperWorld) => Promise<unknown>) {
  const { world, launched } = openReaper({
    github: {
      removeRunner: async () => {
        await meanwhile(world);
        return 'removed';
      },
    },
  });
  const { runners } = world.ledger;
  const before = held(await runners.add(NAME, build.runnerEntry('1-1', { ...IDLE, ...some })));
  await removeRegistration(before, observed(before.entry), 'no job waits that it covers', world);
  return { launched, after: held(await runners.read(NAME)).entry };
}

test('no launcher takes it', async () => {
  let free: boolean[] = [];
  const { after } = await removedWhile({ for: null }, async ({ ledger, config }) => {
    const { entry } = held(await ledger.runners.read(NAME));
    const isFor = (each: RunnerEntry) => isFree(each, build.job(2), config);
    free = [isFor(entry), isFor({ ...entry, idleSightings: 1 })];
  });
  expect(free).toEqual([false, true]);
  expect(after.removedAtMs).not.toBeNull();
});

test('no event hands it on: the job that was robbed is launched for', async () => {
  const { after, launched } = await removedWhile({}, async (world) => {
    const { jobs } = world.ledger;
    for (const id of [1, 2]) await jobs.add(build.job(id).id, build.jobEntry(id, { nextTryAtMs: 0 }));
    await repoint(build.job(1), build.jobEntry(1), build.job(2).id, world);
  });
  expect(launched).toEqual([2]);
  expect(after).toMatchObject({ for: 1, removedAtMs: expect.any(Number) });
});

test('where GitHub did not hear of it, it stays as it was seen, and the next sweep decides anew', async () => {
  const { world } = openReaper({ github: { removeRunner: () => Promise.reject(new Error('502')) } });
  const { runners } = world.ledger;
  const before = held(await runners.add(NAME, build.runnerEntry('1-1', { ...IDLE, for: null })));
  await expect(removeRegistration(before, observed(before.entry), 'why', world)).rejects.toThrow('502');
  const { entry } = held(await runners.read(NAME));
  const judged = (waiting: ReturnType<typeof build.jobEntry> | null) =>
    diagnose(COVERAGE, observed(entry, { registration: online, waiting })).kind;
  expect([judged(null), judged(build.jobEntry(2))]).toEqual(['remove', 'unsight']);
  const seen = entryAfter('unsight', observed(entry), entry, 0);
  expect(isFree(seen, build.job(2), world.config)).toBe(true);
  const found = entryAfter('found', observed(entry), { ...entry, state: 'launching' }, 0);
  expect(isFree(found, build.job(2), world.config)).toBe(true);
});
