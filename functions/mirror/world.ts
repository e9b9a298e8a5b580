import type { Ledger } from '../../shared/ledger/ledger.ts';
import type { Clock, Log } from '../../shared/ports.ts';
import type { Bucket, Releases } from '../../shared/runner/release.ts';

export interface MirrorWorld {
  readonly releases: Releases;
  /** One for each placement that has one. */
  readonly buckets: readonly Bucket[];
  readonly notes: Ledger['notes'];
  readonly clock: Clock;
  readonly log: Log;
}
