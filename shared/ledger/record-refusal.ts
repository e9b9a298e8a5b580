/** A job that gets no runner: kept for who asks, and handed to the sweep for its author. */
import type { Job } from '../nouns.ts';
import type { Ledger } from './ledger.ts';

interface RefusingWorld {
  readonly ledger: Pick<Ledger, 'history' | 'refusals'>;
  readonly clock: { nowMs(): number };
  readonly config: {
    readonly github: { readonly checks: boolean };
    readonly baseLabels: readonly string[];
  };
}

/**
 * Both writes may be made again. Neither the webhook nor the launcher tells GitHub: the sweep does, within its budget. It reads
 * them all at once, and whoever may push may have thousands: of the labels those stay by which the job is ours.
 */
export async function recordRefusal(
  job: Job,
  because: string,
  { ledger, clock, config }: RefusingWorld,
): Promise<void> {
  await ledger.history.merge({ job, outcome: 'refused', because });
  if (!config.github.checks) return;
  const small = { ...job, labels: config.baseLabels };
  await ledger.refusals.add(job.id, { job: small, because, atMs: clock.nowMs() });
}
