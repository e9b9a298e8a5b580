/** Walks the candidates, best first, until an instance is made. */

import { amend, trailOf } from '../../shared/amend.ts';
import type { RunnerEntry } from '../../shared/entries.ts';
import {
  ACCOUNT_FATAL_RETRY_MS,
  RELEASE_MARGIN_MS,
  RELEASE_TIME_MIN_MS,
  RETRY_MS,
  WALK_MAX_MS,
} from '../../shared/limits.ts';
import { clientTokenOf, tagsOf } from '../../shared/names.ts';
import type { Candidate } from '../../shared/nouns.ts';
import type { RunOutcome, RunRequest } from '../../shared/ports.ts';
import { unavailableKeys } from '../../shared/rank.ts';
import { tellOnce } from '../../shared/tell-once.ts';
import { bootedEntry } from './entries.ts';
import type { Launch } from './mint-and-run.ts';
import { meaningOf } from './refusal-words.ts';
import type { LauncherWorld } from './world.ts';

interface Walk extends Launch {
  readonly jitConfig: string;
}

type Walked =
  | { readonly kind: 'booting'; readonly instanceId: string }
  | { readonly kind: 'unwanted' }
  | { readonly kind: 'unknown'; readonly because: string }
  /** Every candidate was definitely refused. */
  | {
      readonly kind: 'exhausted';
      readonly because: string;
      readonly nextTryAtMs: number;
      readonly refusals: readonly string[];
    };

/** Only a definite refusal moves to the next candidate; an unknown outcome ends the walk. */
export async function walk(launch: Walk, world: LauncherWorld): Promise<Walked> {
  const refusals: string[] = [];
  const meanings = new Set<string>();
  const untilMs = world.clock.nowMs() + WALK_MAX_MS;
  for (const candidate of launch.candidates) {
    if (world.clock.nowMs() > untilMs) break;
    const request = requestOf(launch, candidate, world);
    const outcome = await world.instances.run(request);
    logAttempt(launch, candidate, outcome, world);
    if (outcome.kind === 'running') return settle(launch, request, outcome.instanceId, refusals, world);
    if (outcome.kind === 'unknown') return leaveToSweep(launch, candidate, outcome.code, refusals, world);
    meanings.add(meaningOf(outcome.code));
    refusals.push(`${saidOf(candidate)} was refused: ${meaningOf(outcome.code)}`);
    const stop = await stopAfter(candidate, outcome, world);
    if (stop !== null) return { kind: 'exhausted', refusals, ...stop };
  }
  return {
    kind: 'exhausted',
    because: `${refusals.length === 1 ? 'the only offer was' : `all ${refusals.length} offers were`} refused: ${[...meanings].slice(0, 3).join(', or ')}`,
    nextTryAtMs: world.clock.nowMs() + RETRY_MS,
    refusals,
  };
}

/** An instance may exist; the sweep finds out when the lease has ended. */
async function leaveToSweep(
  { runner }: Walk,
  candidate: Candidate,
  code: string,
  refusals: readonly string[],
  world: LauncherWorld,
): Promise<Walked> {
  const because = `the cloud’s answer was unclear (${code})`;
  const atMs = world.clock.nowMs();
  const lines = [...refusals, `${saidOf(candidate)} may have been launched: ${because}`];
  const told = lines.map((text) => ({ atMs, text }));
  await amend(
    world.ledger.runners,
    runner.entry.name,
    (entry) => ({ ...entry, trail: trailOf(...entry.trail, ...told) }),
    runner,
  );
  return { kind: 'unknown', because };
}

/** Null: the next candidate may fare better. */
async function stopAfter(
  candidate: Candidate,
  outcome: Exclude<RunOutcome, { kind: 'running' | 'unknown' }>,
  world: LauncherWorld,
): Promise<{ because: string; nextTryAtMs: number } | null> {
  const nowMs = world.clock.nowMs();
  switch (outcome.kind) {
    case 'unavailable':
      for (const key of unavailableKeys(candidate, outcome.scope))
        await world.ledger.unavailable.remember(key, nowMs + outcome.forMs, outcome.code);
      return null;
    case 'refused':
      return null;
    case 'throttled':
      return {
        because: `Alibaba Cloud asks us to slow down (${outcome.code})`,
        nextTryAtMs: outcome.retryAtMs,
      };
    case 'fatal':
      await tellOnce(
        `account-${outcome.code}`,
        `Alibaba Cloud refuses every launch (${outcome.code}): ${outcome.advice}`,
        world,
      );
      return {
        because: `Alibaba Cloud refuses every launch (${outcome.code}): ${outcome.advice}`,
        nextTryAtMs: nowMs + ACCOUNT_FATAL_RETRY_MS,
      };
  }
}

/** Built once for each candidate; the adapter resends it byte for byte. */
function requestOf(
  { job, runner, requirements, jitConfig, release }: Walk,
  candidate: Candidate,
  world: LauncherWorld,
): RunRequest {
  const { name } = runner.entry;
  const launchedAtMs = world.clock.nowMs();
  const lifetimeMs = Math.max(RELEASE_TIME_MIN_MS, requirements.lifetimeMs + RELEASE_MARGIN_MS);
  return {
    candidate,
    name,
    clientToken: clientTokenOf(name, candidate),
    userData: world.userData({
      jitConfig,
      job: job.entry.job,
      requirements,
      candidate,
      launchedAtMs,
      release,
    }),
    releaseAtMs: launchedAtMs + lifetimeMs,
    diskGiB: requirements.diskGiB,
    image: requirements.image,
    tags: tagsOf(name, job.entry.job, world.config),
  };
}

/** The instance exists: that is written whatever others wrote meanwhile. */
async function settle(
  { runner }: Walk,
  { candidate, releaseAtMs }: RunRequest,
  instanceId: string,
  refusals: readonly string[],
  world: LauncherWorld,
): Promise<Walked> {
  const atMs = world.clock.nowMs();
  const lines = [...refusals, `${saidOf(candidate)} was launched: ${instanceId}`];
  const trail = lines.map((text) => ({ atMs, text }));
  const known = { instanceId, region: candidate.region, candidate, releaseAtMs, trail };
  const change = (entry: RunnerEntry) => bootedEntry(entry, known, atMs);
  const written = await amend(world.ledger.runners, runner.entry.name, change, runner);
  // Gone only if the lease had ended: the sweep finds the instance by its tags.
  if (written === null) return { kind: 'unknown', because: 'its entry is gone' };
  const { state, isUnwanted } = written.entry;
  return isUnwanted || state === 'retiring' ? { kind: 'unwanted' } : { kind: 'booting', instanceId };
}

const saidOf = ({ instanceType, zone, capacityType }: Candidate): string =>
  `${instanceType} in ${zone} (${capacityType})`;

function logAttempt({ job }: Walk, candidate: Candidate, outcome: RunOutcome, { log }: LauncherWorld): void {
  const code = 'code' in outcome ? outcome.code : '';
  const { instanceType: type, zone, capacityType } = candidate;
  log('launch.attempted', { job: job.entry.job.id, type, zone, capacityType, outcome: outcome.kind, code });
}
