/** One list, looked at. */
import type { Listing } from '../../../shared/nouns.ts';
import type { ReaperWorld } from '../world.ts';

export type Look = <Thing>(what: string, ask: () => Promise<Listing<Thing>>) => Promise<Listing<Thing>>;

/** A look-up that failed is an incomplete one: it proves nothing absent. Of both it is said why, in one clause. */
export async function attempt<Thing>(
  what: string,
  ask: () => Promise<Listing<Thing>>,
  { log }: ReaperWorld,
): Promise<{ readonly listing: Listing<Thing>; readonly failure: string | null }> {
  try {
    const listing = await ask();
    if (listing.complete) return { listing, failure: null };
    log('survey.truncated', { what, seen: listing.things.length });
    return { listing, failure: `the list was cut after ${listing.things.length}` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    log('survey.failed', { what, error: reason });
    return { listing: { things: [], complete: false }, failure: `it was refused (${reason.slice(0, 300)})` };
  }
}
