/** How many runners would have waited for jobs with profit, and when: pure. */
import { wallClock } from '../../../shared/config/schedule.ts';
import { median } from '../../../shared/figures.ts';

export interface Arrival {
  readonly atMs: number;
  /** Of its machine with its disk; null: not known. */
  readonly pricePerHour: number | null;
  /** Had its machine stood stopped: absent or null where no price is known. */
  readonly standby?: Standby | null;
}

export interface Standby {
  /** Of its disk. */
  readonly perHour: number;
  /** For the job: that its machine is made ready, and is pay-as-you-go while the job runs. */
  readonly perJob: number;
}

export interface Hours {
  /** As `when` of `runners.yaml` says it. */
  readonly when: string;
  /** On a day on which it is open. */
  readonly hours: number;
}

interface Outcome {
  /** 0 to 1, of all the jobs. */
  readonly servedShare: number;
  /** On a day on which they wait; null: no price is known. */
  readonly costPerDay: number | null;
}

/** Machines that run and wait. */
export interface Choice extends Outcome {
  readonly hot: number;
}

/** Machines that stand stopped: the cost has what the jobs that start them pay more than on spot. */
export interface StoppedChoice extends Outcome {
  readonly stopped: number;
}

export interface Proposal extends Choice, Hours {
  readonly jobs: number;
  /** Fewer and more, each with what it would have done. */
  readonly others: readonly Choice[];
  /** Instead, in the same hours. */
  readonly stopped: StoppedChoice & { readonly others: readonly StoppedChoice[] };
}

export interface Habits {
  readonly timeZone: string;
  /** From a job that takes a runner until another waits in its place. */
  readonly refillMs: number;
  /** Until another stands stopped. */
  readonly stoppedRefillMs: number;
}

/** Fewer tell nothing. */
export const JOBS_MIN = 20;
const DAY_MS = 24 * 3_600_000;
const COUNT_MAX = 20;
/** The hours are the shortest that hold so many of the jobs. */
const INSIDE_SHARE = 0.9;
/** And the number is the least that serves so many of those. */
const SERVED_SHARE = 0.9;

/** Null: too few jobs to say anything. */
export function propose(arrivals: readonly Arrival[], habits: Habits): Proposal | null {
  if (arrivals.length < JOBS_MIN) return null;
  const clock = wallClock(habits.timeZone);
  const seen = arrivals.map(({ atMs }) => ({ atMs, ...clock(atMs) })).sort((a, b) => a.atMs - b.atMs);
  const isWeekday = ({ day }: Seen) => day >= 1 && day <= 5;
  const days = seen.filter(isWeekday).length >= INSIDE_SHARE * seen.length ? isWeekday : () => true;
  const { from, to } = busyHours(seen.filter(days));
  const inside = seen.filter(days).filter(isIn({ from, to }));
  const hours = to - from;
  const price = median(arrivals.flatMap(({ pricePerHour }) => pricePerHour ?? []));
  const standby = standbyOf(arrivals);
  const openDays = new Set(inside.map(({ atMs, min }) => Math.round((atMs - min * 60_000) / DAY_MS))).size;
  const all = { inside, jobs: seen.length };
  const [hot, ...otherHot] = choose(all, habits.refillMs, (count) =>
    price === null ? null : price * count * hours,
  ).map(({ count, ...outcome }) => ({ hot: count, ...outcome })) as [Choice, ...Choice[]];
  const [stopped, ...others] = choose(all, habits.stoppedRefillMs, (count, served) =>
    standby === null ? null : standby.perHour * count * hours + (standby.perJob * served) / openDays,
  ).map(({ count, ...outcome }) => ({ stopped: count, ...outcome })) as [StoppedChoice, ...StoppedChoice[]];
  const when = `${days === isWeekday ? 'Mon-Fri ' : ''}${hour(from)}-${hour(to)}`;
  return { ...hot, when, hours, jobs: seen.length, others: otherHot, stopped: { ...stopped, others } };
}

/** The least that serves enough, and then half and twice as many. */
function choose(
  { inside, jobs }: { readonly inside: readonly Seen[]; readonly jobs: number },
  refillMs: number,
  costOf: (count: number, served: number) => number | null,
): readonly Counted[] {
  const counts = Array.from({ length: COUNT_MAX }, (_, at): Counted => {
    const served = servedBy(at + 1, inside, refillMs);
    return { count: at + 1, servedShare: served / jobs, costPerDay: costOf(at + 1, served) };
  });
  const wanted = (SERVED_SHARE * inside.length) / jobs;
  const best = counts.find(({ servedShare }) => servedShare >= wanted) ?? (counts.at(-1) as Counted);
  const others = [Math.floor(best.count / 2), 2 * best.count];
  return [best, ...others.flatMap((count) => counts[count - 1] ?? [])];
}

interface Counted extends Outcome {
  readonly count: number;
}

/** Medians. */
function standbyOf(arrivals: readonly Arrival[]): Standby | null {
  const known = arrivals.flatMap(({ standby }) => standby ?? []);
  const perHour = median(known.map((each) => each.perHour));
  const perJob = median(known.map((each) => each.perJob));
  return perHour === null || perJob === null ? null : { perHour, perJob };
}

interface Seen {
  readonly atMs: number;
  /** 0 for Sunday. */
  readonly day: number;
  readonly min: number;
}

const hour = (value: number): string => `${String(value).padStart(2, '0')}:00`;

/** The shortest whole hours of a day that hold most of them; of as short ones those with the most. */
function busyHours(seen: readonly Seen[]): { readonly from: number; readonly to: number } {
  const spans = Array.from({ length: 24 * 24 }, (_, at) => ({ from: Math.floor(at / 24), to: (at % 24) + 1 }))
    .filter(({ from, to }) => from < to)
    .map((span) => ({ ...span, held: seen.filter(isIn(span)).length }))
    .filter(({ held }) => held >= INSIDE_SHARE * seen.length)
    .sort((a, b) => a.to - a.from - (b.to - b.from) || b.held - a.held);
  return spans[0] ?? { from: 0, to: 24 };
}

const isIn =
  ({ from, to }: { readonly from: number; readonly to: number }) =>
  ({ min }: Seen): boolean =>
    min >= 60 * from && min < 60 * to;

/** Each job takes one that is ready; another is in its place a while later. */
function servedBy(count: number, inside: readonly Seen[], refillMs: number): number {
  const readyAtMs = Array.from({ length: count }, () => Number.NEGATIVE_INFINITY);
  let served = 0;
  for (const { atMs } of inside) {
    const at = readyAtMs.findIndex((readyMs) => readyMs <= atMs);
    if (at === -1) continue;
    readyAtMs[at] = atMs + refillMs;
    served++;
  }
  return served;
}
