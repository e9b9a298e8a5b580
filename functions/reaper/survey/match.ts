/** Which waiting job has which runner coming: pure. Nothing is bound; only the pointer `for` moves. */

import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import type { JobId } from '../../../shared/nouns.ts';
import { isHeld } from '../events/held.ts';
import { ownerOf } from './known.ts';

export interface Matching {
  /** Runner name → the waiting job it is meant for. */
  readonly wanted: ReadonlyMap<string, JobEntry>;
  /** Runners that may still take a job, the readiest first. */
  readonly usable: readonly Held<RunnerEntry>[];
  /** Pointers to move. */
  readonly moves: readonly { readonly runner: Held<RunnerEntry>; readonly job: JobId }[];
  /** Waiting jobs with no runner coming; not those that GitHub holds back. */
  readonly uncovered: readonly Held<JobEntry>[];
}

/** `usable`: runners that may still take a job. `isRepositoryScope`: registered in one repository each. */
export function match(
  jobs: readonly Held<JobEntry>[],
  usable: readonly Held<RunnerEntry>[],
  isRepositoryScope: boolean,
): Matching {
  const waiting = jobs.filter(({ entry }) => entry.startedOn === null).sort(byPlace);
  const wanted = new Map<string, JobEntry>();
  const free = [...usable].sort(byReadiness);
  const meant = byJob(free);
  const isUncovered = ({ entry }: Held<JobEntry>) => {
    const runner = meant.get(entry.job.id)?.find((each) => !wanted.has(each.entry.name));
    if (runner !== undefined) wanted.set(runner.entry.name, entry);
    return runner === undefined;
  };
  const offers = groupAlike(free, wanted, isRepositoryScope);
  const moves: { runner: Held<RunnerEntry>; job: JobId }[] = [];
  const isLeft = ({ entry }: Held<JobEntry>) => {
    const runner = offers.first(entry.job);
    if (runner === undefined) return true;
    wanted.set(runner.entry.name, entry);
    moves.push({ runner, job: entry.job.id });
    return false;
  };
  const left = waiting
    .filter(({ entry }) => !isHeld(entry))
    .filter(isUncovered)
    .filter(isLeft);
  // What GitHub holds back comes last, and nothing is launched for it.
  for (const job of waiting) if (isHeld(job.entry) && isUncovered(job)) isLeft(job);
  return { wanted, usable: free, moves, uncovered: left };
}

/** By the job that each is for, in order. */
function byJob(free: readonly Held<RunnerEntry>[]): ReadonlyMap<JobId | null, Held<RunnerEntry>[]> {
  const found = new Map<JobId | null, Held<RunnerEntry>[]>();
  for (const runner of free) addTo(found, runner.entry.for, runner);
  return found;
}

function addTo<Key, Thing>(lists: Map<Key, Thing[]>, key: Key, thing: Thing): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [thing]);
  else known.push(thing);
}

/** Runners that may take the same jobs, in order; each with its place among all. */
interface Group {
  readonly labels: ReadonlySet<string>;
  readonly runners: { readonly place: number; readonly runner: Held<RunnerEntry> }[];
  next: number;
}

/**
 * Jobs and runners are many, and what they ask for and offer is little: each kind of job is held against each kind of
 * runner once. A launch under way stays its own job's: its outcome is open, and a job has one launch at a time.
 */
function groupAlike(
  free: readonly Held<RunnerEntry>[],
  wanted: ReadonlyMap<string, JobEntry>,
  isRepositoryScope: boolean,
) {
  // Of an organisation's two groups each serves its own repositories.
  const reachOf = (repository: string, isPublic = false) =>
    isRepositoryScope ? repository : `${ownerOf(repository)}${isPublic ? ' public' : ''}`;
  const groups = new Map<string, Group>();
  const offering = new Map<string, Group[]>();
  for (const [place, runner] of free.entries()) {
    if (runner.entry.state === 'launching') continue;
    const { key, reach, labels } = kindOf(
      reachOf(runner.entry.repository, runner.entry.isPublic),
      runner.entry.labels,
    );
    let group = groups.get(key);
    if (group === undefined) {
      group = { labels, runners: [], next: 0 };
      groups.set(key, group);
      for (const label of [ANY, ...labels]) addTo(offering, `${reach}\n${label}`, group);
    }
    group.runners.push({ place, runner });
  }
  const fitting = new Map<string, Group[]>();
  return {
    /** The first that fits and is not taken. */
    first(job: JobEntry['job']): Held<RunnerEntry> | undefined {
      const { key, reach, labels } = kindOf(reachOf(job.repository, job.isPublic), job.labels);
      const all = fitting.get(key) ?? fittingIn(offering, reach, labels);
      const rest = all.filter((group) => headOf(group, wanted) !== undefined);
      fitting.set(key, rest);
      const heads = rest.flatMap((group) => headOf(group, wanted) ?? []);
      return heads.reduce<Head | undefined>(
        (least, each) => (least === undefined || each.place < least.place ? each : least),
        undefined,
      )?.runner;
    },
  };
}

type Head = Group['runners'][number];

function headOf(group: Group, wanted: ReadonlyMap<string, JobEntry>): Head | undefined {
  while (wanted.has(group.runners[group.next]?.runner.entry.name ?? '')) group.next++;
  return group.runners[group.next];
}

/** What every runner offers: a job may ask for nothing. */
const ANY = '';

/** GitHub's rule, as `covers` has it; only who offers the job's rarest label is looked at. */
function fittingIn(
  offering: ReadonlyMap<string, Group[]>,
  reach: string,
  labels: ReadonlySet<string>,
): Group[] {
  const candidates = [ANY, ...labels].map((label) => offering.get(`${reach}\n${label}`) ?? []);
  const fewest = candidates.reduce((least, each) => (each.length < least.length ? each : least));
  return fewest.filter((group) => [...labels].every((label) => group.labels.has(label)));
}

function kindOf(reach: string, given: readonly string[]) {
  const labels = new Set(given.map((label) => label.toLowerCase()).sort());
  return { key: [reach, ...labels].join('\n'), reach, labels };
}

/** Whoever had runners of no use comes after those that had none yet. */
const byPlace = (a: Held<JobEntry>, b: Held<JobEntry>): number =>
  Number((a.entry.wasted ?? 0) > 0) - Number((b.entry.wasted ?? 0) > 0) ||
  a.entry.job.createdAtMs - b.entry.job.createdAtMs ||
  a.entry.job.id - b.entry.job.id;

const READINESS = { idle: 0, booting: 1, launching: 2, busy: 3, retiring: 4 } as const;

const byReadiness = ({ entry: a }: Held<RunnerEntry>, { entry: b }: Held<RunnerEntry>): number =>
  READINESS[a.state] - READINESS[b.state] ||
  a.labels.length - b.labels.length ||
  a.createdAtMs - b.createdAtMs ||
  (a.name < b.name ? -1 : 1);
