/** A matrix of 256 of which the first have shown no limit: the rest is let go side by side, within a part's time. */
import { expect, test } from 'vitest';
import { releaseHeld } from '../../../../functions/reaper/events/release-held.ts';
import { SWEEP_PARALLEL_MAX } from '../../../../shared/limits.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper } from '../fixture.ts';

const MATRIX = 256;
const FIRST = 4;
const REST = MATRIX - FIRST;

/** `slowMs`: so long each invocation takes. `refused`: the one that cannot be made. */
async function opened(slowMs: number, refused = 0, shown: object | null = null) {
  const each = openReaper();
  const { jobs } = each.world.ledger;
  const held = { by: 'matrix' as const, width: FIRST, sinceMs: START_MS, isRemembered: true, isFirst: true };
  for (let id = 1; id <= MATRIX; id++) {
    const some = id <= FIRST ? { startedOn: `r${id}`, startedAtMs: START_MS } : { held };
    const job = build.job(id, { name: `test (${id})` });
    const last = id === MATRIX && shown !== null ? { held: { ...held, isFirst: false, ...shown } } : {};
    await jobs.add(job.id, build.jobEntry(id, { job, ...some, ...last }));
  }
  let [open, most, tookMs] = [0, 0, 0];
  const launch: typeof each.world.queue.launch = async (event) => {
    most = Math.max(most, ++open);
    await each.clock.sleep(slowMs);
    open--;
    if (event.kind !== 'warm' && Number(event.job.id) === refused) throw new Error('no such function');
    await each.world.queue.launch(event);
  };
  /** What a sweep lets go that has `forMs` for it. */
  const sweep = async (forMs: number) => {
    const { things } = await jobs.list(999);
    const beganMs = each.clock.nowMs();
    const released = releaseHeld({ jobs: things, runners: [] }, [], beganMs + forMs, {
      ...each.world,
      queue: { launch },
    }).finally(() => {
      tookMs = each.clock.nowMs() - beganMs;
    });
    const settled = released.catch((error: Error) => error.message);
    await each.pass(600_000);
    return settled;
  };
  const stillHeld = async () =>
    (await jobs.list(999)).things.filter(({ entry }) => entry.held?.isFirst === true).length;
  return { ...each, sweep, stillHeld, seen: () => ({ most, tookMs }) };
}

test('many are at once, not one after the other', async () => {
  const { sweep, seen } = await opened(60);
  expect(await sweep(8_000)).toBe(REST);
  expect(seen()).toEqual({ most: SWEEP_PARALLEL_MAX, tookMs: 60 * Math.ceil(REST / SWEEP_PARALLEL_MAX) });
});

test('where that takes too long, the others stay held until the next sweep', async () => {
  const { sweep, stillHeld, seen, launched } = await opened(1_000);
  const first = Number(await sweep(8_000));
  expect(first).toBe(8 * SWEEP_PARALLEL_MAX);
  expect(seen().tookMs).toBe(8_000);
  expect(await stillHeld()).toBe(REST - first);
  await sweep(60_000);
  expect([launched.length, new Set(launched).size, await stillHeld()]).toEqual([REST, REST, 0]);
});

test('one that the launcher cannot be asked for keeps none of the others, and fails the part', async () => {
  const { sweep, launched } = await opened(0, 9);
  expect(await sweep(8_000)).toBe('no such function');
  expect(launched).toHaveLength(REST - 1);
});

test('what is to wait on for a limit that was shown is written so within that time, too', async () => {
  const { sweep, stillHeld } = await opened(0, 0, { isRemembered: false, sinceMs: START_MS + 1 });
  await sweep(0);
  expect(await stillHeld()).toBe(REST - 1);
  await sweep(8_000);
  expect(await stillHeld()).toBe(0);
});
