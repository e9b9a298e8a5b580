/** How many runners may be minted, and when: pure. docs/decisions/github-budget.md. */
import type { Config } from '../config/config.ts';
import { MINT_PACE_MAX, MINT_PACE_SHARE, MINT_STEP_MS, MINT_STEPS } from '../github-limits.ts';

const STEPS_PER_MINUTE = 60_000 / MINT_STEP_MS;

/** A repeated call counts at GitHub, too. */
export function mintPace({ limits }: Pick<Config, 'limits'>): number {
  return Math.max(1, Math.min(MINT_PACE_MAX, Math.floor(limits.mintsPerMinute * MINT_PACE_SHARE)));
}

/** Minutes since 1970. */
export const minuteOf = (nowMs: number): number => Math.floor(nowMs / 60_000);

/** Since 1970. */
export const stepOf = (nowMs: number): number => Math.floor(nowMs / MINT_STEP_MS);

/** In any `MINT_STEPS` steps in a row, and so in any minute, wherever GitHub begins it. */
export const mintsMax = (perMinute: number): number =>
  Math.max(1, Math.floor((perMinute * MINT_STEPS) / STEPS_PER_MINUTE));

/** Each step counts what was minted in it and in those before it that a minute may hold with it: these count a mint of now. */
export const stepsOf = (nowMs: number): readonly number[] =>
  Array.from({ length: MINT_STEPS }, (_, at) => stepOf(nowMs) + at);

/** `minted`: as each step counts. */
export const mintsLeft = (
  minted: Readonly<Record<string, number>>,
  perMinute: number,
  nowMs: number,
): number => mintsMax(perMinute) - (minted[stepOf(nowMs)] ?? 0);

/** Of one lot of a sweep's, of which most minutes have three: so what one undoes is counted before the next. */
export const mintsAtOnce = (perMinute: number): number => Math.ceil(perMinute / 3);
