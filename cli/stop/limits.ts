/** Bounds of `npm run stop`. */
import { INSTANCE_VISIBLE_MS, LEASE_MS } from '../../shared/limits.ts';

/** It looks again after this. */
export const STOP_LOOK_MS = 3_000;
/** And for so long at most: a launch that died under lease can make a machine for all but the last five minutes of it. */
export const STOP_MAX_MS = LEASE_MS + INSTANCE_VISIBLE_MS + 5 * 60_000;
