/** Bounds that only make sense together. */
import { expect, test } from 'vitest';
import {
  ABSENT_LOOKS_MIN,
  CALL_MAX_MS,
  INSTANCE_VISIBLE_MS,
  LAUNCHER_TIMEOUT_S,
  LEASE_MS,
  LIMIT_KEPT_MS,
  LIMIT_PROBE_MS,
  REAPER_TIMEOUT_S,
  SWEEP_LEASE_MS,
  SWEEP_PARTS_MS,
  WALK_MAX_MS,
} from '../../shared/limits.ts';

const sum = (parts: object): number => Object.values(parts).reduce((total: number, ms) => total + ms, 0);

// biome-ignore format: a table reads best as a table.
test.each([
  ['a lease outlasts the launcher and its longest call',      LAUNCHER_TIMEOUT_S * 1000 + CALL_MAX_MS, LEASE_MS],
  ['the sweep’s lease outlasts the reaper and its longest call', REAPER_TIMEOUT_S * 1000 + CALL_MAX_MS, SWEEP_LEASE_MS],
  ['a walk ends in time for one more call, and to undo',      WALK_MAX_MS + CALL_MAX_MS,               LAUNCHER_TIMEOUT_S * 1000],
  ['the parts of a sweep fit into it',                        sum(SWEEP_PARTS_MS),                     REAPER_TIMEOUT_S * 1000],
  ['a learned limit is tried before it is forgotten',         2 * LIMIT_PROBE_MS,                      LIMIT_KEPT_MS],
  ['a late instance is looked for more than once a sweep',    60_000,                                  ABSENT_LOOKS_MIN * INSTANCE_VISIBLE_MS],
])('%s', (_, less, more) => {
  expect(less).toBeLessThan(more);
});
