/** Which region's machines can have which bundle of actions. Pure. */
import type { KeptActions } from '../../../../shared/runner/copies.ts';
import type { Seen } from './copies.ts';

/** The end of a tar alone. */
const EMPTY_TAR_BYTES = 1024;

/**
 * Silence takes no region's bundle away; a look that finds none does. A region's copy counts only when it is what the
 * source made: what machines are told is the source's checksum.
 */
export function nextBundles(
  before: KeptActions,
  seen: readonly Seen[],
  placements: readonly { readonly region: string }[],
): KeptActions {
  const boots = new Set(placements.map(({ region }) => region));
  const made = seen[0]?.state?.bundle ?? null;
  const entries = seen
    .filter(({ region }) => boots.has(region))
    .flatMap(({ region, state }) => {
      const had = before[region];
      if (state === null || seen[0]?.state == null) return had === undefined ? [] : [[region, had] as const];
      const { bundle } = state;
      const isGood = bundle !== null && bundle.key === made?.key && bundle.sha256 === made.sha256;
      if (!isGood || bundle.sizeBytes <= EMPTY_TAR_BYTES) return [];
      return [[region, { key: bundle.key, sha256: bundle.sha256, sizeBytes: bundle.sizeBytes }] as const];
    });
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}
