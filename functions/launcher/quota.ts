/** The account's quotas at a launch: what is used up is not tried, and a refusal is learned from. */
import type { LeftOut } from '../../shared/advisor/fit.ts';
import type { JobEntry, QuotaWait } from '../../shared/ledger/entries.ts';
import type { WarmEvent } from '../../shared/ledger/warm-entry.ts';
import { LEDGER_SCAN_MAX, LIMIT_RERANK_MS, RETRY_MS } from '../../shared/limits.ts';
import type { Candidate, Offering } from '../../shared/nouns.ts';
import {
  afterRefusal,
  describeLimit,
  isNews,
  type LearnedLimits,
  needOf,
  roomIn,
  scopeOf,
  scopesOf,
  type Usage,
  type UsedUp,
  usageOf,
} from '../../shared/quota/learned-limits.ts';
import { changeLimits, readLimits } from '../../shared/quota/note.ts';
import type { Quotas } from '../../shared/quota/quotas.ts';
import { ahead } from './ahead.ts';
import type { LaunchEvent, LauncherWorld } from './world.ts';

/** Which offerings a launch leaves out. */
export interface QuotaGate {
  withheld(offering: Offering): string | null;
  /** Null: no quota is in the job's way. `onDemandAtMs`: from then on there are more offers. */
  waitAfter(leftOut: readonly LeftOut[], nowMs: number, onDemandAtMs: number): QuotaWait | null;
  /** Begins to look for what `refusedSince` will be asked next. */
  lookAgain(): void;
  /** The scope in which others of the same burst were refused since the ranking; null: in none. */
  refusedSince(candidate: Candidate): Promise<string | null>;
}

export function openQuotaGate(
  { quota }: Pick<JobEntry, 'quota'>,
  { limits, usage }: Quotas,
  event: LaunchEvent | WarmEvent,
  { limits: readAnew, clock }: Pick<LauncherWorld, 'limits' | 'clock'>,
): QuotaGate {
  const within = event.kind === 'due' ? event.within : undefined;
  let again: Promise<LearnedLimits> | null = null;
  return {
    lookAgain() {
      again = ahead(readAnew());
    },
    ...rankingGate(limits, usage, quota?.needs ?? {}, within),
    async refusedSince(candidate) {
      const now = await (again ?? readAnew());
      again = null;
      const isRefused = (scope: string) => now.has(scope) && !isNews(now.get(scope), clock.nowMs());
      return scopesOf(candidate).find((scope) => scope !== within && isRefused(scope)) ?? null;
    },
  };
}

/**
 * Pure. Where the job has waited before, only the sweep lets it in, since others wait there, too. `within`: where it has
 * kept room for this launch.
 */
export function rankingGate(
  limits: LearnedLimits,
  usage: Usage,
  waited: QuotaWait['needs'],
  within: string | undefined,
): Omit<QuotaGate, 'refusedSince' | 'lookAgain'> {
  const needs = new Map<string, number>();
  const reasons = new Set<string>();
  const isOpen = (scope: string, need: number): boolean => {
    const limit = limits.get(scope);
    if (limit === undefined) return true;
    const kept = waited[scope];
    if (kept === undefined) return need <= roomIn(scope, limit, usage);
    return scope === within && need <= Math.max(kept, roomIn(scope, limit, usage));
  };
  return {
    withheld(offering) {
      if (limits.size === 0) return null;
      const scope = scopesOf(offering).find((each) => !isOpen(each, needOf(each, offering)));
      const limit = scope === undefined ? undefined : limits.get(scope);
      if (scope === undefined || limit === undefined) return null;
      needs.set(scope, Math.min(needs.get(scope) ?? Number.POSITIVE_INFINITY, needOf(scope, offering)));
      const because = `the account’s quota is used up: ${describeLimit(scope, limit)}`;
      reasons.add(because);
      return because;
    },
    waitAfter(leftOut, nowMs, onDemandAtMs) {
      if (needs.size === 0) return null;
      const isAll = leftOut.every(({ because }) => reasons.has(because));
      const later = [nowMs + LIMIT_RERANK_MS, ...(onDemandAtMs > nowMs ? [onDemandAtMs] : [])];
      return { needs: Object.fromEntries(needs), againAtMs: isAll ? Math.min(...later) : nowMs + RETRY_MS };
    },
  };
}

/** The number alive at the refusal is what the account gives. */
export async function learn(
  candidate: Candidate,
  usedUp: UsedUp,
  { ledger, clock, log }: Pick<LauncherWorld, 'ledger' | 'clock' | 'log'>,
): Promise<void> {
  const scope = scopeOf(candidate, usedUp);
  if (!isNews((await readLimits(ledger)).get(scope), clock.nowMs())) return;
  const { things } = await ledger.runners.list(LEDGER_SCAN_MAX);
  const runners = things.map(({ entry }) => entry);
  const usedAs = (which: Parameters<typeof usageOf>[1]) => usageOf(runners, which).get(scope) ?? 0;
  const used = { made: usedAs('made'), coming: usedAs('made and coming') };
  const isKept = await changeLimits(ledger, (limits) =>
    new Map(limits).set(scope, afterRefusal(limits.get(scope), candidate, usedUp, used, clock.nowMs())),
  );
  log('quota.used-up', { scope, ...used, code: usedUp.code, isKept });
}
