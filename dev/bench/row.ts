/** What a bench measures: rows of one table. A new part adds a file beside this one and a line in `dev/bench/index.ts`. */
import type { Bundle } from '../../build.ts';
import type { Config } from '../../shared/config/config.ts';

export interface Row {
  readonly what: string;
  readonly median: number;
  readonly unit: 'ms' | 'µs' | '1/s' | 'calls' | 'sweeps' | 'kB';
  /** How many times it was measured. */
  readonly runs: number;
  /** How many times the floor of the same row. */
  readonly times?: number;
}

/** What was built for the bench, and of what. */
export interface Built {
  readonly bundles: readonly Bundle[];
  readonly config: Config;
  /** For what a bench builds besides; removed at the end. */
  readonly folder: string;
}

export interface Bench {
  readonly title: string;
  run(built: Built): Promise<Row[]>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
