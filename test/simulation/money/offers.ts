/** What the simulated market sells a job at a moment, to whoever knows all of it. */
import type { Region } from '../../../simulator/ecs/index.ts';
import type { InstanceType } from '../../../simulator/ecs/region/catalogue.ts';
import type { Market } from '../../../simulator/ecs/region/market.ts';
import type { SimJob } from '../../../simulator/github/index.ts';

const ZONES = ['cn-hangzhou-h', 'cn-hangzhou-i', 'cn-hangzhou-k'];
const WIDEST = 64;

export interface Offer {
  readonly type: InstanceType;
  readonly zone: string;
  readonly isSpot: boolean;
  readonly price: number;
  readonly isSold: boolean;
}

const coresOf = ({ plan }: SimJob): number =>
  Number(plan.labels.find((label) => /^\d+\+?cpu$/.test(label))?.replace(/\+?cpu/, '') ?? 8);

/** `8+cpu` asks for all that have so many. */
export const isAsked =
  (job: SimJob) =>
  ({ type }: Pick<Offer, 'type'>): boolean =>
    isOpen(job) || type.cpu === coresOf(job);

const isOpen = ({ plan }: SimJob): boolean => plan.labels.some((label) => label.includes('+cpu'));

/** Shared-CPU and burstable families are nobody's choice for builds. */
const LEFT_OUT = /^ecs\.(e-|t5|t6|s6|.*(gn|vgn|sgn|ebm|f\d|ga|gpu))/;

export function fitting(job: SimJob, region: Region): InstanceType[] {
  const arch = job.plan.labels.includes('arm64') ? 'arm64' : 'amd64';
  const cores = coresOf(job);
  const perCore = arch === 'arm64' ? 2 : 1;
  return [...region.types.values()].filter(
    (type) =>
      type.arch === arch &&
      type.cpu >= cores &&
      type.cpu <= WIDEST &&
      type.memoryGiB >= perCore * (isOpen(job) ? type.cpu : cores) &&
      !LEFT_OUT.test(type.id),
  );
}

export function offersFor(job: SimJob, region: Region, market: Market, atMs: number): Offer[] {
  return fitting(job, region).flatMap((type) =>
    ZONES.filter((zone) => region.sells(zone, type.id)).flatMap((zone) =>
      [true, false].map((isSpot) => ({
        ...{ type, zone, isSpot },
        price: isSpot ? market.spotPrice(zone, type, atMs) : type.onDemandPrice,
        isSold: market.left(zone, type, isSpot, atMs) === 0,
      })),
    ),
  );
}

export interface Choice {
  readonly offer: Offer | undefined;
  readonly refusals: number;
}

/** The least first, sold out or not, until one is available. */
export function firstOf(offers: readonly Offer[], by: (offer: Offer) => number): Choice {
  const list = offers.toSorted((a, b) => by(a) - by(b));
  const at = list.findIndex(({ isSold }) => !isSold);
  return { offer: list[at], refusals: Math.max(0, at) };
}
