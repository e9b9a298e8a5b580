/** Who gets a runner before whom: as the plan of starts would have it, were there slots and mints for all. */
import type { Config } from '../../../../shared/config/config.ts';
import type { JobEntry } from '../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import { RETRY_MS } from '../../../../shared/limits.ts';
import type { JobId } from '../../../../shared/nouns.ts';
import { planStarts } from '../plan.ts';

const MANY = 1_000_000;

/** How many are ahead of each that waits. What is under a lease, pauses, or would not be started stands in no line. */
export function placesInLine(
  uncovered: readonly Held<JobEntry>[],
  config: Config,
  nowMs: number,
): ReadonlyMap<JobId, number> {
  const inLine = uncovered.filter(({ entry }) => entry.nextTryAtMs <= nowMs + RETRY_MS);
  const nobody = { total: 0, slots: [], mints: {} };
  const { line } = planStarts(inLine, nobody, unlimited(config), nowMs + RETRY_MS, () => false);
  return new Map(line.map(({ entry }, at) => [entry.job.id, at]));
}

function unlimited(config: Config): Config {
  const profiles = Object.entries(config.profiles).map(([name, { runners: _, ...profile }]) => [
    name,
    profile,
  ]);
  return {
    ...config,
    limits: { ...config.limits, runners: MANY, runnersPerRepository: null, mintsPerMinute: MANY },
    profiles: Object.fromEntries(profiles),
  };
}
