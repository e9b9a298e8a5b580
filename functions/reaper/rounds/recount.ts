/** A slot without an entry was left by a crash between the two: it is dropped, and the totals are set right. */
import type { Survey } from '../survey/survey.ts';
import type { ReaperWorld } from '../world.ts';

/** The view is read before the entries are asked for again: an entry precedes its slot. */
export async function recountSlots(
  { runners, ledgerComplete }: Survey,
  { ledger, log, clock }: ReaperWorld,
): Promise<number> {
  if (!ledgerComplete) return 0;
  const known = new Set(runners.map(({ entry }) => entry.name));
  const { slots } = await ledger.capacity.view();
  let dropped = 0;
  for (const { name } of slots.filter((slot) => !known.has(slot.name))) {
    if ((await ledger.runners.read(name)) !== null) continue;
    await ledger.capacity.handBack(name);
    log('slot.dropped', { runner: name });
    dropped++;
  }
  await ledger.capacity.recount(clock.nowMs());
  return dropped;
}
