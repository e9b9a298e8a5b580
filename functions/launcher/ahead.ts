/** What a launch only reads, asked for while its entry is written: one round trip instead of four. */
import type { KnownHours } from '../../shared/job/hours.ts';
import { type KnownWidths, matrixOf } from '../../shared/job/matrix.ts';
import type { Market } from '../../shared/market/market.ts';
import type { Job } from '../../shared/nouns.ts';
import type { Quotas } from '../../shared/quota/quotas.ts';
import type { Installed } from './boot.ts';
import type { LauncherWorld } from './world.ts';

export interface Ahead {
  readonly quotas: Promise<Quotas>;
  readonly unavailable: ReturnType<LauncherWorld['ledger']['unavailable']['list']>;
  readonly markets: Promise<ReadonlyMap<string, Market | null>>;
  /** How long jobs run. */
  readonly hours: Promise<KnownHours>;
  /** How many jobs of matrices run at once; asked for only for a queued job of one. */
  readonly widths: Promise<KnownWidths>;
  readonly release: Promise<Installed | null>;
  /** Which runners may wait for jobs. */
  readonly waiting: ReturnType<LauncherWorld['waiting']>;
}

/** `queued`: the job that GitHub has just told of; null: one whose turn has come, or none. */
export function readAhead(
  queued: Pick<Job, 'name'> | null,
  { quotas, unavailable, markets, hours, widths, release, waiting }: LauncherWorld,
): Ahead {
  return {
    quotas: ahead(quotas()),
    unavailable: ahead(unavailable()),
    markets: ahead(markets()),
    hours: ahead(hours()),
    widths: ahead(queued === null || matrixOf(queued) === null ? Promise.resolve(new Map()) : widths()),
    release: ahead(release()),
    waiting: ahead(waiting()),
  };
}

/** A failure is told to whoever comes for the answer, and to nobody else. */
export function ahead<Answer>(answer: Promise<Answer>): Promise<Answer> {
  answer.catch(() => undefined);
  return answer;
}
