/** Starts the jobs whose time has come, oldest first, as far as slots and mints go. */
import type { Config } from '../../../shared/config/config.ts';
import { parseLabels } from '../../../shared/job/labels.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { CapacityView, Held } from '../../../shared/ledger/ledger.ts';
import { LAUNCHES_PER_SWEEP_MAX } from '../../../shared/limits.ts';
import { mintPace, minuteOf } from '../../../shared/runner/mint-pace.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';

export interface Plan {
  readonly start: readonly Held<JobEntry>[];
  /** When the oldest job was created that is due and gets no slot: younger ones must not overtake it. */
  readonly oldestWaitingMs: number | null;
}

/** Pure. `uncovered`: waiting jobs with no runner coming, oldest first. */
export function planStarts(
  uncovered: readonly Held<JobEntry>[],
  view: CapacityView,
  config: Config,
  nowMs: number,
): Plan {
  const used = new Map<string, number>();
  const count = (keys: readonly string[]) => {
    for (const key of keys) used.set(key, (used.get(key) ?? 0) + 1);
  };
  for (const { profile, repository } of view.slots) count(keysOf(profile, repository));
  const start: Held<JobEntry>[] = [];
  const startsMax = Math.min(LAUNCHES_PER_SWEEP_MAX, mintPace(config) - (view.mints[minuteOf(nowMs)] ?? 0));
  let oldestWaitingMs: number | null = null;
  for (const held of uncovered.filter(({ entry }) => entry.nextTryAtMs <= nowMs)) {
    const { job } = held.entry;
    const profile = profileOf(held.entry, config);
    const keys = keysOf(profile, job.repository);
    const limit = limitsOf(profile, config);
    const full = start.length < startsMax ? keys.find((key) => (used.get(key) ?? 0) >= limit(key)) : ALL;
    if (full === ALL) oldestWaitingMs ??= job.createdAtMs;
    if (full !== undefined) continue;
    count(keys);
    start.push(held);
  }
  return { start, oldestWaitingMs };
}

const ALL = 'all';

function profileOf({ job }: JobEntry, config: Config): string | null {
  const understood = parseLabels(job.labels, job.repository, config);
  return understood.kind === 'ours' ? understood.requirements.profile : null;
}

function keysOf(profile: string | null, repository: string): readonly string[] {
  return [ALL, ...(profile === null ? [] : [`profile ${profile}`]), `repository ${repository}`];
}

function limitsOf(profile: string | null, { limits, profiles }: Config): (key: string) => number {
  const perProfile = profile === null ? undefined : profiles[profile]?.runners;
  return (key) => {
    if (key === ALL) return limits.runners;
    const limit = key.startsWith('profile ') ? perProfile : limits.runnersPerRepository;
    return limit ?? Number.POSITIVE_INFINITY;
  };
}

export async function startDue(
  uncovered: readonly Held<JobEntry>[],
  deadlineMs: number,
  world: ReaperWorld,
): Promise<number> {
  const { ledger, queue, clock, config, log } = world;
  const { start, oldestWaitingMs } = planStarts(
    uncovered,
    await ledger.capacity.view(),
    config,
    clock.nowMs(),
  );
  await ledger.capacity.setWaiting({ total: oldestWaitingMs });
  const left = await untilDeadline(start, deadlineMs, clock, async ({ entry, rev }) => {
    try {
      await queue.launch({ kind: 'due', job: entry.job, rev });
      log('job.due', { job: entry.job.id, because: entry.because });
    } catch (error) {
      // It stays due: the next sweep asks again.
      log('job.due_failed', { job: entry.job.id, error: error instanceof Error ? error.message : 'unknown' });
    }
  });
  return start.length - (left?.count ?? 0);
}
