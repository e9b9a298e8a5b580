/** Jobs of the last day that were refused. */
import { HISTORY_DAY_MAX } from '../../shared/limits.ts';
import type { Operator } from '../shared/operator.ts';

/** GitHub shows it as queued, and it gets no runner. */
export interface RefusedJob {
  readonly job: number;
  readonly name: string;
  readonly repository: string;
  readonly labels: readonly string[];
  readonly createdAtMs: number;
  readonly because: string;
}

interface Refused {
  /** In the last 24 hours, newest first. */
  readonly refused: readonly RefusedJob[];
  readonly isRefusedComplete: boolean;
}

const DAY_MS = 24 * 3_600_000;

export async function readRefused({ ledger, clock }: Operator): Promise<Refused> {
  const sinceMs = clock.nowMs() - DAY_MS;
  const days = await Promise.all(
    [clock.nowMs(), sinceMs].map((ms) => ledger.history.ofDay(ms, HISTORY_DAY_MAX)),
  );
  const refused = days
    .flatMap(({ things }) => things)
    .filter(({ outcome, job }) => outcome === 'refused' && job.createdAtMs > sinceMs)
    .map(({ job: { id: job, name, repository, labels, createdAtMs }, because }) => ({
      ...{ job, name, repository, labels, createdAtMs },
      because: because ?? '',
    }))
    .sort((a, b) => b.createdAtMs - a.createdAtMs);
  return { refused, isRefusedComplete: days.every(({ complete }) => complete) };
}
