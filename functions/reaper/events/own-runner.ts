/** The runner that GitHub names, if it is ours. */
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held, Ledger } from '../../../shared/ledger/ledger.ts';
import type { NamedRunner, RunnerName } from '../../../shared/nouns.ts';

/** Names can be taken by anybody who may register a runner; GitHub's id cannot. */
export async function findOwnRunner(
  runner: NamedRunner,
  { runners }: Pick<Ledger, 'runners'>,
): Promise<Held<RunnerEntry> | null> {
  const held = await runners.read(runner.name as RunnerName);
  const isOurs = held !== null && (held.entry.runnerId === null || held.entry.runnerId === runner.id);
  return isOurs ? held : null;
}
