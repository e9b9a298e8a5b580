/** Slots whose entry is not there: of a launch that is on its way, or of one that died. */
import { expect, test } from 'vitest';
import { recountSlots } from '../../../../functions/reaper/rounds/recount.ts';
import type { Survey } from '../../../../functions/reaper/survey/survey.ts';
import { LEASE_MS } from '../../../../shared/limits.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { openReaper } from '../fixture.ts';

test('a slot is dropped when its launch can be on its way no longer, and not before', async () => {
  const { world, clock, pass } = openReaper();
  const { capacity, runners } = world.ledger;
  const [alone, held] = [build.runnerName('901-1'), build.runnerName('902-1')];
  for (const name of [alone, held])
    await capacity.take({ ...build.slot('x'), name }, build.limits(), clock.nowMs());
  await runners.add(held, build.runnerEntry('902-1', {}));
  const seen = { runners: [], ledgerComplete: true } as Partial<Survey> as Survey;
  const slots = async () => (await capacity.view()).slots.map(({ name }) => name);

  await pass(LEASE_MS - 1);
  expect(await recountSlots(seen, world)).toBe(0);
  expect(await slots()).toHaveLength(2);
  await pass(1);
  expect(await recountSlots(seen, world)).toBe(1);
  expect(await slots()).toEqual([held]);
});
