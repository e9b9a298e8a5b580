/** What a run will do, and what it costs at most: pure. */
import { rank } from '../../shared/advisor/rank.ts';
import type { Config } from '../../shared/config/config.ts';
import { architecturesOf, parseLabels } from '../../shared/job/labels.ts';
import { RELEASE_TIME_MIN_MS } from '../../shared/limits.ts';
import { diskPriceOf, isForeign } from '../../shared/market/disk.ts';
import { currencyIn, type Market } from '../../shared/market/market.ts';
import type { Candidate, Requirements } from '../../shared/nouns.ts';
import { diskPerHour, priceOf } from './price.ts';

export interface Plan {
  readonly requirements: Requirements;
  /** Tried in this order. None: nothing is launched, and what needs an instance is not told. */
  readonly candidates: readonly Candidate[];
  readonly note: string;
  readonly highestPrice: number;
  /** Null: the catalogue's, which are in CNY. */
  readonly currency: string | null;
}

const INSTANCES = 2;
/** What may cost more is not launched: a yuan, and not quite that in dollars. Nothing is launched for other money. */
const HIGHEST_PRICES: Readonly<Record<string, number>> = { CNY: 1, USD: 0.13 };
const SMALLEST_CORES = [1, 2, 4];

/** Whole hours of an instance that nobody but its release time ends. */
const WORST_HOURS = (RELEASE_TIME_MIN_MS + 5 * 60_000) / 3_600_000;

export function planOf(config: Config, markets: ReadonlyMap<string, Market | null>, nowMs: number): Plan {
  const requirements = smallest(config);
  const currency = currencyIn(markets);
  const highest = HIGHEST_PRICES[currency ?? 'CNY'] ?? 0;
  const worst = (candidate: Candidate) =>
    INSTANCES * WORST_HOURS * (priceOf(candidate) + diskPerHour(candidate, requirements));
  const ranked = SMALLEST_CORES.flatMap((cores) => {
    const cpu = { min: cores, max: cores };
    const memoryGiB = { min: cores, max: null };
    const request = { config, markets, unavailable: new Map(), nowMs, firstTryAtMs: nowMs, offSpot: false };
    return rank({ ...request, requirements: { ...requirements, cpu, memoryGiB } }).candidates;
  });
  const isFew = (candidate: Candidate, at: number) =>
    ranked.findIndex(
      ({ instanceType, zone }) => instanceType === candidate.instanceType && zone === candidate.zone,
    ) === at;
  const candidates = ranked
    .filter(isFew)
    .filter((candidate) => diskPriceOf(candidate) !== null && !isForeign(candidate, currency))
    .filter((candidate) => priceOf(candidate) > 0 && worst(candidate) <= highest)
    .sort((a, b) => priceOf(a) - priceOf(b))
    .slice(0, CANDIDATES);
  return {
    ...{ requirements, candidates, currency },
    note: candidates.length > 0 ? '' : whyNone(ranked, highest, currency),
    highestPrice: Math.max(0, ...candidates.map(worst)),
  };
}

const CANDIDATES = 6;

function whyNone(ranked: readonly Candidate[], highest: number, currency: string | null): string {
  if (highest === 0)
    return `the account pays in ${currency}, and what may be spent is known in CNY and USD alone`;
  if (ranked.some((each) => priceOf(each) > 0) && ranked.every((each) => diskPriceOf(each) === null))
    return `what a disk costs is not known in ${currency}`;
  return `no spot instance of the placements is known to cost less than ${highest} ${currency ?? 'CNY'} in all`;
}

/** What a job without a profile asks of an instance, on the first architecture. */
function smallest(config: Config): Requirements {
  const [arch = 'amd64'] = architecturesOf(config);
  const understood = parseLabels([...config.baseLabels, arch], null, config);
  if (understood.kind !== 'ours')
    throw new Error('the base labels of runners.yaml with an architecture are refused');
  return { ...understood.requirements, capacityType: 'spot', lifetimeMs: LIFETIME_MS };
}

/** The machine's own: long before its release time. */
const LIFETIME_MS = 20 * 60_000;

export function linesOf(plan: Plan, config: Config): string[] {
  const regions = [...new Set(plan.candidates.map(({ region }) => region))];
  const currency = plan.currency ?? 'CNY';
  const launches =
    plan.candidates.length === 0
      ? [`Launches nothing: ${plan.note}. What needs an instance stays untold.`]
      : [
          `Launches two spot instances of ${plan.candidates[0]?.cpu} or more cores in ${regions.join(' or ')}: one boots our user data and stops itself, one is deleted at once.`,
          `Costs ${plan.highestPrice.toFixed(2)} ${currency} at most, should nothing but their release time end them; usually a tenth of it.`,
        ];
  return [
    `Asks the account of '${config.name}' what only it can tell, in about ten minutes.`,
    ...launches,
    `Makes a RAM role for a dry run, and removes it. All that it makes is called ${config.name}-prove-…; instances have a release time and the tag ci-runner-prove.`,
    'Writes proof.json and proof.md, without ids.',
  ];
}
