/** What a job used of its machine, as `userdata/usage.sh` measures it, and the size that would have done: pure. */

import type { Usage } from '../ledger/history-row.ts';

const LINE =
  /\busage\.measured cores=(\d{1,4}) memory_gib=(\d{1,5}) seconds=(\d{1,7}) cpu_mean=(\d{1,6}) cpu_peak=(\d{1,6}) memory_peak_mib=(\d{1,8}) oom_killed=(\d{1,6}) disk_mib=(\d{1,10}) network_mib=(\d{1,10})\b/g;

/**
 * The last that this console tells; null: it tells nothing. A job with root may write what it likes there: these are
 * figures of itself, with no more digits than there can be.
 */
export function usageIn(console: string): Usage | null {
  const [last] = [...console.matchAll(LINE)].reverse();
  if (last === undefined) return null;
  const [cores, memoryGiB, seconds, mean, peak, memoryMiB, oomKilled, diskMiB, networkMiB] = last
    .slice(1)
    .map(Number) as [number, number, number, number, number, number, number, number, number];
  if (cores === 0 || memoryGiB === 0) return null;
  return {
    ...{ seconds, cores, memoryGiB, coresMean: mean / 100, coresPeak: peak / 100 },
    ...{ memoryPeakGiB: memoryMiB / 1024, oomKilled, diskMiB, networkMiB },
  };
}

/** A size that would have done, with a fifth of it to spare. */
export interface Fit {
  /** As they are written in `runs-on`. */
  readonly labels: readonly string[];
  /** Of the machine's price, 1 for all: sizes of a family cost by the core, and by the GiB. */
  readonly share: number;
}

/** Where memory was short there is no smaller size, but this much is needed. */
export type Advice =
  | { readonly kind: 'more memory'; readonly labels: readonly string[] }
  | ({ readonly kind: 'smaller' } & Fit)
  | { readonly kind: 'fits' };

type Peaks = Pick<Usage, 'cores' | 'memoryGiB' | 'coresPeak' | 'memoryPeakGiB' | 'oomKilled'>;

/** By the busiest minute; sizes of instances are powers of two, and a label's memory is a minimum of one GiB a core. */
export function adviceOf({ cores, memoryGiB, coresPeak, memoryPeakGiB, oomKilled }: Peaks): Advice {
  if (oomKilled > 0 || memoryPeakGiB >= memoryGiB * 0.9)
    return { kind: 'more memory', labels: [`${memoryGiB * 2}gb`] };
  const cpu = doubled(2, coresPeak * 1.25);
  const gib = doubled(cpu, memoryPeakGiB * 1.25);
  const share = Math.max(cpu / cores, gib / memoryGiB);
  if (share >= 1) return { kind: 'fits' };
  return { kind: 'smaller', labels: [`${cpu}cpu`, ...(gib > cpu ? [`${gib}gb`] : [])], share };
}

function doubled(from: number, atLeast: number): number {
  let size = from;
  while (size < atLeast) size *= 2;
  return size;
}
