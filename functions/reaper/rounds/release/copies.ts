/** How the copies of one release get on, and whom to ask for more. Pure. */

import type { Copies, CopyState } from '../../../../shared/runner/copies.ts';
import { COPY_AGAIN_MS, COPY_MAX_MS } from '../../../../shared/runner/limits.ts';

/** What one region's mirror said; `state` null: nothing, and `because` says why. */
export interface Seen {
  readonly region: string;
  readonly state: CopyState | null;
  readonly because: string | null;
}

export interface CopiesPlan {
  readonly copies: Copies;
  /** Regions whose mirror is asked for a copy now. */
  readonly ask: readonly string[];
}

interface About {
  readonly version: string;
  /** The source's first. */
  readonly seen: readonly Seen[];
  /** Regions where machines boot. */
  readonly placements: readonly string[];
  /** A person asked: nobody waits for what may be under way. */
  readonly isAsked: boolean;
  readonly nowMs: number;
}

export function planCopies(before: Copies | null, about: About): CopiesPlan {
  const { version, seen, placements, nowMs } = about;
  const had = before?.version === version ? before : null;
  const ask = seen.filter((each) => isToAsk(each, had, about)).map(({ region }) => region);
  const regions = seen.map((each) => [each.region, regionOf(each, had, ask, nowMs)] as const);
  const isLacking = seen.some(({ region, state }) => placements.includes(region) && state?.isWhole !== true);
  const lackingSinceMs = isLacking ? (had?.lackingSinceMs ?? nowMs) : null;
  return { copies: { version, lackingSinceMs, regions: Object.fromEntries(regions) }, ask };
}

function isToAsk({ region, state }: Seen, had: Copies | null, { seen, isAsked, nowMs }: About): boolean {
  const last = had?.regions[region];
  if (state?.isWhole === true) return isMoreDue(state, isAsked ? Infinity : nowMs - (last?.movedAtMs ?? 0));
  if (waitsForSource(region, seen)) return false;
  if (isAsked || last === undefined || last.isWhole || !wasAsked(last)) return true;
  const isMoving = state !== null && state.copiedBytes !== last.copiedBytes;
  return !isMoving && nowMs - last.movedAtMs >= COPY_AGAIN_MS;
}

/**
 * What is kept beside the runner. A go brings all of it, and tools take all of a go's time: whichever is due waits until no go
 * can be under way, because of two at once one ends.
 */
const isMoreDue = ({ isBundleDue, tools }: CopyState, agoMs: number): boolean =>
  (isBundleDue || tools?.isDue === true) && agoMs >= (tools === null ? COPY_AGAIN_MS : COPY_MAX_MS);

/** Until the source has it, or cannot get it either: then each fetches from GitHub by itself. */
function waitsForSource(region: string, seen: readonly Seen[]): boolean {
  const [source] = seen;
  if (source === undefined || source.region === region || source.state === null) return false;
  return !source.state.isWhole && source.state.failure === null;
}

const wasAsked = ({ movedAtMs }: Copies['regions'][string]): boolean => movedAtMs > 0;

function regionOf(
  { region, state, because }: Seen,
  had: Copies | null,
  ask: readonly string[],
  nowMs: number,
): Copies['regions'][string] {
  const last = had?.regions[region];
  const copiedBytes = state?.copiedBytes ?? last?.copiedBytes ?? 0;
  const hasMoved = ask.includes(region) || (last !== undefined && copiedBytes !== last.copiedBytes);
  return {
    isWhole: state?.isWhole ?? last?.isWhole ?? false,
    copiedBytes,
    sizeBytes: state?.sizeBytes ?? last?.sizeBytes ?? 0,
    movedAtMs: hasMoved ? nowMs : (last?.movedAtMs ?? 0),
    because: because ?? state?.failure?.because ?? null,
    ...toolsOf(state, last),
  };
}

/** Silence takes nothing away. */
function toolsOf(
  state: CopyState | null,
  last: Copies['regions'][string] | undefined,
): Pick<Copies['regions'][string], 'tools'> {
  const tools = state === null ? last?.tools : state.tools;
  return tools == null ? {} : { tools };
}
