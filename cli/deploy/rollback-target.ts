/** Which release all functions go back to, whatever an earlier deploy or rollback left half-done. Pure. */

export interface Releases {
  readonly name: string;
  /** Null: not deployed. */
  readonly live: string | null;
  /** Oldest first; what is live may be among them. */
  readonly kept: readonly string[];
  /** One of the four, which go together. A mirror of another region may be younger than the release. */
  readonly isHome: boolean;
}

/** The newest release before the newest live one, of those that each of the four has. Null: there is none. */
export function releaseBefore(functions: readonly Releases[]): string | null {
  const home = functions.filter(({ isHome }) => isHome);
  const timelines = home.map(timelineOf);
  const isNewer = (a: string, b: string): boolean =>
    timelines.some((line) => line.includes(b) && line.indexOf(a) > line.indexOf(b));
  const newest = (releases: readonly string[]): string | null =>
    releases.find((each) => !releases.some((other) => isNewer(other, each))) ?? null;
  const live = newest(home.flatMap((each) => each.live ?? []));
  const everywhere = (timelines[0] ?? []).filter((each) => timelines.every((line) => line.includes(each)));
  return live === null ? null : newest(everywhere.filter((each) => isNewer(live, each)));
}

/** Oldest first, each once, where it was last; what is live and not kept is the newest. */
function timelineOf({ live, kept }: Releases): readonly string[] {
  const once = kept.filter((each, at) => kept.lastIndexOf(each) === at);
  return live === null || once.includes(live) ? once : [...once, live];
}
