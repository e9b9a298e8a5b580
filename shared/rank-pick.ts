/** The order of offerings, and the few that become candidates. Pure. */
import { STOCKS, type Stock } from './market.ts';
import { scoreOf } from './rank-price.ts';
import type { Quote } from './rank-quotes.ts';

export interface Order {
  readonly byPlacement: boolean;
  /** A range of cores was asked for: the price that counts is that of one core. */
  readonly byCore: boolean;
}

export function sorted<Each extends Quote>(quotes: readonly Each[], order: Order): readonly Each[] {
  const scored = quotes.map((quote) => ({ quote, score: scoreOf(quote) / (order.byCore ? quote.cpu : 1) }));
  scored.sort((a, b) => {
    const byPlacement = order.byPlacement ? a.quote.placement - b.quote.placement : 0;
    if (byPlacement !== 0) return byPlacement;
    if (a.score !== b.score) return a.score < b.score ? -1 : 1;
    return compareTies(a.quote, b.quote);
  });
  return scored.map(({ quote }) => quote);
}

/** Stock decides between equal scores, then spot, then names: the same input gives the same order. */
function compareTies(a: Quote, b: Quote): number {
  return (
    rankOfStock(a.stock) - rankOfStock(b.stock) ||
    (a.capacityType === b.capacityType ? 0 : a.capacityType === 'spot' ? -1 : 1) ||
    a.placement - b.placement ||
    compare(a.zone, b.zone) ||
    compare(a.instanceType, b.instanceType)
  );
}

const rankOfStock = (stock: Stock | null): number => (stock === null ? STOCKS.length : STOCKS.indexOf(stock));
const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/**
 * The best `max`. Of them at least half on demand, once that is allowed, so that a job whose patience is over is
 * served in one walk; and at least one of a second zone, and of a second placement, where there is one.
 */
export function pick<Each extends Quote>(inOrder: readonly Each[], max: number): readonly Each[] {
  const first = inOrder[0];
  if (first === undefined || inOrder.length <= max) return inOrder;
  const onDemand = inOrder.filter((each) => each.capacityType === 'on-demand');
  const spot = inOrder.filter((each) => each.capacityType === 'spot');
  const spotPlaces = Math.max(max - onDemand.length, Math.ceil(max / 2));
  const best = new Set(spot.slice(0, onDemand.length === 0 ? max : spotPlaces));
  for (const each of onDemand.slice(0, max - best.size)) best.add(each);
  const isHome = (each: Each) => each.placement === first.placement && each.zone === first.zone;
  spread(best, inOrder, isHome, (each) => !isHome(each) && each.placement === first.placement);
  spread(best, inOrder, isHome, (each) => each.placement !== first.placement);
  return inOrder.filter((each) => best.has(each));
}

/** Gives the place of the last one at home to the best that is wanted, unless one is in already. */
function spread<Each>(
  best: Set<Each>,
  inOrder: readonly Each[],
  isHome: (each: Each) => boolean,
  isWanted: (each: Each) => boolean,
): void {
  const wanted = inOrder.find(isWanted);
  if (wanted === undefined || [...best].some(isWanted)) return;
  const last = inOrder.findLast((each) => best.has(each) && isHome(each));
  if (last === undefined || last === inOrder[0]) return;
  best.delete(last);
  best.add(wanted);
}
