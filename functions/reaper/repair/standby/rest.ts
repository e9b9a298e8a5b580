/** Has a prepared machine stopped in economical mode, and gives up what has none. */
import { unavailableKeys } from '../../../../shared/advisor/rank.ts';
import { alertOnce } from '../../../../shared/alert-once.ts';
import { mergeTrail } from '../../../../shared/ledger/amend.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import { STANDBY_OUT_MS } from '../../../../shared/warm/limits.ts';
import { BILLS_ON } from '../../../../shared/warm/pools.ts';
import type { Observation } from '../../survey/observe.ts';
import type { ReaperWorld } from '../../world.ts';
import { retire } from '../retire.ts';

/** As `userdata/stand-by.sh` says it, on a line of its trace. */
const PREPARED = /\bmachine\.prepared\b/;

/** The intention first: a stop that is asked for, and not written, would be taken for the machine's own. */
export async function rest(
  held: Held<RunnerEntry>,
  { instances }: Observation,
  world: ReaperWorld,
): Promise<void> {
  const [instance] = instances;
  if (instance === undefined) return;
  const { region, id } = instance;
  let intended: Held<RunnerEntry> | null = held;
  if (held.entry.standby === 'preparing') {
    if (!PREPARED.test((await world.instances.consoleOutput(region, id)) ?? '')) return;
    intended = await write(held, 'stopping', 'is prepared: its machine is stopped', world);
  }
  if (intended === null) return;
  const { entry } = intended;
  const outcome = await world.instances.stop(region, id);
  world.log('standby.stop', { runner: entry.name, instance: id, outcome });
  if (outcome === 'asked' && entry.isStopTaken !== true)
    await world.ledger.runners.replace(entry.name, intended, { ...entry, isStopTaken: true });
}

export const noteStopped = (held: Held<RunnerEntry>, world: ReaperWorld) =>
  write(held, 'stopped', 'stands stopped, in economical mode', world);

function write(
  held: Held<RunnerEntry>,
  standby: 'stopping' | 'stopped',
  words: string,
  { ledger, clock }: ReaperWorld,
): Promise<Held<RunnerEntry> | null> {
  const { entry } = held;
  const atMs = clock.nowMs();
  const trail = mergeTrail(...entry.trail, { atMs, text: `${entry.name} ${words}` });
  // It stood stopped a moment after that was asked for, and was seen so up to a minute later.
  const stateAtMs = standby === 'stopping' ? atMs : entry.stateAtMs;
  return ledger.runners.replace(entry.name, held, { ...entry, standby, stateAtMs, trail });
}

/** ECS stops it all the same, and says no more than that; what it is made of is left out of stopped pools for long. */
export async function giveUpBilling(
  held: Held<RunnerEntry>,
  observation: Observation,
  because: string,
  world: ReaperWorld,
): Promise<void> {
  const { candidate } = held.entry;
  if (candidate !== null) {
    const untilMs = world.clock.nowMs() + STANDBY_OUT_MS;
    for (const key of unavailableKeys(candidate, 'offering'))
      await world.ledger.unavailable.remember(
        `${BILLS_ON}${key}`,
        untilMs,
        'it goes on billing when it is stopped',
      );
    const { instanceType, region } = candidate;
    const text = `${instanceType} in ${region} goes on billing when it is stopped, whatever it was asked for: it has no economical mode, or this account has none. No stopped runner (warm[].stopped) is made of it for a week. If that is true of every type, keep hot ones instead.`;
    await alertOnce(`bills-on-${region}-${instanceType}`, text, world);
  }
  await retire(held, observation, because, world);
}
