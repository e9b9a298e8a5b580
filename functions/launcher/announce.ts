/** Writes the intention to launch, and takes a slot for it. */

import { spendLimits } from '../../shared/advisor/spend.ts';
import { type KnownWidths, matrixBound } from '../../shared/job/matrix.ts';
import type { JobEntry, RunnerEntry } from '../../shared/ledger/entries.ts';
import type { Held, SlotCost, SlotLimits, SlotOutcome, SlotRequest } from '../../shared/ledger/ledger.ts';
import { runnerNameOf } from '../../shared/names.ts';
import type { Requirements } from '../../shared/nouns.ts';
import { mintPace } from '../../shared/runner/mint-pace.ts';
import { lastingObstacle, newRunnerEntry } from './entries.ts';
import { holdAsBefore, wait } from './wait.ts';
import type { LaunchEvent, LauncherWorld, Outcome } from './world.ts';

export type Announced = { readonly kind: 'announced'; readonly held: Held<RunnerEntry> } | Outcome;

/**
 * Entry and slot at once, both before the registration and the instance: whatever a crash leaves has a name, and a slot
 * without an entry is dropped when this launch can no longer be on its way.
 */
export async function announce(
  event: LaunchEvent,
  job: Held<JobEntry>,
  requirements: Requirements,
  { cost, widths }: { readonly cost: SlotCost | null; readonly widths: KnownWidths },
  world: LauncherWorld,
): Promise<Announced> {
  const { ledger, config, clock } = world;
  const name = runnerNameOf(config.name, requirements.arch, job.entry.job.id, job.entry.launches);
  const entry = newRunnerEntry(name, job.entry.job, requirements, config, clock.nowMs());
  const matrix = event.kind === 'queued' ? matrixBound(event.job, widths, clock.nowMs()) : null;
  const turn = {
    jobCreatedAtMs: job.entry.job.createdAtMs,
    hasTurn: event.kind === 'due' && event.hasTurn,
    isInLine: lastingObstacle(job.entry) === null,
    matrix,
  };
  const [held, slot] = await Promise.all([
    ledger.runners.add(name, entry),
    slotFor(entry, turn, cost, world),
  ]);
  // The slot is that runner's, too.
  if (held === null) return { kind: 'known' };
  if (slot.kind === 'taken') return { kind: 'announced', held };

  await ledger.runners.remove(name, held);
  if (slot.kind === 'held' && matrix !== null) return holdAsBefore(job, slot.because, matrix, world);
  // Due at once: the sweep starts as many as slots and pace allow, in turns.
  const obstacle = slot.kind === 'limited' ? 'limit' : null;
  return wait(job, { because: slot.because, nextTryAtMs: clock.nowMs(), obstacle, cost }, world);
}

export function slotFor(
  { name, profile, repository, warm }: RunnerEntry,
  turn: Pick<SlotRequest, 'jobCreatedAtMs' | 'hasTurn' | 'isInLine' | 'matrix'>,
  cost: SlotCost | null,
  world: LauncherWorld,
): Promise<SlotOutcome> {
  const request = { name, profile, repository, ...turn, cost };
  const limits = slotLimits(profile, world);
  // What waits is no repository's yet, and the operator said how many wait.
  const own = warm === undefined ? limits : { ...limits, perRepository: null };
  return world.ledger.capacity.take(request, own, world.clock.nowMs());
}

function slotLimits(profile: string | null, { config }: LauncherWorld): SlotLimits {
  const { runners, runnersPerRepository: perRepository } = config.limits;
  const perProfile = profile === null ? null : (config.profiles[profile]?.runners ?? null);
  const spend = spendLimits(config);
  return { runners, perProfile, perRepository, mintsPerMinute: mintPace(config), spend };
}
