/** How many of the waiting jobs the bounds of money let start: pure. */
import { spendLimits } from '../../../../shared/advisor/spend.ts';
import type { Config } from '../../../../shared/config/config.ts';
import type { JobEntry } from '../../../../shared/ledger/entries.ts';
import type { CapacityView } from '../../../../shared/ledger/ledger.ts';

export interface MoneyRoom {
  /** Its repository has its share: nobody else's matter. */
  isShareUsed(entry: JobEntry): boolean;
  /** Once one in line is refused for the hour's money, nobody passes it. */
  mayStart(entry: JobEntry): boolean;
  take(entry: JobEntry): void;
}

const FREE: MoneyRoom = { isShareUsed: () => false, mayStart: () => true, take: () => undefined };

/** As the capacity row names it: 20261128. */
export const dayOf = (nowMs: number): string =>
  new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '');

export const spentPerHour = ({ slots }: CapacityView): number =>
  slots.reduce((sum, { cost }) => sum + (cost?.perHour ?? 0), 0);

const NO_COST = { perHour: 0, forDay: 0 };

/** What its last launch would have cost is in a job's entry; one that never came so far counts as nothing. */
export function moneyRoom(view: CapacityView, config: Config, nowMs: number): MoneyRoom {
  const limits = spendLimits(config);
  if (limits === null) return FREE;
  const infinite = Number.POSITIVE_INFINITY;
  const share = limits.perHourRepository ?? infinite;
  let hourLeft = (limits.perHour ?? infinite) - spentPerHour(view);
  let dayLeft = (limits.perDay ?? infinite) - (view.days?.[dayOf(nowMs)] ?? 0);
  let isClosed = false;
  const own = new Map<string, number>();
  const count = (repository: string, perHour: number) =>
    own.set(repository.toLowerCase(), (own.get(repository.toLowerCase()) ?? 0) + perHour);
  /** More than all may cost, since a bound was lowered or its job was seen to last: its launch says so, and takes no slot. */
  const isTooDear = (cost: JobEntry['cost']): boolean =>
    (cost?.perHour ?? 0) > (limits.perHour ?? infinite) || (cost?.forDay ?? 0) > (limits.perDay ?? infinite);
  for (const { repository, cost } of view.slots) count(repository, cost?.perHour ?? 0);
  return {
    isShareUsed({ job, cost }) {
      const used = own.get(job.repository.toLowerCase()) ?? 0;
      return used > 0 && used + (cost ?? NO_COST).perHour > share;
    },
    mayStart({ cost }) {
      const { perHour, forDay } = cost ?? NO_COST;
      if (isTooDear(cost)) return true;
      // What an hour lacks comes back as machines end; what the day lacks comes back with the next, and holds up nobody else.
      isClosed ||= perHour > hourLeft;
      return !isClosed && forDay <= dayLeft;
    },
    take({ job, cost }) {
      if (isTooDear(cost)) return;
      const { perHour, forDay } = cost ?? NO_COST;
      hourLeft -= perHour;
      dayLeft -= forDay;
      count(job.repository, perHour);
    },
  };
}

/** Its last launch did not fit into what all have in common: by the words of the capacity row. */
export const waitsFor = (
  bound: 'spendPerHour' | 'spendPerDay',
  { cost, because, startedOn }: JobEntry,
): boolean => cost != null && startedOn === null && because.includes(`limits.${bound} allows`);
