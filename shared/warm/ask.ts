/** A runner for no job is asked for: its entry first, then the launcher, which claims it for one launch. */
import { BLANK_RUNNER } from '../ledger/blank-runner.ts';
import type { RunnerEntry } from '../ledger/entries.ts';
import type { Held, Ledger } from '../ledger/ledger.ts';
import { LEASE_MS } from '../limits.ts';
import type { RunnerName } from '../nouns.ts';
import type { Queue } from '../ports.ts';
import type { Pool } from './pools.ts';

/** Without what tells a pool's from one that a person asked for. */
export function firstEntry(name: RunnerName, pool: Pool, nowMs: number): RunnerEntry {
  const { labels, repository, requirements } = pool;
  return {
    ...BLANK_RUNNER,
    ...{ name, state: 'launching', for: null, labels, repository, installationId: null },
    ...{ profile: requirements.profile, diskGiB: requirements.diskGiB },
    ...{ createdAtMs: nowMs, stateAtMs: nowMs, leaseUntilMs: nowMs + LEASE_MS },
  };
}

interface AskWorld {
  readonly ledger: Pick<Ledger, 'runners'>;
  readonly queue: Pick<Queue, 'launch'>;
}

/**
 * `error`: why the launcher could not be asked; it may have heard all the same, and has the entry then. `held` null: nothing
 * was left, or, without an error, the name was another's already.
 */
export async function askForRunner(
  entry: RunnerEntry,
  { ledger, queue }: AskWorld,
): Promise<{ readonly held: Held<RunnerEntry> | null; readonly error: string | null }> {
  const held = await ledger.runners.add(entry.name, entry);
  if (held === null) return { held, error: null };
  try {
    await queue.launch({ kind: 'warm', runner: entry.name, rev: held.rev });
    return { held, error: null };
  } catch (error) {
    const isRemoved = await ledger.runners.remove(entry.name, held);
    return {
      held: isRemoved ? null : held,
      error: error instanceof Error ? error.message : 'no reason given',
    };
  }
}
