/** What a run has found and made so far. */
import type { Candidate } from '../../shared/nouns.ts';
import { FACT_IDS, type FactId, type Finding, notTold } from './facts.ts';
import type { Plan } from './plan.ts';
import { diskPerHour, priceOf } from './price.ts';

export interface Launched {
  readonly id: string;
  readonly candidate: Candidate;
  readonly params: Readonly<Record<string, string>>;
  readonly askedAtMs: number;
  /** Null: it is there still. */
  endedAtMs: number | null;
}

export interface Draft {
  readonly beganAtMs: number;
  readonly plan: Plan;
  readonly findings: Map<FactId, Finding>;
  /** The first one boots our user data; the second is deleted as soon as it is there. */
  readonly launched: Launched[];
  /** Seconds since the launch was asked for. */
  readonly milestones: Map<string, number>;
  /** Why the run ended early; null: it did not. */
  left: string | null;
  /** Null: not looked yet. */
  isClean: boolean | null;
}

export const newDraft = (plan: Plan, beganAtMs: number): Draft => ({
  ...{ beganAtMs, plan, findings: new Map(), launched: [], milestones: new Map() },
  ...{ left: null, isClean: null },
});

/** In the order of the table; what was not asked says so. */
export function findingsOf({ findings, left }: Draft): (readonly [FactId, Finding])[] {
  const unasked = notTold(left ?? 'not asked');
  return FACT_IDS.map((id) => [id, findings.get(id) ?? unasked] as const);
}

/** Of all instances, by their price and the time that they were there. */
export function costOf({ launched, plan }: Pick<Draft, 'launched' | 'plan'>, nowMs: number): number {
  return launched.reduce((sum, { askedAtMs, endedAtMs, candidate }) => {
    const hours = ((endedAtMs ?? nowMs) - askedAtMs) / 3_600_000;
    return sum + hours * (priceOf(candidate) + diskPerHour(candidate, plan.requirements));
  }, 0);
}
