/** What remains of a job in `history`. */

import type { CapacityType, DiskPriced, Job } from '../nouns.ts';
import type { TrailLine } from './entries.ts';

/** What a job used of its machine, as the machine measured it. */
export interface Usage {
  /** From the job's begin to its end, as far as it was seen. */
  readonly seconds: number;
  /** Of its machine. */
  readonly cores: number;
  readonly memoryGiB: number;
  /** Cores that were busy: on average, and in the busiest minute. */
  readonly coresMean: number;
  readonly coresPeak: number;
  readonly memoryPeakGiB: number;
  /** Processes that the kernel ended for want of memory. */
  readonly oomKilled: number;
  readonly diskMiB: number;
  readonly networkMiB: number;
}

/** What remains of a job that ended or was refused. Merged, never overwritten with less. */
export interface HistoryRow extends DiskPriced {
  readonly job: Job;
  /** Null while only parts are known (a refusal has 'refused'). */
  readonly outcome: string | null;
  readonly because: string | null;
  readonly runnerName: string | null;
  readonly instanceId: string | null;
  readonly instanceType: string | null;
  readonly zone: string | null;
  /** The baked image, if its machine was made from one; absent in rows of earlier releases. */
  readonly image?: string | null;
  readonly capacityType: CapacityType | null;
  readonly pricePerHour: number | null;
  readonly onDemandPricePerHour: number | null;
  readonly diskGiB: number | null;
  readonly launchedAtMs: number | null;
  readonly onlineAtMs: number | null;
  readonly startedAtMs: number | null;
  readonly completedAtMs: number | null;
  readonly goneAtMs: number | null;
  readonly launches: number | null;
  /** Its runner had waited for a job, before or without it; absent in rows of earlier releases, and where it had not. */
  readonly isWarm?: boolean;
  /** Its machine stood stopped for so long, and cost its disk alone; absent where it never did. */
  readonly stoppedMs?: number;
  readonly consoleTail: string | null;
  readonly trail: readonly TrailLine[] | null;
  /** What it used of its machine; absent in rows of earlier releases, and where nothing was measured. */
  readonly usage?: Usage | null;
}
