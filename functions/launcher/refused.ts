/** What a definite refusal of the cloud means for the rest of the walk, and for other launches. */

import { createHash } from 'node:crypto';
import { keysOf, unavailableKeys } from '../../shared/advisor/rank.ts';
import { alertOnce } from '../../shared/alert-once.ts';
import type { QuotaWait } from '../../shared/ledger/entries.ts';
import { ACCOUNT_FATAL_RETRY_MS, CANDIDATES_MAX, REFUSALS_TOLD_MAX } from '../../shared/limits.ts';
import type { Candidate, Job } from '../../shared/nouns.ts';
import type { RunOutcome } from '../../shared/ports.ts';
import { needOf, scopeOf, scopesOf } from '../../shared/quota/learned-limits.ts';
import { explainRefusal } from './explain-refusal.ts';
import { tellOfPlacement, withoutImage } from './misfit.ts';
import { learn, type QuotaGate } from './quota.ts';
import type { LauncherWorld } from './world.ts';

/**
 * Each reason once a day for each repository. Reasons quote labels, which anybody may write: so many different ones a
 * day are told of each repository, and two that share a number count as one.
 */
export async function tellOfRefusal(
  { id, repository }: Job,
  because: string,
  world: LauncherWorld,
): Promise<void> {
  const hash = createHash('sha256').update(because).digest().readUInt16BE(0);
  const text = `The job ${id} of ${repository} was refused because ${because}${because.endsWith('?') ? '' : '.'} What to do: npm run explain -- ${id}`;
  await alertOnce(`refused-${repository}-${hash % REFUSALS_TOLD_MAX}`, text, world);
}

/** What the offers of one walk were refused for. */
export interface Refusals {
  /** Of the job: its name in `runners.yaml`. */
  readonly image: string;
  readonly said: string[];
  readonly meanings: Set<string>;
  /** Until when each region wants to be left alone: another may not. */
  readonly slow: Map<string, number>;
  /** What was refused for all of its like: these are not asked for. */
  readonly out: Set<string>;
  /** Scopes of the account's quotas that are used up, with what was asked for. */
  readonly used: Map<string, number>;
}

export const noRefusals = (image: string): Refusals => ({
  image,
  ...{ said: [], meanings: new Set(), slow: new Map() },
  ...{ out: new Set(), used: new Map() },
});

/** An offer that fares as one before it did. */
export async function isRefusedWith(
  candidate: Candidate,
  { out, used, said }: Refusals,
  gate: Pick<QuotaGate, 'refusedSince'>,
): Promise<boolean> {
  const since = await gate.refusedSince(candidate);
  if (since !== null) used.set(since, needOf(since, candidate));
  const isOut =
    keysOf(candidate).some((key) => out.has(key)) || scopesOf(candidate).some((scope) => used.has(scope));
  if (isOut)
    said.push(
      `${candidate.instanceType} in ${candidate.zone} was not asked for: it is refused with the one before`,
    );
  return isOut;
}

/** Pure. Null: no quota was in the way. A walk sees a few offers only: the next ranking knows what is left of the others. */
export const waitAfter = ({ used }: Refusals, nowMs: number): QuotaWait | null =>
  used.size === 0 ? null : { needs: Object.fromEntries(used), againAtMs: nowMs };

/** Pure. Some offers were not asked for: their region was slow, or the time was over. */
export const wasCut = ({ slow }: Refusals, untilMs: number, nowMs: number): boolean =>
  slow.size > 0 || nowMs > untilMs;

/** Null: the next candidate may fare better. */
export async function takeRefusal(
  candidate: Candidate,
  outcome: Exclude<RunOutcome, { kind: 'running' | 'unknown' }>,
  { out, used, image }: Refusals,
  world: LauncherWorld,
): Promise<{ because: string; nextTryAtMs: number } | null> {
  switch (outcome.kind) {
    case 'unavailable':
      await takeUnavailable(candidate, outcome, world);
      for (const key of unavailableKeys(candidate, outcome.scope)) out.add(key);
      return null;
    case 'image':
      for (const key of await withoutImage(candidate, image, outcome, world)) out.add(key);
      return null;
    case 'used-up':
      used.set(scopeOf(candidate, outcome), needOf(scopeOf(candidate, outcome), candidate));
      await learn(candidate, outcome, world);
      return null;
    case 'refused':
      if (outcome.isUnknown) await tellOfUnknown(candidate, outcome.code, world);
      return null;
    case 'throttled':
      return null;
    case 'fatal': {
      const because = `Alibaba Cloud refuses every launch (${outcome.code}): ${outcome.advice}`;
      const nextTryAtMs = world.clock.nowMs() + ACCOUNT_FATAL_RETRY_MS;
      await alertOnce(`account-${outcome.code}`, because, world);
      return { because, nextTryAtMs };
    }
  }
}

/** It may be a refusal of the account's own, which no other offer escapes: once a day for each code. */
function tellOfUnknown({ instanceType, zone }: Candidate, code: string, world: LauncherWorld): Promise<void> {
  const text = `ECS refused ${instanceType} in ${zone} with the code ${code}, which has no meaning here yet; other offers are asked for. Look the code up in ECS's error center, and report it to us: what it means belongs into the table`;
  return alertOnce(`code-${code}`, text, world);
}

/** What only a person ends is remembered in words, and told. */
async function takeUnavailable(candidate: Candidate, outcome: Unavailable, world: LauncherWorld) {
  if (outcome.advice === undefined) return remember(candidate, outcome, world);
  await remember(candidate, { ...outcome, code: explainRefusal(outcome.code) }, world);
  await tellOfPlacement(candidate.region, outcome, world);
}

export async function remember(
  candidate: Candidate,
  { scope, forMs, code }: Pick<Unavailable, 'scope' | 'forMs' | 'code'>,
  { ledger, clock }: LauncherWorld,
): Promise<void> {
  for (const key of unavailableKeys(candidate, scope))
    await ledger.unavailable.remember(key, clock.nowMs() + forMs, code);
}

type Unavailable = Extract<RunOutcome, { kind: 'unavailable' }>;

/** Pure. What is slow was not asked for the rest of its offers. */
export function whyAllRefused(refused: number, slow: number, meanings: readonly string[]): string {
  const why = meanings.slice(0, 3).join(', or ');
  if (refused === slow) return why;
  return `${refused === 1 ? 'the only offer was' : `all ${refused} offers were`} refused: ${why}`;
}

/** Pure. As many as one ranking has are named: a story has room for twenty lines. */
export function toldOf(said: readonly string[]): readonly string[] {
  const more = said.length - CANDIDATES_MAX;
  if (more <= 0) return said;
  const rest = `${more} more ${more === 1 ? 'offer was' : 'offers were'} refused, or not asked for with those`;
  return [...said.slice(0, CANDIDATES_MAX), rest];
}
