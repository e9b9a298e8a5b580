/** Jobs of one repository, or on one image, that are tried one at a time. Pure. */
import type { Config } from '../../../shared/config/config.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import { type HeldGroup, heldGroups, type InCommon, imageShared, repositoryShared } from './in-common.ts';
import { BRAKE_PROBE_MS, HELD_PAUSE_MAX_MS } from './limits.ts';
import { imageOf } from './mark.ts';
import type { Coming } from './streak.ts';

/** The groups of a job that had a runner of no use; one that had none shows by its own whether the cause is over. */
export type GroupsOf = (entry: JobEntry) => readonly HeldGroup[];

export function groupsOfJobs(inCommon: InCommon, config: Config): GroupsOf {
  const groups = new Map(heldGroups(inCommon).map((group) => [group.shared, group]));
  if (groups.size === 0) return () => [];
  return ({ job, wastes = [] }) => {
    if (wastes.length === 0) return [];
    const image = imageOf(job.labels, config);
    const { repository, repositoryId = null } = job;
    const shared = [
      repositoryShared({ repository, repositoryId }),
      ...(image === null ? [] : [imageShared(image)]),
    ];
    return shared.flatMap((each) => groups.get(each) ?? []);
  };
}

/** Lower-case clause that completes "waits because …"; null: it is none of these. */
export function whyHeld(groups: readonly HeldGroup[]): string | null {
  const [first] = groups;
  return first === undefined
    ? null
    : `runners of jobs of the ${first.name} come to nothing, and none of them gets one: they are tried one at a time`;
}

/**
 * The first of a group that is really started closes it for the others, until some time after its end: as long as the trouble
 * has lasted, within bounds. A runner that stays (somebody keeps it to look at it) is no probe for ever.
 */
export function heldGateOf(
  groupsOf: GroupsOf,
  coming: readonly Coming[],
  nowMs: number,
): (entry: JobEntry) => boolean {
  const isOut = ({ runner, job }: Coming, { shared, sinceMs }: HeldGroup) =>
    runner.createdAtMs >= sinceMs &&
    nowMs - runner.createdAtMs < HELD_PAUSE_MAX_MS &&
    groupsOf(job).some((group) => group.shared === shared);
  const isClosed = new Map<string, boolean>();
  const closed = (group: HeldGroup) => {
    const known = isClosed.get(group.shared);
    if (known !== undefined) return known;
    const now = nowMs < nextProbeMs(group) || coming.some((each) => isOut(each, group));
    isClosed.set(group.shared, now);
    return now;
  };
  return (entry) => {
    const groups = groupsOf(entry);
    if (groups.some(closed)) return false;
    for (const { shared } of groups) isClosed.set(shared, true);
    return true;
  };
}

function nextProbeMs({ sinceMs, marks }: HeldGroup): number {
  const lastMs = marks.at(-1)?.atMs ?? sinceMs;
  return lastMs + Math.min(Math.max(lastMs - sinceMs, BRAKE_PROBE_MS), HELD_PAUSE_MAX_MS);
}
