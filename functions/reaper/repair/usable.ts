/** Which runners may be counted on: pure. */
import { isStandingBy } from '../../../shared/warm/standby.ts';
import { isEnding } from '../survey/machine-status.ts';
import type { Observation } from '../survey/observe.ts';
import type { Coverage } from './verdict.ts';

/** May it still take a job? Asked before matching; what it leaves out is diagnosed without a waiting job. */
export function isUsable(
  coverage: Coverage,
  { held, instances, registration, isGone, bootMaxMs }: Observation,
): boolean {
  if (held === null || isGone || registration?.isBusy) return false;
  const { state, isUnwanted, removedAtMs, leaseUntilMs, stateAtMs } = held.entry;
  if (isUnwanted || removedAtMs !== null || instances.some(isEnding) || isStandingBy(held.entry))
    return false;
  switch (state) {
    case 'launching':
      return leaseUntilMs >= coverage.surveyAtMs || instances.length > 0;
    case 'booting':
      return coverage.nowMs - stateAtMs <= bootMaxMs || registration?.isOnline === true;
    case 'idle':
      return registration?.isOnline === true || !coverage.registrationsComplete;
    case 'busy':
    case 'retiring':
      return false;
  }
}

/** Made to be stopped, and not at its end. A launch whose lease is over, and that has no instance, may have come to nothing. */
export function standsBy(surveyAtMs: number, { held, isGone, instances }: Observation): boolean {
  if (held === null || isGone || held.entry.isUnwanted || !isStandingBy(held.entry)) return false;
  return held.entry.state === 'booting' || held.entry.leaseUntilMs >= surveyAtMs || instances.length > 0;
}
