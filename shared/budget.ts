/** Who may spend what is left of GitHub's calls: pure. The shares, and why: docs/decisions/github-budget.md. */
import { MINT_PACE_MAX } from './github-limits.ts';

const HOUR_MS = 3_600_000;

/**
 * Of the calls that are left, this share is kept for what comes before a use: half for mints, then a tenth each for
 * removals and for what proves a job's end. Looks live on what is over.
 */
export const KEPT_SHARE: Readonly<Record<CallUse, number>> = { mint: 0, removal: 0.5, proof: 0.6, look: 0.7 };

/** 1: what is left would last to the hour's end if each minute took as much; infinite: a new hour has begun. */
export function paceOf({ limit, remaining, resetAtMs }: CallBudget, nowMs: number): number {
  const share = Math.min(1, (resetAtMs - nowMs) / HOUR_MS);
  return share <= 0 ? Number.POSITIVE_INFINITY : remaining / (limit * share);
}

/**
 * Mints come in bursts, and a share of an even pace is for their mean: the nearer the hour's end, the less it holds of one. So
 * two minutes' mints are nobody else's at any time; of a small limit a twentieth.
 */
function paceBesideMints(budget: CallBudget, nowMs: number): number {
  const burst = Math.min(2 * MINT_PACE_MAX, budget.limit / 20);
  return paceOf({ ...budget, remaining: budget.remaining - burst }, nowMs);
}

/** Null: GitHub has not said yet. */
export function mayCall(use: CallUse, budget: CallBudget | null, nowMs: number): boolean {
  if (budget === null) return true;
  if (budget.heldUntilMs > nowMs) return false;
  return use === 'mint' || paceBesideMints(budget, nowMs) > KEPT_SHARE[use];
}

/** What is over for looks: 1 in quiet times, 0 when the share of others is reached. */
export function lookShare(budget: CallBudget | null, nowMs: number): number {
  if (budget === null) return 1;
  if (budget.heldUntilMs > nowMs) return 0;
  const over = paceBesideMints(budget, nowMs) - KEPT_SHARE.look;
  return Math.max(0, Math.min(1, over / (0.95 - KEPT_SHARE.look)));
}

/** Eighths: what is worth a note. 8: an even pace, or better. */
export function levelOf(budget: CallBudget, nowMs: number): number {
  return Math.floor(8 * Math.min(1, paceOf(budget, nowMs)));
}

/** A call was kept back: no failure, its turn comes again. */
export function isKept(error: unknown): boolean {
  return error instanceof Error && 'isKept' in error && error.isKept === true;
}

/** How long GitHub is to be left alone, where that is why a call was not made; null: it failed otherwise. */
export const waitMsOf = (error: unknown): number | null =>
  error instanceof Error && 'waitMs' in error && typeof error.waitMs === 'number' ? error.waitMs : null;

/** What GitHub lets an installation ask for, as its last answer had it. */
export interface CallBudget {
  /** An hour's. */
  readonly limit: number;
  readonly remaining: number;
  readonly resetAtMs: number;
  /** Until then GitHub wants to be left alone; 0: it never did. */
  readonly heldUntilMs: number;
}

/** What a call of GitHub is for, in the order in which each has its claim. */
export type CallUse = 'mint' | 'removal' | 'proof' | 'look';
