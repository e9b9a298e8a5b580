/** The account's quotas as a launch sees them, asked for once by all who launch at the same time in one process. */
import type { Ledger } from '../ledger/ledger.ts';
import { LEDGER_SCAN_MAX } from '../limits.ts';
import { whileUnderWay } from '../memoize.ts';
import { type LearnedLimits, type Usage, usageOf } from './learned-limits.ts';

/** What was learned, and what of ours is alive or coming: that counts only under a limit, and is nothing without one. */
export interface Quotas {
  readonly limits: LearnedLimits;
  readonly usage: Usage;
}

/** Where the last answer in this process knew a limit, what is alive is asked for beside the limits, and not after them. */
export function quotasIn(
  { runners }: Pick<Ledger, 'runners'>,
  limits: () => Promise<LearnedLimits>,
): () => Promise<Quotas> {
  let wasLimited = false;
  const usage = async (): Promise<Usage> => {
    const { things } = await runners.list(LEDGER_SCAN_MAX);
    return usageOf(
      things.map(({ entry }) => entry),
      'made and coming',
    );
  };
  return whileUnderWay(async () => {
    const early = wasLimited ? usage() : null;
    early?.catch(() => undefined); // told to whoever still needs it
    const learned = await limits();
    wasLimited = learned.size > 0;
    return { limits: learned, usage: wasLimited ? await (early ?? usage()) : new Map() };
  });
}
