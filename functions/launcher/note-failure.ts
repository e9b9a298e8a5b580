/** A launch that threw leaves its words in the job's entry, so that whoever asks why the job waits is told. */
import { amend, mergeTrail } from '../../shared/ledger/amend.ts';
import type { JobEntry } from '../../shared/ledger/entries.ts';
import type { Held } from '../../shared/ledger/ledger.ts';
import { RETRY_MS } from '../../shared/limits.ts';
import type { LauncherWorld, Outcome } from './world.ts';

const WORDS_MAX_CHARS = 300;
/** What breaks launches ends for all at once. */
const FAILURE_PAUSE_MAX_MS = 10 * 60_000;

/**
 * Throws on. What was made is not known, so nothing is undone and the next try is not before the lease's end: the sweep
 * takes it from there.
 */
export async function noteIfThrown(
  held: Held<JobEntry>,
  launch: () => Promise<Outcome>,
  world: LauncherWorld,
): Promise<Outcome> {
  try {
    return await launch();
  } catch (error) {
    await note(held, error, world).catch((second: unknown) => {
      world.log('launch.failure-unwritten', { job: held.entry.job.id, because: wordsOf(second) });
    });
    throw error;
  }
}

/** Of the next try, when so many before it threw: each leaves its slot to the sweep, and may leave a registration. */
const pauseMs = (before: number): number => Math.min(FAILURE_PAUSE_MAX_MS, RETRY_MS * 2 ** (before + 1));

/** Errors of our adapters are scrubbed where they are made. */
export const wordsOf = (error: unknown): string =>
  (error instanceof Error ? error.message : 'no reason given').replace(/\s+/g, ' ').slice(0, WORDS_MAX_CHARS);

async function note({ entry: { job, launches } }: Held<JobEntry>, error: unknown, world: LauncherWorld) {
  const failure = wordsOf(error);
  const line = { atMs: world.clock.nowMs(), text: `the launch failed: ${failure}` };
  world.log('launch.failed', { job: job.id, because: failure });
  await amend(world.ledger.jobs, job.id, (entry) =>
    entry.startedOn !== null || entry.launches !== launches
      ? undefined
      : {
          ...entry,
          ...{ failure, failures: (entry.failures ?? 0) + 1 },
          nextTryAtMs: Math.max(entry.nextTryAtMs, line.atMs + pauseMs(entry.failures ?? 0)),
          because: line.text,
          trail: entry.trail.at(-1)?.text === line.text ? entry.trail : mergeTrail(...entry.trail, line),
        },
  );
}
