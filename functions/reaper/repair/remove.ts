/** Takes a runner off GitHub. */

import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { readJob } from '../../../shared/ledger/read-history.ts';
import { BOOT_MAX_CUSTOM_MS, IDLE_SIGHTINGS_MIN, LEASE_MS } from '../../../shared/limits.ts';
import { isOfOtherHost, parseJobId, parseWarmMs, targetOf } from '../../../shared/names.ts';
import { markBusy } from '../events/record-start.ts';
import type { Observation } from '../survey/observe.ts';
import type { ReaperWorld } from '../world.ts';

/** From now on it can take no job; whether it took one before is asked by a later sweep. */
export async function removeRegistration(
  held: Held<RunnerEntry>,
  { registration }: Observation,
  because: string,
  world: ReaperWorld,
): Promise<void> {
  const { entry } = held;
  // Today's host may have given its id to somebody else's. That it is there was told by the survey.
  if (isOfOtherHost(entry, world.config)) return;
  // Written first, or a launcher would give it a job while GitHub is being asked.
  const idleSightings = Math.max(IDLE_SIGHTINGS_MIN, entry.idleSightings);
  const noted = await world.ledger.runners.replace(entry.name, held, { ...entry, because, idleSightings });
  if (noted === null) return;
  const runnerId = registration?.id ?? entry.runnerId;
  const outcome =
    runnerId === null
      ? 'absent'
      : await world.github.removeRunner(registration?.target ?? targetOf(entry, world.config), runnerId);
  const nowMs = world.clock.nowMs();
  const next =
    outcome === 'busy' ? markBusy(entry, null, runnerId, nowMs) : { ...noted.entry, removedAtMs: nowMs };
  if (next !== undefined) await world.ledger.runners.replace(entry.name, noted, next);
}

/**
 * Only what was minted for a job of ours: another deployment of our name, in an account of its own, calls its runners
 * as we do, and one that boots there is registered, and nowhere here. GitHub takes what is never used away after a day.
 */
export async function removeStray({ name, registration }: Observation, world: ReaperWorld): Promise<void> {
  if (registration === null) return;
  if (await isOurs(name, world)) await world.github.removeRunner(registration.target, registration.id);
  else world.log('stray.kept', { runner: name, target: registration.target.owner });
}

/** One for no job is in no book once it is gone: whoever's it is, it boots no more. */
async function isOurs(name: string, { ledger, clock }: ReaperWorld): Promise<boolean> {
  const id = parseJobId(name);
  if (id !== null) return (await readJob(id, clock.nowMs(), ledger)) !== null;
  const askedAtMs = parseWarmMs(name);
  return askedAtMs !== null && clock.nowMs() - askedAtMs > LEASE_MS + BOOT_MAX_CUSTOM_MS;
}
