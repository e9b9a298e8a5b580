/** What a definite refusal of the cloud means for the rest of the walk, and for other launches. */

import { createHash } from 'node:crypto';
import { unavailableKeys } from '../../shared/advisor/rank.ts';
import { alertOnce } from '../../shared/alert-once.ts';
import { ACCOUNT_FATAL_RETRY_MS, REFUSALS_TOLD_MAX } from '../../shared/limits.ts';
import type { Candidate, Job } from '../../shared/nouns.ts';
import type { RunOutcome } from '../../shared/ports.ts';
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
  const text = `The job ${id} of ${repository} was refused because ${because}${because.endsWith('?') ? '' : '.'} Its author has to mend that: npm run explain -- ${id}`;
  await alertOnce(`refused-${repository}-${hash % REFUSALS_TOLD_MAX}`, text, world);
}

/** Null: the next candidate may fare better. */
export async function takeRefusal(
  candidate: Candidate,
  outcome: Exclude<RunOutcome, { kind: 'running' | 'unknown' }>,
  world: LauncherWorld,
): Promise<{ because: string; nextTryAtMs: number } | null> {
  switch (outcome.kind) {
    case 'unavailable':
      await remember(candidate, outcome, world);
      return null;
    case 'refused':
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
