/** What the reaper needs of the world. */
import type { Config } from '../../shared/config/config.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import type { Alerts, Clock, GitHub, Instances, Log, Queue } from '../../shared/ports.ts';
import type { BakeScripts } from '../../shared/runner/bake.ts';
import type { ImageBuilder } from '../../shared/runner/image-builder.ts';
import type { Looks } from './looks.ts';

export interface ReaperWorld {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly github: GitHub;
  /** Of this process. */
  readonly looks: Looks;
  readonly instances: Omit<Instances, 'run'>;
  readonly images: ImageBuilder;
  /** What an image that bakes itself is made by. */
  readonly bakeScripts: BakeScripts;
  readonly queue: Pick<Queue, 'launch'>;
  readonly alerts: Alerts;
  /** HTTP calls made by this function instance so far, by whom they go to. */
  readonly calls?: () => Readonly<Record<string, number>>;
  /** Refreshes what is due of the market; says in a few words what it did. */
  readonly refreshMarket: (isBusy: boolean, deadlineMs: number) => Promise<string>;
}
