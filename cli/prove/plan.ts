/** What a run will do, and what it costs at most: pure. */
import { rank } from '../../shared/advisor/rank.ts';
import type { Config } from '../../shared/config/config.ts';
import { architecturesOf, parseLabels } from '../../shared/job/labels.ts';
import { RELEASE_TIME_MIN_MS } from '../../shared/limits.ts';
import type { Market } from '../../shared/market/market.ts';
import type { Candidate, Requirements } from '../../shared/nouns.ts';
import { priceOf } from './price.ts';

export interface Plan {
  readonly requirements: Requirements;
  /** Tried in this order. None: nothing is launched, and what needs an instance is not told. */
  readonly candidates: readonly Candidate[];
  readonly note: string;
  /** Of one system disk. */
  readonly diskPerHour: number;
  readonly highestPrice: number;
  /** Null: the catalogue's, which are in CNY. */
  readonly currency: string | null;
}

const INSTANCES = 2;
/** In the account's currency; what may cost more is not launched. */
const HIGHEST_PRICE = 1;
/** CNY a GiB and hour: ESSD PL1, the dearer of the two that we ask for first (Alibaba Cloud price list, 2025). */
const DISK_PER_GIB_HOUR = 0.0021;
const SMALLEST_CORES = [1, 2, 4];

/** Whole hours of an instance that nobody but its release time ends. */
const WORST_HOURS = (RELEASE_TIME_MIN_MS + 5 * 60_000) / 3_600_000;

export function planOf(config: Config, markets: ReadonlyMap<string, Market | null>, nowMs: number): Plan {
  const requirements = smallest(config);
  const diskPerHour = requirements.diskGiB * DISK_PER_GIB_HOUR;
  const worst = (candidate: Candidate) => INSTANCES * WORST_HOURS * (priceOf(candidate) + diskPerHour);
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
    .filter((candidate) => priceOf(candidate) > 0 && worst(candidate) <= HIGHEST_PRICE)
    .sort((a, b) => priceOf(a) - priceOf(b))
    .slice(0, CANDIDATES);
  return {
    ...{ requirements, candidates, diskPerHour },
    note:
      candidates.length > 0
        ? ''
        : `no spot instance of the placements is known to cost less than ${HIGHEST_PRICE} in all`,
    highestPrice: Math.max(0, ...candidates.map(worst)),
    currency: [...markets.values()].find((market) => market?.currency)?.currency ?? null,
  };
}

const CANDIDATES = 6;

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
