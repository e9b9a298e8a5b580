/** What no delivery told us: that a job is queued, or that one which waits is over. */

import { HEARD_KEPT_MS, UNHEARD_ASKS_MAX } from '../../../shared/github-limits.ts';
import { encodeEvent, whyTooLarge } from '../../../shared/job/event.ts';
import { parseEvent } from '../../../shared/job/handed-on.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import { readHistory } from '../../../shared/ledger/read-history.ts';
import { recordRefusal } from '../../../shared/ledger/record-refusal.ts';
import type { Job, JobId, JobRecord } from '../../../shared/nouns.ts';
import { unlaunchedEntry } from '../events/record-start.ts';
import { rememberAsked, seenQueuedMs } from '../looks.ts';
import { askRecord } from '../survey/evidence.ts';
import { ownerOf } from '../survey/known.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';
import { giveUp, isGivenUp } from './expired.ts';
import type { Waiting } from './in-turns.ts';

/** Put first, `history` read after it: as a launcher does. Due now, and handed on at once. */
export async function openLost(
  { job, runChangedAtMs = null }: JobRecord,
  world: ReaperWorld,
): Promise<boolean> {
  const { ledger, clock, log, queue, config } = world;
  const outcome = await outcomeOf(job, world);
  if (isGivenUp(job, null, runChangedAtMs, clock.nowMs())) {
    if (outcome === null) await giveUp(job, [], world);
    return false;
  }
  if (isSettled(outcome)) return false;
  // As the webhook refuses it: what cannot be handed on would be found again and again.
  const because = whyTooLarge(job) ?? whyUnread(job);
  if (because !== null) {
    log('launch.refused', { job: job.id, repository: job.repository, because });
    // Those by which it is ours: a row may have no room for all.
    await recordRefusal({ ...job, labels: config.baseLabels }, because, { ledger, clock, config });
    return false;
  }
  const held = await ledger.jobs.add(job.id, foundNow(job, clock.nowMs()));
  if (held === null) return false;
  if (isSettled(await outcomeOf(job, world))) {
    await ledger.jobs.remove(job.id, held);
    return false;
  }
  log('job.found', { job: job.id, repository: job.repository });
  // If the launcher cannot be asked now, the next sweep does it.
  await queue.launch({ kind: 'due', job, rev: held.rev, hasTurn: false });
  return true;
}

const outcomeOf = async (job: Job, { ledger }: ReaperWorld): Promise<string | null> =>
  (await readHistory(job, ledger))?.outcome ?? null;

/** What was given up may be let go at GitHub after all: then its run has changed since. */
const isSettled = (outcome: string | null): boolean => outcome !== null && outcome !== 'expired';

/** What a record of GitHub's has that no delivery may have. */
function whyUnread(job: Job): string | null {
  const bytes = encodeEvent({ kind: 'due', job, rev: '', hasTurn: false });
  return bytes !== null && parseEvent(bytes) !== null
    ? null
    : 'the labels of the job are too long to hand on';
}

function foundNow(job: Job, atMs: number): JobEntry {
  const text = 'was found at GitHub by the sweep: no delivery had told us of it';
  return { ...unlaunchedEntry(job, atMs), trail: [{ atMs, text }] };
}

/**
 * Those that are still to be launched for: who is about to be, and of whom GitHub has said nothing for long, is asked about,
 * or a machine would boot for nobody. Whoever is over makes room for the next. `startsOf`: whom a plan of these would start.
 */
export async function withoutEnded(
  jobs: readonly Waiting[],
  startsOf: (jobs: readonly Waiting[]) => readonly Waiting[],
  deadlineMs: number,
  world: ReaperWorld,
): Promise<readonly Waiting[]> {
  const { clock } = world;
  const [asked, over] = [new Set<JobId>(), new Set<JobId>()];
  const isUnheard = ({ entry: { job } }: Waiting) => !asked.has(job.id) && isOld(job, world);
  const without = () => jobs.filter(({ entry }) => !over.has(entry.job.id));
  while (asked.size < UNHEARD_ASKS_MAX && clock.nowMs() < deadlineMs) {
    const left = without();
    const unheard = left.some(isUnheard) ? startsOf(left).filter(isUnheard) : [];
    if (unheard.length === 0) return left;
    const now = unheard.slice(0, UNHEARD_ASKS_MAX - asked.size);
    await untilDeadline(now, deadlineMs, clock, async ({ entry: { job } }) => {
      asked.add(job.id);
      if (await isOver(job, world)) over.add(job.id);
    });
  }
  // Where ends are lost, the others wait for the next sweep; elsewhere they are probably queued.
  return over.size === 0 ? jobs : without().filter((each) => !isUnheard(each));
}

const isOld = (job: Job, { looks, clock }: ReaperWorld): boolean =>
  clock.nowMs() - Math.max(job.createdAtMs, seenQueuedMs(looks, job)) >= HEARD_KEPT_MS;

/** Or waits for a reviewer. What GitHub does not say, or keeps its calls for, is no end. */
async function isOver(job: Job, world: ReaperWorld): Promise<boolean> {
  const { github, clock, looks, log } = world;
  if (!github.mayAsk('look', ownerOf(job.repository))) return false;
  try {
    const status = await askRecord(job, world);
    rememberAsked(looks, job.id, clock.nowMs());
    return status === 'completed' || status === 'in_progress' || status === 'waiting';
  } catch (error) {
    log('job.unasked', { job: job.id, error: error instanceof Error ? error.message : 'unknown' });
    return false;
  }
}
