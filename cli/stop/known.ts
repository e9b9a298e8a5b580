/** Whether a repository is one that a stop can mean. */
import { knownRepositories } from '../../functions/reaper/survey/known.ts';
import { LEDGER_SCAN_MAX } from '../../shared/limits.ts';
import type { Operator } from '../shared/operator.ts';

/** A mark on a mistyped name would stop nothing, and say that it did. */
export async function isKnown(
  repository: string,
  { ledger, config }: Pick<Operator, 'ledger' | 'config'>,
): Promise<boolean> {
  const wanted = repository.toLowerCase();
  const is = (name: string) => name.toLowerCase() === wanted;
  if (config.repositories.allow.some(is)) return true;
  const [runners, jobs, known] = await Promise.all([
    ledger.runners.list(LEDGER_SCAN_MAX),
    ledger.jobs.list(LEDGER_SCAN_MAX),
    knownRepositories({ ledger }),
  ]);
  return [
    ...runners.things.map(({ entry }) => entry.repository),
    ...jobs.things.map(({ entry }) => entry.job.repository),
    ...known.map((each) => each.repository),
  ].some(is);
}
