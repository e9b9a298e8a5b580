/**
 * Whether no instance type could ever do a job, whatever is in stock: such a job is refused, with what would do. Pure,
 * and careful: it says so only when a fresh, whole market of every placement *and* the catalogue know of none.
 */

import type { Config } from '../config/config.ts';
import { whyKeptBack } from '../job/bounds.ts';
import { editDistance } from '../job/label-words.ts';
import { catalogMarket } from '../market/catalog.ts';
import { NEVER_MARKET_MAX_MS } from '../market/limits.ts';
import type { Market, MarketType } from '../market/market.ts';
import { familyOf } from '../market/type-names.ts';
import type { Requirements } from '../nouns.ts';
import { coresToTry } from './cores.ts';
import { hasMemory, isNamed } from './offerings.ts';

/** Null: one may, or too little is known. Else a lower-case clause that completes "refused because …". */
export function whyNever(
  asked: Requirements,
  config: Config,
  markets: ReadonlyMap<string, Market | null>,
  nowMs: number,
): string | null {
  const regions = config.placements.map(({ region }) => region);
  const sold = regions.flatMap((region) => [
    ...(markets.get(region)?.types ?? []),
    ...catalogMarket(region, []).types,
  ]);
  const able = sold.filter((type) => couldDo(type, asked));
  const kept = able.map((type) => ({ type, because: whyKeptBack(type, asked, config) }));
  if (kept.some(({ because }) => because === null)) return null;
  const [first] = kept;
  // What was named, and is kept back by the operator, is so whatever else there is.
  if (first !== undefined && asked.type !== null) return `${first.type.type} is not for it: ${first.because}`;
  const otherArch = whyOtherArchitecture(sold, asked);
  // A family's architecture does not change: of this, the catalogue alone is proof enough.
  if (otherArch !== null) return otherArch;
  if (!regions.every((region) => isProof(markets.get(region) ?? null, nowMs))) return null;
  if (first !== undefined) return `of all that would do, each is kept back: ${first.because}`;
  return asked.type === null
    ? whyTooLarge(sold, asked, 'type', regions)
    : whyNotNamed(sold, asked, asked.type, regions);
}

/** Types are asked for once a day: a market that missed that proves nothing absent. */
const isProof = (market: Market | null, nowMs: number): boolean =>
  market !== null && market.incomplete === null && Math.abs(nowMs - market.typesAtMs) <= NEVER_MARKET_MAX_MS;

function couldDo(type: MarketType, asked: Requirements): boolean {
  if (type.arch !== asked.arch || !hasMemory(type, asked.memoryGiB)) return false;
  if (asked.type !== null && !isNamed(type, asked.type)) return false;
  return coresToTry(asked).some((cores) => type.cpu >= cores.min && type.cpu <= cores.max);
}

function whyOtherArchitecture(sold: readonly MarketType[], { type, arch }: Requirements): string | null {
  const named = type === null ? [] : sold.filter((each) => isNamed(each, type));
  const [first] = named;
  if (first === undefined || named.some((each) => each.arch === arch)) return null;
  return `${type} is ${first.arch}, and the job is for ${arch}: write ${first.arch}`;
}

function whyNotNamed(
  sold: readonly MarketType[],
  asked: Requirements,
  name: string,
  regions: readonly string[],
): string | null {
  const named = sold.filter((each) => isNamed(each, name));
  if (named.length > 0) return whyTooLarge(named, asked, name, regions);
  const isExact = name.split('.').length > 2;
  const ofArch = sold.filter(({ arch }) => arch === asked.arch);
  const names = ofArch.map(({ type }) => (isExact ? type : familyOf(type)));
  const near = nearest(name, [...new Set(names)]);
  const hint = near === null ? '' : `; is ${near} meant?`;
  return `there is no ${isExact ? 'type' : 'family'} ${name} in ${regions.join(' or ')}${hint}`;
}

/** `types`: those that could do it but for their size. */
function whyTooLarge(
  types: readonly MarketType[],
  { arch, cpu, memoryGiB }: Requirements,
  what: string,
  regions: readonly string[],
): string | null {
  const where = `in ${regions.join(' or ')}`;
  const ofArch = types.filter((each) => each.arch === arch);
  const cores = Math.max(0, ...ofArch.map((each) => each.cpu));
  const largest = `the largest ${what === 'type' ? `${arch} type` : what} ${where}`;
  if (cores < cpu.min) return `it asks for ${cpu.min} cores, and ${largest} has ${cores}`;
  const wide = ofArch.filter((each) => each.cpu >= cpu.min);
  const memory = Math.max(0, ...wide.map((each) => each.memoryGiB));
  if (memory < memoryGiB.min)
    return `it asks for ${memoryGiB.min} GiB of memory, and ${largest} has ${memory}`;
  const sizes = [...new Set(wide.map((each) => each.cpu))].sort((a, b) => a - b);
  return `no ${what === 'type' ? `${arch} type` : what} ${where} has both its ${cpu.min} cores, or a few more, and its memory; sizes are ${sizes.slice(0, 6).join(', ')} cores`;
}

const DISTANCE_MAX = 2;

/** Null: none is near. Of two that are as near, the newer: its number is higher. */
function nearest(name: string, known: readonly string[]): string | null {
  const [best] = known
    .map((word) => ({ word, distance: editDistance(name, word) }))
    .filter(({ distance }) => distance <= DISTANCE_MAX)
    .sort((a, b) => a.distance - b.distance || b.word.localeCompare(a.word));
  return best?.word ?? null;
}
