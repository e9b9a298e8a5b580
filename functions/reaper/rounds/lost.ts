/** A queued job that no delivery told us of. */

import { encodeEvent } from '../../../shared/job/event.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import { readHistory } from '../../../shared/ledger/read-history.ts';
import { recordRefusal } from '../../../shared/ledger/record-refusal.ts';
import { LABELS_MAX } from '../../../shared/limits.ts';
import type { Job, JobRecord } from '../../../shared/nouns.ts';
import { unlaunchedEntry } from '../events/record-start.ts';
import type { ReaperWorld } from '../world.ts';
import { giveUp, isGivenUp } from './expired.ts';

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
  const because = tooLargeToHandOn(job);
  if (because !== null) {
    log('launch.refused', { job: job.id, repository: job.repository, because });
    await recordRefusal(job, because, { ledger, clock, config });
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

/** As the webhook refuses it: what cannot be handed on would be found again and again. */
function tooLargeToHandOn(job: Job): string | null {
  if (job.labels.length > LABELS_MAX) return `the job has more than ${LABELS_MAX} labels`;
  const isTooLong = encodeEvent({ kind: 'due', job, rev: 'x'.repeat(200), hasTurn: false }) === null;
  return isTooLong ? 'the labels of the job are too long to hand on' : null;
}

function foundNow(job: Job, atMs: number): JobEntry {
  const text = 'was found at GitHub by the sweep: no delivery had told us of it';
  return { ...unlaunchedEntry(job, atMs), trail: [{ atMs, text }] };
}
