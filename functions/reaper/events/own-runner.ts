/** The runner that GitHub names, if it is ours. */
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held, Ledger } from '../../../shared/ledger/ledger.ts';
import type { NamedRunner, RunnerName } from '../../../shared/nouns.ts';

/**
 * A name proves nothing: anybody who may register a runner may take it. Nor does an entry without an id: the launcher
 * writes that before it asks for a machine, and a sweep where it is found at GitHub, so our runner has one when it
 * gets a job, or is seen busy by the next sweep.
 */
export async function findOwnRunner(
  runner: NamedRunner,
  { runners }: Pick<Ledger, 'runners'>,
): Promise<Held<RunnerEntry> | null> {
  const held = await runners.read(runner.name as RunnerName);
  return held?.entry.runnerId === runner.id ? held : null;
}
