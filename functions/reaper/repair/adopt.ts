/** An instance with our tags that the ledger does not know: from here on it has an entry, and its life goes on. */

import { alertOnce } from '../../../shared/alert-once.ts';
import { BLANK_RUNNER } from '../../../shared/ledger/blank-runner.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import { TAG } from '../../../shared/names.ts';
import type { Instance, RunnerName } from '../../../shared/nouns.ts';
import type { Observation } from '../survey/observe.ts';
import type { ReaperWorld } from '../world.ts';

/** It is for no job, so it is matched, or retired on evidence, by the sweeps to come. It holds no slot. */
export async function adopt(
  { name, instances, registration }: Observation,
  world: ReaperWorld,
): Promise<void> {
  const instance = await firstThere(instances, world);
  if (instance === null) return;
  const nowMs = world.clock.nowMs();
  const entry: RunnerEntry = {
    ...BLANK_RUNNER,
    name: name as RunnerName,
    state: registration?.isBusy ? 'busy' : 'booting',
    for: null,
    repository: instance.tags[TAG.repository] ?? '',
    installationId: null,
    labels: registration?.labels ?? [],
    profile: null,
    diskGiB: null,
    createdAtMs: instance.createdAtMs,
    stateAtMs: instance.createdAtMs,
    leaseUntilMs: 0,
    runnerId: registration?.id ?? null,
    instanceId: instance.id,
    region: instance.region,
    releaseAtMs: instance.releaseAtMs,
    because: 'its instance was unknown to the ledger',
    trail: [{ atMs: nowMs, text: `was adopted: the instance ${instance.id} was unknown to the ledger` }],
  };
  await world.ledger.runners.add(entry.name, entry);
  await alertOnce(
    `leak-${name}`,
    `The instance ${instance.id} (${name}) in ${instance.region} was unknown to the ledger; it is watched, and deleted when it is proved idle.`,
    world,
  );
}

/** A list may still show what is gone, and whose runner was closed on that proof; the look-up by id does not. */
async function firstThere(
  listed: readonly Instance[],
  { instances }: Pick<ReaperWorld, 'instances'>,
): Promise<Instance | null> {
  for (const instance of listed)
    if ((await instances.find(instance.region, [instance.id])).length > 0) return instance;
  return null;
}
