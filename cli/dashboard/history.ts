/** `history`, read once for all pages and viewers: a day that is over hardly changes. */
import type { Ledger } from '../../shared/ledger/ledger.ts';
import type { Clock } from '../../shared/ports.ts';

const DAY_MS = 24 * 3_600_000;
/** Machines of yesterday's jobs may still be going. */
const YOUNG_MS = 2 * DAY_MS;
const YOUNG_KEPT_MS = 30_000;
const OLD_KEPT_MS = 15 * 60_000;
/** The longest span of a page, and the day before it. */
const DAYS_KEPT_MAX = 35;

export function rememberingHistory<Some extends Pick<Ledger, 'history'>>(ledger: Some, clock: Clock): Some {
  const { history } = ledger;
  return {
    ...ledger,
    history: {
      ...history,
      ofDay: remembered(history.ofDay, clock),
      unusedOfDay: remembered(history.unusedOfDay, clock),
    },
  };
}

type ReadDay<Found> = (dayMs: number, max: number) => Promise<Found>;

function remembered<Found>(read: ReadDay<Found>, clock: Clock): ReadDay<Found> {
  const kept = new Map<number, { readonly readAtMs: number; readonly found: Promise<Found> }>();
  return (dayMs, max) => {
    const day = Math.floor(dayMs / DAY_MS);
    const nowMs = clock.nowMs();
    const known = kept.get(day);
    const keptMs = nowMs - dayMs < YOUNG_MS ? YOUNG_KEPT_MS : OLD_KEPT_MS;
    if (known !== undefined && nowMs - known.readAtMs < keptMs) return known.found;
    const found = read(dayMs, max);
    kept.set(day, { readAtMs: nowMs, found });
    // What failed is asked again by the next who wants it.
    found.catch(() => kept.delete(day));
    const tooMany = Math.max(0, kept.size - DAYS_KEPT_MAX);
    for (const each of [...kept.keys()].sort((a, b) => a - b).slice(0, tooMany)) kept.delete(each);
    return found;
  };
}
