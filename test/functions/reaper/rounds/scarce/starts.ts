/** Sweeps of which only the start of what is due is played, in several lots, and what becomes of each launch. */
import { startDue, startLater } from '../../../../../functions/reaper/rounds/due.ts';
import type { JobEntry, RunnerEntry } from '../../../../../shared/ledger/entries.ts';
import { build } from '../../../../shared/ledger/builders.ts';
import { START_MS } from '../../../../world/in-process.ts';
import { openReaper } from '../../fixture.ts';

export const MINUTE_MS = 60_000;
const NOTHING = { before: { total: 0, slots: [], mints: {} }, runners: [], ledgerComplete: true };
export const NO_LIMITS = build.limits({ runners: 9_999, mintsPerMinute: 9_999 });

interface Some extends Partial<JobEntry> {
  readonly labels?: string;
  readonly repository?: string;
}

/** The smaller the number, the older; due, and tried for the first time a minute ago. */
export const job = (
  id: number,
  { labels = 'self-hosted aliyun arm64', repository = 'acme/app', ...some }: Some = {},
): JobEntry =>
  build.jobEntry(id, {
    job: build.job(id, { labels: labels.split(' '), repository, createdAtMs: START_MS - 3_600_000 + id }),
    ...{ nextTryAtMs: START_MS, firstTryAtMs: START_MS - MINUTE_MS },
    ...some,
  });

export const many = (count: number, from: number, some: Some = {}): JobEntry[] =>
  Array.from({ length: count }, (_, at) => job(from + at, some));

/** Its first try a minute ago found nothing. */
export const OFFER = { obstacle: 'offer' } as const;
/** It did so just now. */
export const YOUNG = { ...OFFER, nextTryAtMs: START_MS + MINUTE_MS };

/** `becomes`: of each launch, the runner that comes of it, or null: none. */
export function starter(config: object, becomes: Partial<RunnerEntry> | null = null) {
  const { world: bare, launched } = openReaper({ config });
  const { jobs, runners, capacity } = bare.ledger;
  let nowMs = START_MS;
  const launch: typeof bare.queue.launch = async (event) => {
    await bare.queue.launch(event);
    if (event.kind === 'warm' || becomes === null) return;
    const { id, repository, labels } = event.job;
    const made = { for: id, repository, labels, createdAtMs: nowMs, ...becomes };
    await runners.add(build.runnerName(id), build.runnerEntry(id, made));
    const held = await jobs.read(id);
    // As the launcher leases it: what its last try found is of the past.
    if (held !== null)
      await jobs.replace(id, held, {
        ...held.entry,
        obstacle: null,
        nextTryAtMs: nowMs + 3 * MINUTE_MS,
      });
  };
  const pause = async (ms: number) => {
    nowMs += ms;
  };
  const world = { ...bare, queue: { launch }, pause, clock: { nowMs: () => nowMs } };
  const braked = (uncovered: readonly { entry: JobEntry; rev: string }[]) => ({
    ...{ uncovered, mayStart: () => true, because: null },
  });
  const add = async (entries: readonly JobEntry[]) => {
    for (const entry of entries) await jobs.add(entry.job.id, entry);
    return braked((await jobs.list(9_999)).things);
  };
  return {
    ...{ world, launched, capacity },
    /** Machines of a repository, each in a slot. */
    occupy: async (count: number, repository: string, from = 9_000) => {
      for (let at = 0; at < count; at++)
        await capacity.take(build.slot(from + at, { repository }), NO_LIMITS, START_MS - 10 * MINUTE_MS);
    },
    first: async (entries: readonly JobEntry[]) =>
      startDue(await add(entries), NOTHING, START_MS + MINUTE_MS, world),
    /** Numbers of the jobs of each lot. */
    lots: async (entries: readonly JobEntry[]) => {
      const at = [0];
      const seen = await add(entries);
      const first = await startDue(seen, NOTHING, START_MS + MINUTE_MS, world);
      const paused = {
        ...world,
        pause: (ms: number) => {
          at.push(launched.length);
          return pause(ms);
        },
      };
      await startLater(seen, first, { runners: [], instances: [], atMs: START_MS }, START_MS, paused);
      return at.map((from, lot) => launched.slice(from, at[lot + 1]));
    },
  };
}
