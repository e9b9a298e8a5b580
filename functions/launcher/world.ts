/** What a launch needs of the world. */
import type { Config } from '../../shared/config.ts';
import type { Ledger } from '../../shared/ledger.ts';
import type { Market } from '../../shared/market.ts';
import type { Candidate, Job, Requirements } from '../../shared/nouns.ts';
import type { Alerts, Clock, GitHub, Instances, Log } from '../../shared/ports.ts';

export interface LauncherWorld {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly github: Pick<GitHub, 'mint' | 'removeRunner' | 'run'>;
  readonly instances: Pick<Instances, 'run'>;
  /** The last snapshots, by region; null where there is none. Kept for a moment between launches. */
  readonly markets: () => Promise<ReadonlyMap<string, Market | null>>;
  readonly userData: (boot: Boot) => Promise<string>;
  readonly alerts: Alerts;
}

/** What user data is made of, for one candidate. */
export interface Boot {
  readonly jitConfig: string;
  readonly job: Job;
  readonly requirements: Requirements;
  readonly candidate: Candidate;
  readonly launchedAtMs: number;
}

export type Outcome =
  | { readonly kind: 'foreign' }
  | { readonly kind: 'refused'; readonly because: string }
  /** Somebody else has this job, or had it. */
  | { readonly kind: 'known' }
  | { readonly kind: 'ended' }
  /** Nothing was made, or all was undone; the job has a next try. */
  | { readonly kind: 'waits'; readonly because: string; readonly nextTryAtMs: number }
  | { readonly kind: 'booting'; readonly instanceId: string }
  /** The job ended meanwhile; what was made is undone, or left retiring. */
  | { readonly kind: 'unwanted' }
  /** An instance may exist: the sweep decides when the lease has ended. */
  | { readonly kind: 'unknown'; readonly because: string };
