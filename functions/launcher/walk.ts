/** Walks the candidates, best first, until an instance is made. */

import { launchedWords, saidOf } from '../../shared/advisor/chosen-words.ts';
import { isByCore } from '../../shared/advisor/cores.ts';
import { raised } from '../../shared/advisor/price.ts';
import { amend, mergeTrail } from '../../shared/ledger/amend.ts';
import type { JobEntry, QuotaWait, RunnerEntry } from '../../shared/ledger/entries.ts';
import type { Held } from '../../shared/ledger/ledger.ts';
import { REGION_OUT_MS, RELEASE_MARGIN_MS, RELEASE_TIME_MIN_MS, RETRY_MS } from '../../shared/limits.ts';
import { clientTokenOf, tagsOf } from '../../shared/names.ts';
import type { Candidate, Requirements } from '../../shared/nouns.ts';
import type { RunOutcome, RunRequest } from '../../shared/ports.ts';
import { waitingMs } from '../../shared/warm/created.ts';
import type { Installed } from './boot.ts';
import { bootedEntry } from './entries.ts';
import { explainRefusal, isBidTooLow } from './explain-refusal.ts';
import { type Baked, runFrom } from './images/baked.ts';
import type { QuotaGate } from './quota.ts';
import {
  isRefusedWith,
  type Refusals,
  remember,
  takeRefusal,
  toldOf,
  waitAfter,
  wasCut,
  whyAllRefused,
} from './refused.ts';
import type { LauncherWorld } from './world.ts';

export interface Launch {
  readonly job: Held<JobEntry>;
  readonly runner: Held<RunnerEntry>;
  readonly requirements: Requirements;
  readonly candidates: readonly Candidate[];
  readonly release: Installed;
  readonly gate: Pick<QuotaGate, 'refusedSince' | 'lookAgain'>;
  /** What else is to be had, when all of the candidates were refused. */
  readonly rankAgain: (requirements: Requirements) => Promise<readonly Candidate[]>;
}

export interface Walk extends Launch {
  /** Null: it is made ready, and stopped. */
  readonly jitConfig: string | null;
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
      /** The account itself is refused. */
      readonly isFatal: boolean;
      readonly isCut?: boolean;
      readonly quota?: QuotaWait | null;
    };

/** What all walks of one launch have in common. */
export interface Way {
  readonly refusals: Refusals;
  readonly untilMs: number;
  readonly baked: Baked | null;
}

/** Only a definite refusal moves to the next candidate; an unknown outcome ends the walk. */
export async function walk(
  launch: Walk,
  { refusals, untilMs, baked }: Way,
  world: LauncherWorld,
): Promise<Walked> {
  for (const candidate of launch.candidates) {
    if (world.clock.nowMs() > untilMs) break;
    if (refusals.slow.has(candidate.region)) continue;
    if (await isRefusedWith(candidate, refusals, launch.gate)) continue;
    const walked = await tryOne(launch, candidate, baked, refusals, world);
    if (walked !== null) return walked;
  }
  const { said, meanings, slow } = refusals;
  const quota = waitAfter(refusals, world.clock.nowMs());
  return {
    kind: 'exhausted',
    because: whyAllRefused(said.length, slow.size, [...meanings]),
    nextTryAtMs: Math.min(world.clock.nowMs() + (quota === null ? RETRY_MS : 0), ...slow.values()),
    refusals: toldOf(said),
    isFatal: false,
    isCut: wasCut(refusals, untilMs, world.clock.nowMs()),
    quota,
  };
}

/** Null: the next one may fare better. */
async function tryOne(
  launch: Walk,
  candidate: Candidate,
  baked: Baked | null,
  refusals: Refusals,
  world: LauncherWorld,
): Promise<Walked | null> {
  const { releaseAtMs, requestFor } = requestsOf(launch, candidate, world);
  const { said, meanings, slow } = refusals;
  const { outcome, image } = await runFrom(baked, candidate.region, requestFor, world);
  logAttempt(launch, candidate, outcome, world);
  if (outcome.kind === 'running')
    return settle(launch, { ...outcome, candidate, image, releaseAtMs }, toldOf(said), world);
  if (outcome.kind === 'unknown')
    return leaveToSweep(launch, candidate, { ...outcome, image }, toldOf(said), world);
  const meaning = explainRefusal(outcome.code);
  meanings.add(meaning);
  said.push(`${saidOf(candidate)} was refused: ${meaning}`);
  const next = launch.candidates[launch.candidates.indexOf(candidate) + 1];
  const again = isBidTooLow(outcome.code) ? raised(candidate, next, isByCore(launch.requirements)) : null;
  if (again !== null) return tryOne(launch, again, baked, refusals, world);
  if (outcome.kind === 'throttled') slow.set(candidate.region, outcome.retryAtMs);
  const stop = await takeRefusal(candidate, outcome, refusals, world);
  return stop === null ? null : { kind: 'exhausted', refusals: toldOf(said), isFatal: true, ...stop };
}

/** An instance may exist; the sweep finds out when the lease has ended. What it would be and cost only we know. */
async function leaveToSweep(
  { runner }: Walk,
  candidate: Candidate,
  { code, isSilent, image }: Extract<RunOutcome, { kind: 'unknown' }> & { image: string | null },
  refusals: readonly string[],
  world: LauncherWorld,
): Promise<Walked> {
  const because = `the cloud’s answer was unclear (${code})`;
  const atMs = world.clock.nowMs();
  // A whole region may be out: where there is another, the next launches go there.
  if (isSilent && world.config.placements.length > 1)
    await remember(candidate, { scope: 'placement', forMs: REGION_OUT_MS, code }, world);
  const lines = [...refusals, `${saidOf(candidate)} may have been launched: ${because}`];
  const trail = lines.map((text) => ({ atMs, text }));
  await amend(
    world.ledger.runners,
    runner.entry.name,
    (entry) => ({ ...entry, candidate, image, trail: mergeTrail(...entry.trail, ...trail) }),
    runner,
  );
  return { kind: 'unknown', because };
}

/** Each is packed only when it is asked for; the adapter resends it byte for byte. */
function requestsOf(
  { job, runner, requirements, jitConfig, release }: Walk,
  candidate: Candidate,
  world: LauncherWorld,
): { readonly releaseAtMs: number; readonly requestFor: (image: string | null) => RunRequest } {
  const { name, createdAtMs } = runner.entry;
  const launchedAtMs = world.clock.nowMs();
  const lifetimeMs = Math.max(RELEASE_TIME_MIN_MS, requirements.lifetimeMs + RELEASE_MARGIN_MS);
  const releaseAtMs = launchedAtMs + lifetimeMs;
  const waitsMs = waitingMs(runner.entry, launchedAtMs);
  const boot = { jitConfig, job: job.entry.job, requirements, candidate, launchedAtMs, release, waitsMs };
  const requestFor = (image: string | null): RunRequest => ({
    candidate,
    name,
    clientToken: clientTokenOf(name, createdAtMs, candidate),
    userData: world.userData({ ...boot, image }),
    releaseAtMs,
    diskGiB: requirements.diskGiB,
    image: requirements.image,
    tags: tagsOf(name, job.entry.job, world.config),
  });
  return { releaseAtMs, requestFor };
}

/** The instance exists: that is written whatever others wrote meanwhile. */
async function settle(
  { runner, requirements }: Walk,
  made: Pick<RunRequest, 'candidate' | 'releaseAtMs'> & {
    readonly instanceId: string;
    readonly image: string | null;
  },
  refusals: readonly string[],
  world: LauncherWorld,
): Promise<Walked> {
  const atMs = world.clock.nowMs();
  const { candidate, releaseAtMs, instanceId, image } = made;
  const lines = [...refusals, launchedWords(candidate, requirements, { instanceId, image })];
  const trail = lines.map((text) => ({ atMs, text }));
  const known = { instanceId, image, region: candidate.region, candidate, releaseAtMs, trail };
  const change = (entry: RunnerEntry) => bootedEntry(entry, known, atMs);
  const written = await amend(world.ledger.runners, runner.entry.name, change, runner);
  // Gone only if the lease had ended: the sweep finds the instance by its tags.
  if (written === null) return { kind: 'unknown', because: 'its entry is gone' };
  const { state, isUnwanted } = written.entry;
  return isUnwanted || state === 'retiring' ? { kind: 'unwanted' } : { kind: 'booting', instanceId };
}

function logAttempt({ job }: Walk, candidate: Candidate, outcome: RunOutcome, { log }: LauncherWorld): void {
  const code = 'code' in outcome ? outcome.code : '';
  const { instanceType: type, zone, capacityType } = candidate;
  log('launch.attempted', { job: job.entry.job.id, type, zone, capacityType, outcome: outcome.kind, code });
}
