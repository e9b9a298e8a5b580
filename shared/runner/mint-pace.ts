/** How many runners may be minted in a minute: pure. */
import type { Config } from '../config/config.ts';
import { MINT_PACE_MAX, MINT_PACE_SHARE } from '../github-limits.ts';

/** Some mints are made in the minute after their slot was taken, and a repeated call counts at GitHub too. */
export function mintPace({ limits }: Pick<Config, 'limits'>): number {
  return Math.max(1, Math.min(MINT_PACE_MAX, Math.floor(limits.mintsPerMinute * MINT_PACE_SHARE)));
}

/** Minutes since 1970. */
export const minuteOf = (nowMs: number): number => Math.floor(nowMs / 60_000);
