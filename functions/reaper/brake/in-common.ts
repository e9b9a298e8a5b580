/**
 * What runners of no use have in common while others' get jobs: a repository that the group does not serve, an image that does
 * not boot, an offering that is no good. Each is judged by its own last success. Pure.
 */
import * as z from 'zod';
import { QUEUED_MAX_MS } from '../../../shared/limits.ts';
import { BRAKE_JOBS_MIN, BRAKE_WINDOW_MS, MARKS_OF_ONE_MAX, OFFERING_JOBS_MIN } from './limits.ts';
import { Mark, type Success } from './mark.ts';

export const InCommon = z.object({
  /** Of each job the last. */
  marks: z.array(Mark),
  /** By what they share, as `sharedBy` names it: the last mark before a runner with that got a job. */
  got: z.record(z.string(), z.number()),
  /** Since when jobs that share it, and had a runner of no use, are tried one at a time. */
  held: z.record(z.string(), z.number()),
  /** The circumstances (see `circumstancesNow`) under which these are held. */
  under: z.string(),
});
export type InCommon = z.output<typeof InCommon>;

export const NOTHING_IN_COMMON: InCommon = { marks: [], got: {}, held: {}, under: '' };

export const isNothing = ({ marks, held }: InCommon): boolean =>
  marks.length === 0 && Object.keys(held).length === 0;

/** By its id, which stays when it is renamed, where that is known. */
export const repositoryShared = ({
  repository,
  repositoryId,
}: Pick<Mark, 'repository' | 'repositoryId'>): string =>
  `repository ${repositoryId ?? repository.toLowerCase()}`;
export const imageShared = (image: string): string => `image ${image}`;
const offeringShared = (offering: string): string => `offering ${offering}`;

const sharedBy = (mark: Mark): readonly string[] => [
  repositoryShared(mark),
  ...(mark.image === null ? [] : [imageShared(mark.image)]),
  ...(mark.offering === null ? [] : [offeringShared(mark.offering)]),
];

export interface Seen {
  readonly fresh: readonly Mark[];
  readonly successes: readonly Success[];
  /** Ids of jobs that wait. */
  readonly waiting: ReadonlySet<number>;
  /** All launches are held back: there is one cause, and none of these is it. */
  readonly isBraked: boolean;
  /** What held all back, and ended just now with a job that a runner got; null: nothing did. */
  readonly over: { readonly wastes: readonly Mark[]; readonly atMs: number } | null;
  readonly circumstances: string;
  readonly nowMs: number;
}

export function inCommonAfter(before: InCommon, seen: Seen): InCommon {
  const { fresh, waiting, isBraked, circumstances, nowMs } = seen;
  const all = lastOfEach([...before.marks, ...fresh]);
  const successAtMs = successesAfter(before, all, seen);
  const isLive = (mark: Mark, shared: string) => mark.atMs > (successAtMs.get(shared) ?? 0);
  const isKept = ({ job, atMs }: Mark) => nowMs - atMs < (waiting.has(job) ? QUEUED_MAX_MS : BRAKE_WINDOW_MS);
  const live = all.filter((mark) => isKept(mark) && sharedBy(mark).some((shared) => isLive(mark, shared)));
  const newest = new Set([...groupsOf(live).values()].flatMap((of) => of.slice(-MARKS_OF_ONE_MAX)));
  const marks = live.filter((mark) => newest.has(mark));
  const since = (shared: string) => (before.under === circumstances ? (before.held[shared] ?? nowMs) : nowMs);
  const heldOf = ([shared, of]: readonly [string, readonly Mark[]]): readonly [string, number][] => {
    const jobs = of.filter((mark) => waiting.has(mark.job) && isLive(mark, shared)).length;
    // Where it is held it stays so for the last of them, and a trouble of all begins none.
    const min = before.held[shared] !== undefined ? 1 : isBraked ? Number.POSITIVE_INFINITY : BRAKE_JOBS_MIN;
    return jobs < min || shared.startsWith('offering ') ? [] : [[shared, since(shared)]];
  };
  const held = Object.fromEntries([...groupsOf(marks)].flatMap(heldOf));
  return { marks, got: coveredBy(successAtMs, all), held, under: circumstances };
}

/** Of each job. */
export const lastOfEach = (marks: readonly Mark[]): readonly Mark[] => [
  ...new Map(marks.map((mark) => [mark.job, mark])).values(),
];

/** The last mark before each success: that a thousand more get jobs after it is nothing new to note. */
function coveredBy(successAtMs: ReadonlyMap<string, number>, marks: readonly Mark[]): Record<string, number> {
  const covered = [...groupsOf(marks)].flatMap(([shared, of]): [string, number][] => {
    const before = of.filter(({ atMs }) => atMs <= (successAtMs.get(shared) ?? 0));
    return before.length === 0 ? [] : [[shared, Math.max(...before.map(({ atMs }) => atMs))]];
  });
  return Object.fromEntries(covered);
}

/** When GitHub is back for one, it is for all; but what all that ended so have in common may be the cause yet. */
function successesAfter(
  before: InCommon,
  marks: readonly Mark[],
  { successes, over }: Seen,
): ReadonlyMap<string, number> {
  const latest = new Map(Object.entries(before.got));
  const note = (shared: string, atMs: number) => latest.set(shared, Math.max(latest.get(shared) ?? 0, atMs));
  const ids = new Map(marks.map((mark) => [mark.repository.toLowerCase(), mark.repositoryId]));
  for (const success of successes) for (const shared of sharedByIt(success, ids)) note(shared, success.atMs);
  const { wastes = [], atMs = 0 } = over ?? {};
  const isOfAll = (shared: string) => wastes.every((waste) => sharedBy(waste).includes(shared));
  for (const shared of marks.flatMap(sharedBy)) if (!isOfAll(shared)) note(shared, atMs);
  return latest;
}

/** Not each record says the repository's id. */
function sharedByIt(
  { repository, repositoryId, image, offering }: Success,
  ids: ReadonlyMap<string, Mark['repositoryId']>,
): readonly string[] {
  const id = repositoryId ?? ids.get(repository?.toLowerCase() ?? '') ?? null;
  const named = [id, null].map((each) => ({ repository: repository ?? '', repositoryId: each }));
  return [
    ...(repository === null ? [] : named.map(repositoryShared)),
    ...(image === null ? [] : [imageShared(image)]),
    ...(offering === null ? [] : [offeringShared(offering)]),
  ];
}

/** By what they share, the oldest first. */
function groupsOf(marks: readonly Mark[]): ReadonlyMap<string, readonly Mark[]> {
  const groups = new Map<string, Mark[]>();
  for (const mark of marks.toSorted((a, b) => a.atMs - b.atMs))
    for (const shared of sharedBy(mark)) {
      const group = groups.get(shared);
      if (group === undefined) groups.set(shared, [mark]);
      else group.push(mark);
    }
  return groups;
}

const liveIn = ({ marks, got }: InCommon): ReadonlyMap<string, readonly Mark[]> =>
  new Map(
    [...groupsOf(marks)].map(([shared, of]) => [shared, of.filter(({ atMs }) => atMs > (got[shared] ?? 0))]),
  );

export interface HeldGroup {
  readonly shared: string;
  readonly sinceMs: number;
  /** The oldest first. */
  readonly marks: readonly Mark[];
  /** What a person knows it by: "repository acme/app". */
  readonly name: string;
}

export function heldGroups(inCommon: InCommon): readonly HeldGroup[] {
  const live = liveIn(inCommon);
  return Object.entries(inCommon.held).map(([shared, sinceMs]) => {
    const marks = live.get(shared) ?? [];
    const name = shared.startsWith('repository ') ? `repository ${marks.at(-1)?.repository}` : shared;
    return { shared, sinceMs, marks, name };
  });
}

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

/** Those whose machine is to be left alone, as one of that offering was of no use to so many jobs in a row. */
export function badIn(inCommon: InCommon, fresh: readonly Mark[]): ReadonlySet<string> {
  const live = liveIn(inCommon);
  const isBad = ({ offering }: Mark) => {
    const of = offering === null ? [] : (live.get(offeringShared(offering)) ?? []);
    return of.filter(({ ending }) => MAY_BE.has(ending)).length >= OFFERING_JOBS_MIN;
  };
  return new Set(fresh.filter((mark) => MAY_BE.has(mark.ending) && isBad(mark)).map(({ runner }) => runner));
}

/** What waited for a job in vain was well, and a version is refused wherever it runs. */
const MAY_BE: ReadonlySet<Mark['ending']> = new Set(['stopped', 'offline', 'ended'] as const);
