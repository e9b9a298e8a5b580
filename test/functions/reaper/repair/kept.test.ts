/** When a runner is closed: by a sweep, and between two. A machine that is kept, and in no list, may be young, and is never asked to go. */
import { expect, test } from 'vitest';
import { terminate } from '../../../../functions/reaper/ending/terminate.ts';
import { close, closeEnded } from '../../../../functions/reaper/repair/close.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import { TAG } from '../../../../shared/names.ts';
import type { Instance } from '../../../../shared/nouns.ts';
import type { Removal } from '../../../../shared/ports.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper, QUIET } from '../fixture.ts';
import { machine, observed } from './diagnose-rows.ts';

const NAME = build.runnerName('77-1');
const SPENT: RunnerEntry = build.runnerEntry('77-1', {
  ...{ state: 'retiring', instanceId: 'i-1', region: 'cn-hangzhou', ran: build.job(77) },
});

/** Which machines were asked to go, and whether it was closed in this sweep and in the next. */
async function closedWith(entry: RunnerEntry) {
  const asked: string[] = [];
  const terminate = async (_region: string, id: string) => {
    asked.push(id);
    return 'gone' as const;
  };
  const { world } = openReaper({ ...QUIET, instances: { terminate } });
  await world.ledger.runners.add(NAME, entry);
  const isClosed: boolean[] = [];
  for (let sweep = 0; sweep < 2; sweep++) {
    const held = await world.ledger.runners.read(NAME);
    if (held !== null) await close(held, { ...observed(held.entry, { isGone: true }), held }, world);
    isClosed.push((await world.ledger.runners.read(NAME)) === null);
  }
  return { asked, isClosed };
}

test('what no list shows is asked to go once more, and closed when it is gone', async () => {
  expect(await closedWith(SPENT)).toEqual({ asked: ['i-1'], isClosed: [true, true] });
});

test.each([
  ['operator', 10, true],
  ['debug', 10, true],
  ['debug', 2, false],
] as const)(
  'kept (%s) and launched %i minutes ago, it is closed when a second sweep sees the same: %s (seed 204183)',
  async (by, minutes, isClosed) => {
    const keep = { untilMs: START_MS + 60_000, by };
    const kept = { ...SPENT, keep, createdAtMs: START_MS - minutes * 60_000 };
    expect(await closedWith(kept)).toEqual({ asked: [], isClosed: [false, isClosed] });
  },
);

/** Between two sweeps, of a runner that the last one saw with its job, unless it did not. */
async function closedBetween(
  entry: RunnerEntry,
  cloud: { readonly found?: boolean; readonly says?: Removal; readonly fails?: boolean } = {},
  seen = [NAME],
) {
  const asked: string[] = [];
  const { world, lines } = openReaper({
    instances: {
      find: async (_region, ids) => {
        asked.push(`find ${ids}`);
        if (cloud.fails) throw new Error('the cloud is silent');
        return cloud.found ? [{ id: 'i-1' } as Instance] : [];
      },
      terminate: async (_region, id) => {
        asked.push(`terminate ${id}`);
        return cloud.says ?? 'gone';
      },
    },
  });
  await world.ledger.runners.add(NAME, entry);
  const runners = (await world.ledger.runners.list(9)).things;
  const closed = await closeEnded(runners, new Set(seen), START_MS + 60_000, world);
  const left = await world.ledger.runners.read(NAME);
  expect(closed.has(NAME)).toBe(left === null);
  return { isClosed: left === null, asked, looks: left?.entry.absentLooks, lines };
}

test('between two sweeps it is closed once its job has ended, and two questions say that its machine is gone', async () => {
  expect(await closedBetween(SPENT)).toMatchObject({ isClosed: true, asked: ['find i-1', 'terminate i-1'] });
  expect(await closedBetween(SPENT, { found: true })).toMatchObject({ isClosed: false, asked: ['find i-1'] });
});

test('what is in doubt there is the sweep’s, and no look of it is counted', async () => {
  expect(await closedBetween(SPENT, { says: 'later' })).toMatchObject({ isClosed: false, looks: 0 });
  const silent = await closedBetween(SPENT, { fails: true });
  expect(silent).toMatchObject({ isClosed: false, asked: ['find i-1'] });
  expect(silent.lines).toEqual([{ event: 'close.left', error: 'the cloud is silent' }]);
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['whose job nobody said has ended', { ran: null }],
  ['that is busy with another', { busyWith: build.job(78).id }],
  ['that the market took back, which is counted first', { isInterrupted: true }],
  ['whose machine a person keeps', { keep: { untilMs: START_MS + 60_000, by: 'operator' as const } }],
  ['that was found, and not launched', { leaseUntilMs: 0 }],
  ['that retires no more', { state: 'busy' as const }],
] as const)('between two sweeps nobody asks for a runner %s', async (_, some) => {
  expect(await closedBetween({ ...SPENT, ...some })).toMatchObject({ isClosed: false, asked: [] });
});

test('nor for one that no sweep saw with a job: the brake has yet to count it', async () => {
  expect(await closedBetween(SPENT, {}, [])).toMatchObject({ isClosed: false, asked: [] });
});

test('at the end of its job a machine that one look-up does not show is the sweep’s: a tag may keep it', async () => {
  const asked: string[] = [];
  let found: readonly Instance[] = [machine({ tags: { [TAG.name]: NAME } })];
  const { world } = openReaper({
    instances: {
      find: async () => found,
      terminate: async (_region, id) => {
        asked.push(id);
        return 'gone';
      },
    },
  });
  await terminate(SPENT, world);
  expect(asked).toEqual(['i-1']);
  found = [];
  await terminate(SPENT, world);
  expect(asked).toEqual(['i-1']);
});
