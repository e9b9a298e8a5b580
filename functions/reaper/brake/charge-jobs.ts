/** Writes into the entries of waiting jobs what their runners, and those of others, came to. */
import { amend } from '../../../shared/ledger/amend.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';
import { charged, forgiven, released, type Terms, triedOnSuccess } from './charge.ts';
import type { Waste } from './endings.ts';
import { tellOfJob } from './tell.ts';

export interface Now extends Terms {
  readonly successAtMs: number;
  /** Runners whose jobs are forgiven. */
  readonly forgotten: ReadonlySet<string>;
}

export interface Changed {
  /** As they are now; what could not be written is not among them. */
  readonly now: readonly Held<JobEntry>[];
  readonly isWhole: boolean;
}

export async function changeJobs(
  uncovered: readonly Held<JobEntry>[],
  wastes: readonly Waste[],
  terms: Now,
  deadlineMs: number,
  world: ReaperWorld,
): Promise<Changed> {
  const now = new Map(uncovered.map((held) => [held.entry.job.id, held]));
  const change = (entry: JobEntry): JobEntry | undefined => {
    const next = wastesOf(entry, wastes).reduce(
      (before, waste) => charged(before, waste, terms) ?? before,
      entry,
    );
    const then = forgiven(next, terms.forgotten, terms.nowMs) ?? uncapped(next, terms) ?? next;
    return then === entry ? undefined : then;
  };
  const concerned = uncovered.filter(({ entry }) => change(entry) !== undefined);
  for (const { entry } of concerned) now.delete(entry.job.id);
  let isFailed = false;
  const left = await untilDeadline(concerned, deadlineMs, world.clock, async (held) => {
    const written = await changeOne(held, change, world);
    if (written === 'failed') isFailed = true;
    if (written === 'failed' || written === null || written.entry.startedOn !== null) return;
    now.set(written.entry.job.id, written);
    const last = wastesOf(written.entry, wastes).at(-1);
    const isToBeTold = !terms.isBraked || written.entry.obstacle === 'cap';
    if (last !== undefined && isToBeTold) await tellOfJob(written.entry, last, world);
  });
  return { now: [...now.values()], isWhole: left === null && !isFailed };
}

const wastesOf = ({ job }: JobEntry, wastes: readonly Waste[]): readonly Waste[] =>
  wastes.filter((waste) => waste.job.entry.job.id === job.id);

/** Null: it is gone. `failed`: the ledger could not be written, and the next sweep sees the same again. */
async function changeOne(
  held: Held<JobEntry>,
  change: (entry: JobEntry) => JobEntry | undefined,
  { ledger, log }: ReaperWorld,
): Promise<Held<JobEntry> | null | 'failed'> {
  const { id } = held.entry.job;
  try {
    const written = await amend(ledger.jobs, id, change, held);
    log('job.charged', {
      job: id,
      because: written?.entry.because ?? '',
      wasted: written?.entry.wasted ?? 0,
    });
    return written;
  } catch (error) {
    log('job.charge_failed', { job: id, error: error instanceof Error ? error.message : 'unknown' });
    return 'failed';
  }
}

/** It was only looked at, and something has changed since. */
function uncapped(entry: JobEntry, { circumstances, nowMs, successAtMs }: Now): JobEntry | undefined {
  if (entry.obstacle !== 'cap') return undefined;
  if (entry.cappedUnder === circumstances) return triedOnSuccess(entry, successAtMs, nowMs);
  return released(entry, 'the configuration or the runner release changed, or somebody deployed', nowMs);
}
