/** How many runners would have waited for jobs with profit, and when: pure. */
import { wallClock } from '../../../shared/config/schedule.ts';
import { median } from '../../../shared/figures.ts';

export interface Arrival {
  readonly atMs: number;
  /** Of its machine with its disk; null: not known. */
  readonly pricePerHour: number | null;
}

export interface Hours {
  /** As `when` of `runners.yaml` says it. */
  readonly when: string;
  /** On a day on which it is open. */
  readonly hours: number;
}

export interface Choice {
  readonly hot: number;
  /** 0 to 1, of all the jobs. */
  readonly servedShare: number;
  /** Machines that wait, on a day on which they do; null: no price is known. */
  readonly costPerDay: number | null;
}

export interface Proposal extends Choice, Hours {
  readonly jobs: number;
  /** Fewer and more, each with what it would have done. */
  readonly others: readonly Choice[];
}

export interface Habits {
  readonly timeZone: string;
  /** From a job that takes a runner until another waits in its place. */
  readonly refillMs: number;
}

/** Fewer tell nothing. */
export const JOBS_MIN = 20;
const HOT_MAX = 20;
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
  const price = median(arrivals.flatMap(({ pricePerHour }) => pricePerHour ?? []));
  const choices = Array.from({ length: HOT_MAX }, (_, at): Choice => {
    const servedShare = servedBy(at + 1, inside, habits.refillMs) / seen.length;
    return { hot: at + 1, servedShare, costPerDay: price === null ? null : price * (at + 1) * (to - from) };
  });
  const wanted = (SERVED_SHARE * inside.length) / seen.length;
  const best = choices.find(({ servedShare }) => servedShare >= wanted) ?? (choices.at(-1) as Choice);
  const others = [Math.floor(best.hot / 2), 2 * best.hot].flatMap((hot) => choices[hot - 1] ?? []);
  const when = `${days === isWeekday ? 'Mon-Fri ' : ''}${hour(from)}-${hour(to)}`;
  return { ...best, when, hours: to - from, jobs: seen.length, others };
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
function servedBy(hot: number, inside: readonly Seen[], refillMs: number): number {
  const readyAtMs = Array.from({ length: hot }, () => Number.NEGATIVE_INFINITY);
  let served = 0;
  for (const { atMs } of inside) {
    const at = readyAtMs.findIndex((readyMs) => readyMs <= atMs);
    if (at === -1) continue;
    readyAtMs[at] = atMs + refillMs;
    served++;
  }
  return served;
}
