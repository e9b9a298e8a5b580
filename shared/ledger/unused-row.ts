/** What remains in `history` of a machine that no job ran on: it waited for one, or came to nothing. */
import type { CapacityType, DiskPriced, RunnerName } from '../nouns.ts';

export interface UnusedRow extends DiskPriced {
  readonly runnerName: RunnerName;
  readonly repository: string;
  readonly labels: readonly string[];
  readonly profile: string | null;
  /** It was launched to wait for a job, or waited for another one when its own had a runner. */
  readonly isWarm: boolean;
  readonly because: string;
  readonly instanceId: string;
  readonly instanceType: string | null;
  readonly capacityType: CapacityType | null;
  /** In the account's currency an hour, as is the next; null: not known. */
  readonly pricePerHour: number | null;
  readonly onDemandPricePerHour: number | null;
  readonly diskGiB: number | null;
  /** It stood stopped for so long, and cost its disk alone; absent where it never did. */
  readonly stoppedMs?: number;
  readonly isInterrupted: boolean;
  readonly launchedAtMs: number;
  readonly onlineAtMs: number | null;
  readonly goneAtMs: number;
}
