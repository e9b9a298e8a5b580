/**
 * A list that moved while it was read proves nobody absent. Who is missing from it, and would be judged for that, is
 * asked about alone: docs/decisions/absence.md.
 */

import { SINGLE_ASKS_MAX } from '../../../shared/github-limits.ts';
import { inParallel } from '../../../shared/in-parallel.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { BOOT_MAX_STOCK_MS, BUSY_UNSEEN_MS, SWEEP_PARALLEL_MAX } from '../../../shared/limits.ts';
import { isOfOtherHost, placeOf, targetOf } from '../../../shared/names.ts';
import type { Registration, Target } from '../../../shared/nouns.ts';
import { isStandingBy } from '../../../shared/warm/standby.ts';
import type { ReaperWorld } from '../world.ts';

export interface Singles {
  /** Registered after all. */
  readonly found: readonly (Registration & { readonly target: Target })[];
  /** Names of all whose question was answered. */
  readonly answered: ReadonlySet<string>;
  /** How many were not. */
  readonly open: number;
}

/** `moving`: where runners register whose list was read, and was not whole; in lower case. */
export async function askSingly(
  runners: readonly Held<RunnerEntry>[],
  registrations: readonly Registration[],
  moving: ReadonlySet<string>,
  world: ReaperWorld,
): Promise<Singles> {
  const nowMs = world.clock.nowMs();
  const listed = new Set(registrations.map(({ name }) => name));
  const missing = runners
    .map(({ entry }) => entry)
    .filter(
      (entry) =>
        !listed.has(entry.name) &&
        isJudged(entry, nowMs) &&
        !isOfOtherHost(entry, world.config) &&
        moving.has(placeOf(targetOf(entry, world.config))),
    );
  const turn = missing.length <= SINGLE_ASKS_MAX ? 0 : Math.floor(nowMs / 60_000) * SINGLE_ASKS_MAX;
  const from = missing.length === 0 ? 0 : turn % missing.length;
  const asked = [...missing.slice(from), ...missing.slice(0, from)].slice(0, SINGLE_ASKS_MAX);
  const found: (Registration & { target: Target })[] = [];
  const answered = new Set<string>();
  let hasFailed = false;
  await inParallel(asked, SWEEP_PARALLEL_MAX, async (entry) => {
    const target = targetOf(entry, world.config);
    if (hasFailed || !world.github.mayAsk('proof', target.owner)) return;
    try {
      const registration = await world.github.registration(target, { name: entry.name, id: entry.runnerId });
      if (registration !== null) found.push({ ...registration, target });
      answered.add(entry.name);
    } catch (error) {
      hasFailed = true;
      world.log('survey.failed', {
        what: entry.name,
        error: error instanceof Error ? error.message : 'unknown',
      });
    }
  });
  if (moving.size > 0)
    world.log('survey.asked_singly', { answered: answered.size, open: missing.length - answered.size });
  return { found, answered, open: missing.length - answered.size };
}

/** Whether its absence would say anything of it yet. */
function isJudged(entry: RunnerEntry, nowMs: number): boolean {
  const { state, stateAtMs, leaseUntilMs } = entry;
  if (isStandingBy(entry)) return false;
  switch (state) {
    case 'launching':
      return leaseUntilMs < nowMs;
    case 'booting':
      return nowMs - stateAtMs > BOOT_MAX_STOCK_MS;
    case 'idle':
      return true;
    case 'busy':
      return nowMs - stateAtMs > BUSY_UNSEEN_MS;
    case 'retiring':
      return false;
  }
}
