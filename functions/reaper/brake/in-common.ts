/**
 * What runners of no use have in common while others' get jobs: a repository that the group does not serve, an image that does
 * not boot, an offering that is no good. Each is judged by its own last success. Pure.
 */
import * as z from 'zod';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import { QUEUED_MAX_MS } from '../../../shared/limits.ts';
import { isHeld } from '../events/held.ts';
import {
  BRAKE_JOBS_MIN,
  BRAKE_PROBE_MS,
  BRAKE_WINDOW_MS,
  HELD_PAUSE_MAX_MS,
  MARKS_MAX,
  OFFERING_JOBS_MIN,
} from './limits.ts';
import { Mark, type Success } from './mark.ts';

export const InCommon = z.object({
  marks: z.array(Mark),
  /** By what they share, as `sharedBy` names it: when a runner with that last got a job. */
  got: z.record(z.string(), z.number()),
  /** Since when jobs that share it, and had a runner of no use, are tried one at a time. */
  held: z.record(z.string(), z.number()),
});
export type InCommon = z.output<typeof InCommon>;

export const NOTHING_IN_COMMON: InCommon = { marks: [], got: {}, held: {} };

export const isNothing = ({ marks, held }: InCommon): boolean =>
  marks.length === 0 && Object.keys(held).length === 0;

const sharedBy = ({ repository, image, offering }: Omit<Success, 'atMs'>): readonly string[] => [
  ...(repository === null ? [] : [`repository ${repository}`]),
  ...(image === null ? [] : [`image ${image}`]),
  ...(offering === null ? [] : [`offering ${offering}`]),
];

export interface Seen {
  readonly fresh: readonly Mark[];
  readonly successes: readonly Success[];
  /** Id of a job that waits → its repository, which may have another name by now. */
  readonly waiting: ReadonlyMap<number, string>;
  /** All launches are held back: there is one cause, and none of these is it. */
  readonly isBraked: boolean;
  /** What ended just now with a job that a runner got; null: nothing did. */
  readonly over: { readonly wastes: readonly Mark[]; readonly atMs: number } | null;
  readonly nowMs: number;
}

/** Marks of jobs that wait, and for offerings of the last two hours. */
export function inCommonAfter(before: InCommon, seen: Seen): InCommon {
  const { fresh, waiting, isBraked, nowMs } = seen;
  const known = new Set(before.marks.map(({ runner }) => runner));
  const all = [...before.marks, ...fresh.filter(({ runner }) => !known.has(runner))].map((mark) => ({
    ...mark,
    repository: waiting.get(mark.job) ?? mark.repository,
  }));
  const successAtMs = successesAfter(before, all, seen);
  const isLive = (mark: Mark) => sharedBy(mark).some((shared) => mark.atMs > (successAtMs.get(shared) ?? 0));
  const marks = all
    .filter(({ job, atMs }) => nowMs - atMs < (waiting.has(job) ? QUEUED_MAX_MS : BRAKE_WINDOW_MS))
    .filter(isLive)
    .slice(-MARKS_MAX);
  // Also of what is dropped now: it is asked for once more where not everybody could be told.
  const kept = new Set([...all.flatMap(sharedBy), ...Object.keys(before.held)]);
  const got = Object.fromEntries([...successAtMs].filter(([shared]) => kept.has(shared)));
  const after = { marks, got, held: {} };
  if (isBraked) return after;
  const heldOf = ([shared, of]: [string, readonly Mark[]]): [string, number][] => {
    const jobs = new Set(of.map(({ job }) => job).filter((job) => waiting.has(job)));
    return jobs.size < BRAKE_JOBS_MIN ? [] : [[shared, before.held[shared] ?? nowMs]];
  };
  const grouped = [...groupsOf(after)].filter(([shared]) => !shared.startsWith('offering '));
  return { ...after, held: Object.fromEntries(grouped.flatMap(heldOf)) };
}

/** When GitHub is back for one, it is for all; but what all that ended so have in common may be the cause yet. */
function successesAfter(
  before: InCommon,
  marks: readonly Mark[],
  { successes, over }: Seen,
): ReadonlyMap<string, number> {
  const latest = new Map(Object.entries(before.got));
  const note = (shared: string, atMs: number) => latest.set(shared, Math.max(latest.get(shared) ?? 0, atMs));
  for (const success of successes) for (const shared of sharedBy(success)) note(shared, success.atMs);
  if (over === null) return latest;
  const isOfAll = (shared: string) => over.wastes.every((waste) => sharedBy(waste).includes(shared));
  for (const shared of marks.flatMap(sharedBy)) if (!isOfAll(shared)) note(shared, over.atMs);
  return latest;
}

/** By what they share: the marks since a runner with that last got a job. */
function groupsOf({ marks, got }: Omit<InCommon, 'held'>): ReadonlyMap<string, Mark[]> {
  const groups = new Map<string, Mark[]>();
  for (const mark of marks)
    for (const shared of sharedBy(mark)) {
      if (mark.atMs <= (got[shared] ?? 0)) continue;
      groups.set(shared, [...(groups.get(shared) ?? []), mark]);
    }
  return groups;
}

/** What is held now, with its marks, as it is to be told: "of the repository acme/app". */
export function heldGroups(inCommon: InCommon): readonly {
  readonly shared: string;
  readonly sinceMs: number;
  readonly marks: readonly Mark[];
}[] {
  const groups = groupsOf(inCommon);
  return Object.entries(inCommon.held).map(([shared, sinceMs]) => ({
    ...{ shared, sinceMs, marks: groups.get(shared) ?? [] },
  }));
}

export interface HeldBack {
  readonly untilMs: number;
  /** lower-case clause that completes "waits because …" */
  readonly because: string;
}

/**
 * Of the jobs that are due: who waits for another's probe, and until when. The one that waits longest is tried when the last
 * has ended, after a pause as long as the trouble has lasted, within the bounds of other pauses.
 * `out`: jobs for which a runner is coming.
 */
export function heldBackIn(
  inCommon: InCommon,
  uncovered: readonly JobEntry[],
  out: readonly JobEntry[],
  nowMs: number,
): ReadonlyMap<number, HeldBack> {
  const held = new Map<number, HeldBack>();
  for (const { shared, sinceMs, marks } of heldGroups(inCommon)) {
    const lastAtMs = new Map(marks.map(({ job, atMs }) => [job, atMs]));
    const isOf = ({ job }: JobEntry) => lastAtMs.has(job.id);
    const latestMs = Math.max(...lastAtMs.values());
    const nextMs = latestMs + Math.min(Math.max(latestMs - sinceMs, BRAKE_PROBE_MS), HELD_PAUSE_MAX_MS);
    const due = uncovered
      .filter((entry) => isOf(entry) && isDue(entry, nowMs))
      .sort((a, b) => (lastAtMs.get(a.job.id) ?? 0) - (lastAtMs.get(b.job.id) ?? 0) || a.job.id - b.job.id);
    const isProbeTime = nowMs >= nextMs && !out.some(isOf);
    const because = `runners of ${lastAtMs.size} jobs of the ${shared} came to nothing, and none of them has got one since: they are tried one at a time`;
    const untilMs = Math.max(nextMs, nowMs + BRAKE_PROBE_MS);
    for (const { job } of isProbeTime ? due.slice(1) : due)
      held.set(job.id, { untilMs: Math.max(untilMs, held.get(job.id)?.untilMs ?? 0), because });
  }
  return held;
}

const isDue = (entry: JobEntry, nowMs: number): boolean =>
  entry.nextTryAtMs <= nowMs && entry.obstacle !== 'cap' && !isHeld(entry);

/** Runners whose jobs go on: what was held because of what they share is held no more, as one with that got a job. */
export function letGoIn(before: InCommon, after: InCommon): ReadonlySet<string> {
  const over = new Set(Object.keys(before.held).filter((shared) => after.held[shared] === undefined));
  const still = heldRunners(after);
  const isLetGo = (mark: Mark) =>
    sharedBy(mark).some((shared) => over.has(shared) && mark.atMs <= (after.got[shared] ?? 0));
  const names = before.marks.filter(isLetGo).map(({ runner }) => runner);
  return new Set(names.filter((name) => !still.has(name)));
}

/** Runners of jobs that are tried one at a time. */
export const heldRunners = (inCommon: InCommon): ReadonlySet<string> =>
  new Set(heldGroups(inCommon).flatMap(({ marks }) => marks.map(({ runner }) => runner)));

/** Machines of no use to so many jobs in a row, which are to be left alone: what one of them came to says nothing, but where it always does. */
export function badIn(inCommon: InCommon, fresh: readonly Mark[]): ReadonlySet<string> {
  const groups = groupsOf(inCommon);
  const isBad = ({ offering }: Mark) => {
    const ofTheMachine = (groups.get(`offering ${offering}`) ?? []).filter(({ ending }) =>
      MAY_BE.has(ending),
    );
    return offering !== null && new Set(ofTheMachine.map(({ job }) => job)).size >= OFFERING_JOBS_MIN;
  };
  return new Set(fresh.filter((mark) => MAY_BE.has(mark.ending) && isBad(mark)).map(({ runner }) => runner));
}

/** What waited for a job in vain was well, and a version is refused wherever it runs. */
const MAY_BE: ReadonlySet<Mark['ending']> = new Set(['stopped', 'offline', 'ended'] as const);
