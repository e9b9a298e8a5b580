/** Asks the market what an advice needs, and no more: types and stock first, then prices of what may be chosen. */

import { unavailableWith } from '../../functions/launcher/misfit.ts';
import { whyUnfit } from '../../shared/advisor/offerings.ts';
import { rank } from '../../shared/advisor/rank.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseLabels } from '../../shared/job/labels.ts';
import type { Market, MarketType } from '../../shared/market/market.ts';
import type { MarketSource } from '../../shared/market/source.ts';
import type { Requirements } from '../../shared/nouns.ts';
import { type AdviseOptions, UsageError } from './options.ts';
import { candidateRow, listedRows } from './rows.ts';
import type { Advice } from './table.ts';

export interface LookWorld {
  readonly source: MarketSource;
  readonly nowMs: () => number;
  /** What the deployment's ledger leaves alone for a while: refused, or taken back by the market. Absent: it has none. */
  readonly lately?: () => Promise<ReadonlyMap<string, string>>;
}

const LOOK_MAX_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;
/** ECS keeps 30 days, and refuses a moment more. */
const MARGIN_MS = 10 * 60_000;
/** What the launcher widens to, when nothing fits. */
const WIDENED_CORES_MAX = 64;

/** What the launcher would be told for a job with these labels now. */
export async function adviceForJob(
  options: AdviseOptions,
  config: Config,
  world: LookWorld,
): Promise<Advice> {
  const requirements = requirementsOf(options, config);
  const lately = await latelyOf(world);
  const unavailable = unavailableWith(requirements.image, lately.unavailable, config);
  const { min, max: asked } = requirements.cpu;
  const max = asked ?? WIDENED_CORES_MAX;
  const markets = new Map<string, Market>();
  const look = async (atMost: number) => {
    for (const { region } of config.placements) {
      const isWanted = (type: MarketType) =>
        type.cpu >= min && type.cpu <= atMost && whyUnfit(type, requirements, config) === null;
      markets.set(region, await priced(region, markets.get(region) ?? null, isWanted, options, world));
    }
    const nowMs = world.nowMs();
    return rank({
      requirements,
      config,
      markets,
      unavailable,
      nowMs,
      firstTryAtMs: nowMs,
      offSpot: false,
    });
  };
  const asAsked = await look(max);
  const isEnough = asAsked.candidates.some((each) => each.cpu <= max);
  const { candidates, leftOut, notes } = isEnough ? asAsked : await look(Math.max(max, WIDENED_CORES_MAX));
  const rows = candidates.map((each) => candidateRow(each, markets.get(each.region) as Market));
  return { rows: rows.slice(0, options.limit), leftOut, notes: [...notes, ...lately.notes] };
}

/** Before the first deploy there is no ledger, and without the right to read it one is advised all the same. */
async function latelyOf({ lately }: LookWorld) {
  try {
    return { unavailable: (await lately?.()) ?? new Map<string, string>(), notes: [] };
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    const note = `what was refused or taken back of late is not known, and may be among these: ${because}`;
    return { unavailable: new Map<string, string>(), notes: [note] };
  }
}

function requirementsOf(options: AdviseOptions, config: Config): Requirements {
  const labels = options.labels as readonly string[];
  const repository = options.repository ?? (config.repositories.allow[0] as string).replace('*', 'any');
  const understood = parseLabels(labels, repository, config);
  if (understood.kind === 'ours') return understood.requirements;
  const base = config.baseLabels.join(',');
  throw new UsageError(
    understood.kind === 'foreign'
      ? `such a job is not ours: --labels must have all of ${base}`
      : `such a job is refused because ${understood.because}`,
  );
}

/** What the filters leave of one region. */
export async function listing(options: AdviseOptions, region: string, world: LookWorld): Promise<Advice> {
  const market = await priced(region, null, (type) => isListed(type, options), options, world);
  const types = market.types.filter((type) => isListed(type, options));
  const rows = listedRows(market, types);
  const offers = types.reduce((count, type) => count + type.offers.length, 0);
  const cut =
    rows.length > options.limit
      ? [`${rows.length - options.limit} more rows: raise --limit to see them`]
      : [];
  const out = offers - rows.length;
  return {
    rows: rows.slice(0, options.limit),
    leftOut:
      out === 0
        ? []
        : [{ what: `${out} of ${offers} offerings`, because: 'they are sold out, or have no spot price' }],
    notes: [
      ...cut,
      ...(market.incomplete === null ? [] : [`the market is incomplete because ${market.incomplete}`]),
    ],
  };
}

function isListed(
  type: MarketType,
  { mincpu, maxcpu, minmem, maxmem, arch, family }: AdviseOptions,
): boolean {
  const isSized =
    type.cpu >= mincpu && type.cpu <= maxcpu && type.memoryGiB >= minmem && type.memoryGiB <= maxmem;
  const isOfFamily = family.length === 0 || family.some((part) => type.type.includes(part));
  return isSized && isOfFamily && (arch === null || type.arch === arch);
}

async function priced(
  region: string,
  known: Market | null,
  isWanted: (type: MarketType) => boolean,
  options: AdviseOptions,
  { source, nowMs }: LookWorld,
): Promise<Market> {
  const sinceMs = nowMs() - options.resolution * DAY_MS + MARGIN_MS;
  const query = { deadlineMs: nowMs() + LOOK_MAX_MS, sinceMs };
  const types =
    known ?? (await source.refresh(region, null, { ...query, listTypes: true, prices: [], advice: [] }));
  const wanted = types.types
    .filter((type) => type.pricedAtMs === null && isWanted(type))
    .map(({ type }) => type);
  const rest = { listTypes: false, withoutStock: true, prices: wanted, advice: wanted };
  return source.refresh(region, types, { ...query, ...rest });
}
