/** Slots that nobody can use: those without an entry, left by a crash between the two, and those of machines that stay. */
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import { isKept } from '../../../shared/ledger/entry-parts.ts';
import type { CapacityView } from '../../../shared/ledger/ledger.ts';
import { LEASE_MS } from '../../../shared/limits.ts';
import { isKeptByTag } from '../own-instance.ts';
import type { Survey } from '../survey/survey.ts';
import type { ReaperWorld } from '../world.ts';

/** How many were dropped. A launch writes both at once: what is younger than a launch can be may get its entry yet. */
export async function recountSlots(survey: Survey, world: ReaperWorld): Promise<number> {
  const { runners, ledgerComplete } = survey;
  const { ledger, log, clock } = world;
  if (!ledgerComplete) return 0;
  const known = new Set(runners.map(({ entry }) => entry.name));
  const view = await ledger.capacity.view();
  const isLeft = ({ name, atMs }: (typeof view.slots)[number]) =>
    !known.has(name) && clock.nowMs() - atMs >= LEASE_MS;
  let dropped = 0;
  for (const { name } of view.slots.filter(isLeft)) {
    if ((await ledger.runners.read(name)) !== null) continue;
    await ledger.capacity.handBack(name);
    log('slot.dropped', { runner: name });
    dropped++;
  }
  await writeOffStuck(survey, view, world);
  await ledger.capacity.recount(clock.nowMs());
  return dropped;
}

/** Longer than any machine is Pending that will be anything else. */
const STUCK_MS = 5 * 60_000;
/** Of all slots: what hangs for one repository, again and again, must not fill those of the others. */
const WRITTEN_OFF_SHARE = 1 / 4;

/** Jobs of its repository wait for none of these: they may be there until their release time. Those that were first come first. */
async function writeOffStuck(
  survey: Survey,
  { slots }: CapacityView,
  { ledger, log, clock, config }: ReaperWorld,
): Promise<void> {
  const stuck = stuckIn(survey, clock.nowMs());
  const found = stuck.flatMap(({ name }) => slots.find((slot) => slot.name === name) ?? []);
  const isOff = ({ isUnassigned }: (typeof slots)[number]): boolean => isUnassigned === true;
  const left = Math.floor(config.limits.runners * WRITTEN_OFF_SHARE) - found.filter(isOff).length;
  for (const { name } of found.filter((slot) => !isOff(slot)).slice(0, Math.max(0, left))) {
    await ledger.capacity.writeOff(name);
    log('slot.written_off', { runner: name });
  }
}

/** Pending: nothing ever ran on it, and ECS does not delete it. */
function stuckIn({ runners, instances }: Survey, nowMs: number): RunnerEntry[] {
  const isOver = (entry: RunnerEntry) =>
    entry.state === 'retiring' && nowMs - entry.stateAtMs > STUCK_MS && !isKept(entry, nowMs);
  const over = runners.map(({ entry }) => entry).filter(isOver);
  if (over.length === 0) return over;
  const pending = instances.filter((each) => each.status === 'Pending' && !isKeptByTag(each));
  const ids = new Set<string | null>(pending.map(({ id }) => id));
  return over.filter(({ instanceId }) => ids.has(instanceId)).toSorted((a, b) => a.stateAtMs - b.stateAtMs);
}
