/** A counted list of GitHub's, from its first page to its last. */
import type { Listing } from '../../nouns.ts';

export interface Page<Thing> {
  readonly total: number;
  readonly things: readonly Thing[];
}

const PER_PAGE = 100;

/**
 * GitHub ends what takes it ten seconds, and to show a job with its steps takes it long: pages of 100, 90 and 88 jobs were seen to
 * fail each time, and none of 80 (MeltanoLabs/tap-github pull request 461, opentelemetry-java-instrumentation 18649).
 */
export const HEAVY_PER_PAGE = 50;

/**
 * A counted list, page by page, at most `pagesMax`. Complete only if as many different things came as GitHub counted,
 * from the first page to the last: a list that moved underneath proves nothing.
 */
export async function allPages<Thing>(
  ask: (paging: { readonly per_page: number; readonly page: number }) => Promise<Page<Thing>>,
  keyOf: (thing: Thing) => string | number,
  pagesMax: number,
  perPage = PER_PAGE,
): Promise<Listing<Thing>> {
  const found = new Map<string | number, Thing>();
  const totals = new Set<number>();
  for (let page = 1; page <= pagesMax; page++) {
    const { total, things } = await ask({ per_page: perPage, page });
    totals.add(total);
    for (const thing of things) found.set(keyOf(thing), thing);
    if (things.length < perPage || page * perPage >= total) break;
  }
  const things = [...found.values()];
  return { things, complete: totals.size === 1 && totals.has(things.length) };
}
