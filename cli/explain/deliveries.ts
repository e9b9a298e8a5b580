/** The deliveries that told us of a job, as GitHub's log of the App has them. The log is by time, not by job. */

import * as z from 'zod';
import { inParallel } from '../../shared/in-parallel.ts';
import type { JobEntry } from '../../shared/ledger/entries.ts';
import type { HistoryRow } from '../../shared/ledger/history-row.ts';
import { DELIVERIES_KEPT_MS } from '../../shared/limits.ts';
import type { Job, JobId } from '../../shared/nouns.ts';
import type { Delivery } from '../../shared/ports.ts';
import type { Operator } from '../shared/operator.ts';

export interface DeliveryLook {
  readonly found: readonly Delivery[];
  /** Why there may be others; null: all were looked at. */
  readonly gap: string | null;
}

const NEAR_MS = 15 * 60_000;
/** GitHub's clock and ours, and a delivery that was quick. */
const EARLY_MS = 5_000;
const OPENED_MAX = 40;
const AT_ONCE_MAX = 8;

const Detail = z.object({
  request: z.object({ payload: z.object({ workflow_job: z.object({ id: z.int() }) }) }),
});

interface Subject {
  readonly job: Job | null;
  readonly entry: JobEntry | null;
  readonly row: HistoryRow | null;
}

export async function lookForDeliveries(subject: Subject, operator: Operator): Promise<DeliveryLook> {
  const { job } = subject;
  if (job === null) return { found: [], gap: 'its time is not known' };
  if (operator.clock.nowMs() - job.createdAtMs > DELIVERIES_KEPT_MS)
    return { found: [], gap: 'GitHub keeps deliveries for three days' };
  try {
    return await look(job, subject, operator);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'no reason given';
    return { found: [], gap: `they could not be listed: ${reason}` };
  }
}

async function look(job: Job, subject: Subject, operator: Operator): Promise<DeliveryLook> {
  const { things, complete } = await operator.github.deliveries(job.createdAtMs - EARLY_MS);
  const near = likely(things, job, subject);
  const isIts = await inParallel(near, AT_ONCE_MAX, (delivery) => names(delivery, job.id, operator));
  const found = near.filter((_, at) => isIts[at] === true).sort((a, b) => a.deliveredAtMs - b.deliveredAtMs);
  const isCut = !complete || near.length === OPENED_MAX || isIts.includes('unknown');
  return { found, gap: isCut ? 'there are too many to open each' : null };
}

/** Nearest in time to what they tell first. */
function likely(all: readonly Delivery[], job: Job, { entry, row }: Subject): readonly Delivery[] {
  const moments: Readonly<Record<string, number | null | undefined>> = {
    queued: job.createdAtMs,
    in_progress: row?.startedAtMs ?? entry?.startedAtMs,
    completed: row?.completedAtMs,
  };
  const distance = ({ action, deliveredAtMs }: Delivery) => {
    const moment = moments[action ?? ''] ?? null;
    return moment === null || deliveredAtMs < moment - EARLY_MS ? Infinity : deliveredAtMs - moment;
  };
  return all
    .filter((delivery) => delivery.event === 'workflow_job' && distance(delivery) < NEAR_MS)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, OPENED_MAX);
}

async function names(
  { id }: Delivery,
  job: JobId,
  { gitHubRequest }: Operator,
): Promise<boolean | 'unknown'> {
  try {
    const route = 'GET /app/hook/deliveries/{delivery_id}';
    const { status, data } = await gitHubRequest(route, { delivery_id: id }, 'app');
    const detail = status === 200 ? Detail.safeParse(data) : null;
    return detail?.success ? detail.data.request.payload.workflow_job.id === job : 'unknown';
  } catch {
    return 'unknown';
  }
}
