/** The order of offerings, and the few that become candidates. Pure. */
import { UNPRICED_PER_TYPE_MAX } from '../limits.ts';
import { STOCKS, type Stock } from '../market/market.ts';
import type { ScoredOffering } from './fit.ts';

/**
 * In order, but of each zone's spot and on-demand offerings the best `keep` only: the rest, thousands for a wide
 * range, can be nobody's candidate, and sorting them would take most of the time.
 */
export function sortOfferings(
  offerings: readonly ScoredOffering[],
  byPlacement: boolean,
  keep: number,
): readonly ScoredOffering[] {
  const cells = {
    spot: new Map<string, ScoredOffering[]>(),
    'on-demand': new Map<string, ScoredOffering[]>(),
  };
  for (const offering of offerings) {
    const ofItsKind = cells[offering.capacityType];
    const cell = ofItsKind.get(offering.zone);
    if (cell === undefined) ofItsKind.set(offering.zone, [offering]);
    else insert(cell, offering, keep);
  }
  const best = [...cells.spot.values(), ...cells['on-demand'].values()].flat();
  return best.sort((a, b) => (byPlacement && a.placement - b.placement) || compared(a, b));
}

function insert(cell: ScoredOffering[], offering: ScoredOffering, keep: number): void {
  const worst = cell[keep - 1];
  if (worst !== undefined && offering.score > worst.score) return;
  const at = cell.findIndex((each) => compared(offering, each) < 0);
  cell.splice(at === -1 ? cell.length : at, 0, offering);
  if (cell.length > keep) cell.pop();
}

function compared(a: ScoredOffering, b: ScoredOffering): number {
  if (a.score !== b.score) return a.score < b.score ? -1 : 1;
  return compareTies(a, b);
}

/** Stock decides between equal scores, then spot, then names: the same input gives the same order. */
function compareTies(a: ScoredOffering, b: ScoredOffering): number {
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
export function pick(all: readonly ScoredOffering[], max: number): readonly ScoredOffering[] {
  const inOrder = all.length <= max ? all : thinned(all, max);
  const first = inOrder[0];
  if (first === undefined || inOrder.length <= max) return inOrder;
  const onDemand = inOrder.filter((each) => each.capacityType === 'on-demand');
  const spot = inOrder.filter((each) => each.capacityType === 'spot');
  const spotPlaces = Math.max(max - onDemand.length, Math.ceil(max / 2));
  const best = new Set(spot.slice(0, onDemand.length === 0 ? max : spotPlaces));
  for (const each of onDemand.slice(0, max - best.size)) best.add(each);
  const isHome = (each: ScoredOffering) => each.placement === first.placement && each.zone === first.zone;
  spread(best, inOrder, isHome, (each) => !isHome(each) && each.placement === first.placement);
  spread(best, inOrder, isHome, (each) => each.placement !== first.placement);
  return inOrder.filter((each) => best.has(each));
}

/** Gives the place of the last one at home to the best that is wanted, unless one is in already. */
function spread(
  best: Set<ScoredOffering>,
  inOrder: readonly ScoredOffering[],
  isHome: (each: ScoredOffering) => boolean,
  isWanted: (each: ScoredOffering) => boolean,
): void {
  const wanted = inOrder.find(isWanted);
  if (wanted === undefined || [...best].some(isWanted)) return;
  const last = inOrder.findLast((each) => best.has(each) && isHome(each));
  if (last === undefined || last === inOrder[0]) return;
  best.delete(last);
  best.add(wanted);
}

/** Without a price nobody knows that a type is sold there at all: no walk is staked on one or two types. */
function thinned(inOrder: readonly ScoredOffering[], max: number): readonly ScoredOffering[] {
  const times = new Map<string, number>();
  const kept = inOrder.filter(({ pricePerHour, instanceType, capacityType }) => {
    const key = `${instanceType}/${capacityType}`;
    times.set(key, (times.get(key) ?? 0) + 1);
    return pricePerHour !== null || (times.get(key) as number) <= UNPRICED_PER_TYPE_MAX;
  });
  return kept.length < max ? inOrder : kept;
}
