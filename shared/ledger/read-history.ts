/** What remains of a job, under whichever day it was written. */

import type { Job, JobId } from '../nouns.ts';
import type { HistoryRow } from './history-row.ts';
import { isEnd, type Ledger } from './ledger.ts';

const DAY_MS = 24 * 3_600_000;

/** Of a job whose start stands in for its creation, events may disagree by a day: GitHub queues no job for longer. */
export async function readHistory(
  { id, createdAtMs, isUndated }: Job,
  { history }: Pick<Ledger, 'history'>,
): Promise<HistoryRow | null> {
  const row = await history.read(createdAtMs, id);
  if (row !== null || isUndated !== true) return row;
  const before = await history.read(createdAtMs - DAY_MS, id);
  return before ?? history.read(createdAtMs + DAY_MS, id);
}

export async function hasEnded(job: Job, ledger: Pick<Ledger, 'history'>): Promise<boolean> {
  return isEnd((await readHistory(job, ledger))?.outcome ?? null);
}

/**
 * Of a job that ended only the id is known, and `history` is by the day that a job was created on: that of `nearMs`, when
 * its launch was, or the one before. Null: neither knows it.
 */
export async function readJob(
  id: JobId,
  nearMs: number,
  { jobs, history }: Pick<Ledger, 'jobs' | 'history'>,
): Promise<Job | null> {
  const live = await jobs.read(id);
  if (live !== null) return live.entry.job;
  const ended = (await history.read(nearMs, id)) ?? (await history.read(nearMs - DAY_MS, id));
  return ended?.job ?? null;
}
