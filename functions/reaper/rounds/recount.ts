/** A slot without an entry was left by a crash between the two: it is dropped, and the totals are set right. */
import { LEASE_MS } from '../../../shared/limits.ts';
import type { Survey } from '../survey/survey.ts';
import type { ReaperWorld } from '../world.ts';

/** A launch writes both at once: what is younger than a launch can be may get its entry yet. */
export async function recountSlots(
  { runners, ledgerComplete }: Survey,
  { ledger, log, clock }: ReaperWorld,
): Promise<number> {
  if (!ledgerComplete) return 0;
  const known = new Set(runners.map(({ entry }) => entry.name));
  const { slots } = await ledger.capacity.view();
  const isLeft = ({ name, atMs }: (typeof slots)[number]) =>
    !known.has(name) && clock.nowMs() - atMs >= LEASE_MS;
  let dropped = 0;
  for (const { name } of slots.filter(isLeft)) {
    if ((await ledger.runners.read(name)) !== null) continue;
    await ledger.capacity.handBack(name);
    log('slot.dropped', { runner: name });
    dropped++;
  }
  await ledger.capacity.recount(clock.nowMs());
  return dropped;
}
