/** Which region's machines can have which of what mirrors keep beside the runner. Pure. */
import type { CopyState, KeptActions } from '../../../../shared/runner/copies.ts';
import type { KeptTools } from '../../../../shared/runner/kept/tools.ts';
import type { Seen } from './copies.ts';

/** One object in a bucket: a bundle of actions, a list of tools. */
type Kept = KeptActions[string];

/** The end of a tar alone. */
const EMPTY_TAR_BYTES = 1024;

const bundleIn = ({ bundle }: CopyState): Kept | null =>
  bundle === null || bundle.sizeBytes <= EMPTY_TAR_BYTES ? null : bundle;
const listIn = ({ tools }: CopyState): Kept | null => tools?.list ?? null;

type Placements = readonly { readonly region: string }[];

export const nextBundles = (
  before: KeptActions,
  seen: readonly Seen[],
  placements: Placements,
): KeptActions => nextKept(before, seen, placements, bundleIn);

export const nextTools = (before: KeptTools, seen: readonly Seen[], placements: Placements): KeptTools =>
  nextKept(before, seen, placements, listIn);

/**
 * Silence takes nothing away from a region; a look that finds none does. A region's copy counts only when it is what the
 * source made: what machines are told is the source's checksum.
 */
function nextKept(
  before: Readonly<Record<string, Kept>>,
  seen: readonly Seen[],
  placements: Placements,
  keptIn: (state: CopyState) => Kept | null,
): Record<string, Kept> {
  const boots = new Set(placements.map(({ region }) => region));
  const source = seen[0]?.state ?? null;
  const made = source === null ? null : keptIn(source);
  const entries = seen
    .filter(({ region }) => boots.has(region))
    .flatMap(({ region, state }) => {
      const had = before[region];
      if (state === null || source === null) return had === undefined ? [] : [[region, had] as const];
      const kept = keptIn(state);
      if (kept === null || kept.key !== made?.key || kept.sha256 !== made.sha256) return [];
      return [[region, { key: kept.key, sha256: kept.sha256, sizeBytes: kept.sizeBytes }] as const];
    });
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}
