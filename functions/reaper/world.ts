/** What the reaper needs of the world. */

import type { Config } from '../../shared/config/config.ts';
import type { Bills } from '../../shared/ledger/bills.ts';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import type { Held, Ledger } from '../../shared/ledger/ledger.ts';
import type { MarketNeed } from '../../shared/market/plan.ts';
import type { Alerts, Clock, GitHub, Instances, Log, Queue } from '../../shared/ports.ts';
import type { Mirrors } from '../../shared/runner/copies.ts';
import type { BakeScripts } from '../../shared/runner/images/bake.ts';
import type { ImageBuilder } from '../../shared/runner/images/image-builder.ts';
import type { Looks } from './looks.ts';

/** What the acts of one sweep ask for together, once all of them are through. */
export interface Together {
  /** Of retiring runners, each just checked. */
  readonly deletions: { readonly entry: RunnerEntry; readonly region: string; readonly id: string }[];
  /** Runners whose machine is proven gone: slot, then entry. */
  readonly closings: { readonly held: Held<RunnerEntry>; readonly spent: number | undefined }[];
}

export interface ReaperWorld {
  readonly config: Config;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly github: GitHub;
  /** Of this process. */
  readonly looks: Looks;
  readonly instances: Omit<Instances, 'run' | 'start' | 'setUserData'>;
  readonly images: ImageBuilder;
  /** What an image that bakes itself is made by. */
  readonly bakeScripts: BakeScripts;
  readonly queue: Pick<Queue, 'launch'>;
  readonly alerts: Alerts;
  readonly mirrors: Mirrors;
  readonly bills: Bills;
  /** HTTP calls made by this function instance so far, by whom they go to. */
  readonly calls?: () => Readonly<Record<string, number>>;
  /** Absent: each is asked for at once. */
  readonly together?: Together;
  /** Refreshes what is due of the market; says in a few words what it did. */
  readonly refreshMarket: (need: MarketNeed, deadlineMs: number) => Promise<string>;
}
