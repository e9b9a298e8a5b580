/** What a job used of its machine, from its console, where the machine wrote it before the job's end: one call. */
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Usage } from '../../../shared/ledger/history-row.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { usageIn } from '../../../shared/runner/usage.ts';
import type { ReaperWorld } from '../world.ts';

/** Null: nothing was measured, or it could not be read; nothing waits for it. */
export async function readUsage(named: Held<RunnerEntry> | null, world: ReaperWorld): Promise<Usage | null> {
  if (named === null) return null;
  const { name, instanceId, region, ran } = named.entry;
  // A second word of the same end finds a machine that is going.
  if (!world.config.defaults.usage || instanceId === null || region === null || ran !== null) return null;
  try {
    return usageIn((await world.instances.consoleOutput(region, instanceId)) ?? '');
  } catch (error) {
    const because = error instanceof Error ? error.message : 'unknown';
    world.log('usage.unread', { runner: name, instance: instanceId, because });
    return null;
  }
}
