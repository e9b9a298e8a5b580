/** How many of the waiting jobs the bounds of money let start: pure. */
import { spendLimits } from '../../shared/advisor/spend.ts';
import type { Config } from '../../shared/config/config.ts';
import type { JobEntry } from '../../shared/ledger/entries.ts';
import type { CapacityView, Reserved } from '../../shared/ledger/ledger.ts';

export interface MoneyRoom {
  /** Its repository has its share: nobody else's matter. */
  isShareUsed(entry: JobEntry): boolean;
  /** There is money for it, beside what is reserved for another. */
  fits(entry: JobEntry): boolean;
  take(entry: JobEntry): void;
  /**
   * Of the first in line that the hour's money does not suffice for. Others may go on, but those launched since then never
   * cost so much together that it could not start once the others have ended. `before`: as the last sweep reserved it.
   */
  reserve(entry: JobEntry, before: Reserved | null): void;
  reserved(): Reserved | null;
}

const FREE: MoneyRoom = {
  isShareUsed: () => false,
  fits: () => true,
  take: () => undefined,
  reserve: () => undefined,
  reserved: () => null,
};

/** What one sweep starts while it reserves is launched by the next: only what comes later counts as launched since. */
const RESERVED_FROM_MS = 60_000;

/** After that what lived when money was reserved has ended, but for what no job has. */
const longestMs = ({ limits, profiles }: Config): number =>
  LIFETIME_SPARE_MS +
  Math.max(limits.lifetime, ...Object.values(profiles).map(({ lifetime }) => lifetime ?? 0));
/** Its launch, boot and end. */
const LIFETIME_SPARE_MS = 15 * 60_000;

/** As the capacity row names it: 20261128. */
export const dayOf = (nowMs: number): string =>
  new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '');

export const spentPerHour = ({ slots }: Pick<CapacityView, 'slots'>): number =>
  slots.reduce((sum, { cost }) => sum + (cost?.perHour ?? 0), 0);

const NO_COST = { perHour: 0, forDay: 0 };

/** What its last launch would have cost is in a job's entry; one that never came so far counts as nothing. */
export function moneyRoom(view: CapacityView, config: Config, nowMs: number): MoneyRoom {
  const limits = spendLimits(config);
  if (limits === null) return FREE;
  const infinite = Number.POSITIVE_INFINITY;
  const hourMax = limits.perHour ?? infinite;
  // A share of all is none: then it is all that have it in common.
  const isShared = (limits.perHourRepository ?? hourMax) < hourMax;
  const share = isShared ? (limits.perHourRepository ?? infinite) : infinite;
  let hourLeft = hourMax - spentPerHour(view);
  let dayLeft = (limits.perDay ?? infinite) - (view.days?.[dayOf(nowMs)] ?? 0);
  /** What may be launched beside the reservation. */
  let beside = infinite;
  let reserved: Reserved | null = null;
  const own = new Map<string, number>();
  const count = (repository: string, perHour: number) =>
    own.set(repository.toLowerCase(), (own.get(repository.toLowerCase()) ?? 0) + perHour);
  /** More than all may cost, since a bound was lowered or its job was seen to last: its launch says so, and takes no slot. */
  const isTooDear = (cost: JobEntry['cost']): boolean =>
    (cost?.perHour ?? 0) > hourMax || (cost?.forDay ?? 0) > (limits.perDay ?? infinite);
  for (const { repository, cost } of view.slots.filter(({ isWithoutShare }) => !isWithoutShare))
    count(repository, cost?.perHour ?? 0);
  return {
    isShareUsed({ job, cost }) {
      const used = own.get(job.repository.toLowerCase()) ?? 0;
      return used > 0 && used + (cost ?? NO_COST).perHour > share;
    },
    fits({ cost }) {
      const { perHour, forDay } = cost ?? NO_COST;
      return isTooDear(cost) || (perHour <= Math.min(hourLeft, beside) && forDay <= dayLeft);
    },
    take({ job, cost }) {
      if (isTooDear(cost)) return;
      const { perHour, forDay } = cost ?? NO_COST;
      hourLeft -= perHour;
      beside -= perHour;
      dayLeft -= forDay;
      count(job.repository, perHour);
    },
    reserve({ job, cost }, before) {
      const { perHour, forDay } = cost ?? NO_COST;
      // What the day lacks comes back with the next: until then it holds up nobody.
      if (reserved !== null || isTooDear(cost) || forDay > dayLeft) return;
      reserved = before;
      if (perHour <= hourLeft) return;
      const { sinceMs } = before ?? { sinceMs: nowMs + RESERVED_FROM_MS };
      reserved = { job: job.id, sinceMs };
      // What lived then and is there still was kept, or waits because a person asked for it: nobody knows until when.
      if (nowMs - sinceMs > longestMs(config)) return;
      const since = view.slots.filter(({ atMs }) => atMs > sinceMs);
      beside = hourMax - perHour - spentPerHour({ slots: since });
    },
    reserved: () => reserved,
  };
}

/** Its last launch did not fit into what all have in common: by the words of the capacity row. */
export const waitsFor = (
  bound: 'spendPerHour' | 'spendPerDay',
  { cost, because, startedOn }: JobEntry,
): boolean => cost != null && startedOn === null && because.includes(`limits.${bound} allows`);
