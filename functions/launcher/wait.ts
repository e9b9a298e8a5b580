/** A job that cannot be launched for now keeps a next try, with its reason. */
import { amend, mergeTrail } from '../../shared/ledger/amend.ts';
import type { JobEntry, Obstacle, QuotaWait } from '../../shared/ledger/entries.ts';
import type { Held, SlotCost } from '../../shared/ledger/ledger.ts';
import { lastingObstacle } from './entries.ts';
import type { LauncherWorld, Outcome } from './world.ts';

export interface Wait {
  readonly because: string;
  readonly nextTryAtMs: number;
  /** Null: the next try can take a slot as soon as one is free. */
  readonly obstacle: Obstacle | null;
  readonly refusals?: readonly string[];
  readonly quota?: QuotaWait | null;
  /** What the launch would have cost, where money is bounded. */
  readonly cost?: SlotCost | null;
}

/** Leaves the entry alone when the job was taken, or launched for again, meanwhile. */
export async function wait(
  held: Held<JobEntry>,
  { because, nextTryAtMs, obstacle, refusals = [], quota = null, cost = null }: Wait,
  world: LauncherWorld,
): Promise<Outcome> {
  const { job, launches } = held.entry;
  const atMs = world.clock.nowMs();
  const lines = [...refusals, `waits because ${because}`].map((text) => ({ atMs, text }));
  // A job that waits for an hour says so once, and keeps the rest of its story.
  const isNews = (trail: JobEntry['trail']) => !endsWith(trail, lines);
  await amend(
    world.ledger.jobs,
    job.id,
    (entry) =>
      entry.startedOn !== null || entry.launches !== launches
        ? undefined
        : {
            ...entry,
            nextTryAtMs,
            because,
            obstacle: obstacle ?? lastingObstacle(entry),
            quota,
            cost: cost ?? entry.cost ?? null,
            failure: null,
            trail: mergeTrail(...entry.trail, ...(isNews(entry.trail) ? lines : [])),
          },
    held,
  );
  world.log('launch.waited', { job: job.id, because, nextTryAt: new Date(nextTryAtMs).toISOString() });
  return { kind: 'waits', because, nextTryAtMs };
}

function endsWith(trail: JobEntry['trail'], lines: JobEntry['trail']): boolean {
  const last = trail.slice(-lines.length);
  return last.length === lines.length && last.every(({ text }, at) => text === lines[at]?.text);
}
