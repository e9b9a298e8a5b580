/** What was sold out is asked for again before jobs are launched, while some wait for it. */
import type { JobEntry } from '../../../../shared/ledger/entries.ts';
import type { Survey } from '../../survey/survey.ts';
import type { ReaperWorld } from '../../world.ts';

/** A machine that ended leaves a place, and a launch goes by what the market says. Says in a few words what it did. */
export async function askStock(
  { jobs }: Pick<Survey, 'jobs'>,
  deadlineMs: number,
  world: Pick<ReaperWorld, 'refreshMarket'>,
): Promise<string> {
  if (!jobs.some(({ entry }) => waitsForStock(entry))) return 'nobody waits for it';
  return world.refreshMarket('stock', deadlineMs);
}

/** A quota holds whatever is in stock. */
const waitsForStock = ({ startedOn, obstacle, quota }: JobEntry): boolean =>
  startedOn === null && obstacle === 'offer' && !quota;
