/** What a launch asks for: pure. Under lease it is its launcher's; after it, the sweep's alone. */
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import { ABSENT_LOOKS_MIN, INSTANCE_VISIBLE_MS, UNANSWERED_MAX_MS } from '../../../shared/limits.ts';
import type { Observation } from '../survey/observe.ts';
import { diagnoseStarting } from './standby/diagnose-standby.ts';
import { type Coverage, type Verdict, verdict } from './verdict.ts';

export function diagnoseLaunching(
  entry: RunnerEntry,
  { instances, registration }: Observation,
  coverage: Coverage,
): Verdict {
  if (entry.leaseUntilMs >= coverage.surveyAtMs) return verdict('keep', 'its launch is under way');
  if (registration?.isBusy) return verdict('busy', 'GitHub says that it is busy');
  if (instances.length > 0) return diagnoseThere(entry, instances);
  if (registration?.isOnline) return verdict('keep', 'its launcher is gone, and it is online');
  const isUnseen = registration === null && !coverage.registrationsComplete;
  if (entry.removedAtMs !== null) return closing(entry, coverage, 'its launcher is gone');
  if (isUnseen && isUnanswered(entry, coverage))
    return closing(entry, coverage, 'its launcher is gone, and GitHub says nothing of it');
  return isUnseen && entry.runnerId === null
    ? verdict('keep', 'GitHub was not asked in full')
    : verdict('remove', 'its launcher is gone');
}

function closing(entry: RunnerEntry, coverage: Coverage, because: string): Verdict {
  if (isUnasked(entry)) return verdict('close', `${because}, and no instance was asked for`);
  return absence(entry, coverage, because);
}

/**
 * Its place at GitHub is lost, or GitHub is, for so long that no instance of it can come any more. What may be left is a
 * registration without a machine, which a later sweep or GitHub itself removes.
 */
const isUnanswered = ({ leaseUntilMs }: RunnerEntry, { surveyAtMs }: Coverage): boolean =>
  surveyAtMs - leaseUntilMs > UNANSWERED_MAX_MS;

/** What a launcher notes before it asks for an instance. One that is started again has its own since long. */
export const isUnasked = ({ runnerId, walks, instanceId }: RunnerEntry): boolean =>
  runnerId === null && walks == null && instanceId === null;

const diagnoseThere = ({ standby }: RunnerEntry, instances: Observation['instances']): Verdict =>
  standby === 'starting'
    ? diagnoseStarting(instances)
    : verdict('found', 'its launcher is gone, and its instance is there');

/** Absence wants time for a late instance to be seen, and two complete look-ups. */
export function absence(entry: RunnerEntry, coverage: Coverage, why: string): Verdict {
  const because = why === '' ? 'it is not needed' : why;
  const sinceMs = Math.max(entry.leaseUntilMs, entry.removedAtMs ?? 0);
  if (coverage.surveyAtMs < sinceMs + INSTANCE_VISIBLE_MS)
    return verdict('keep', `${because}; a late instance may yet be seen`);
  if (!coverage.instancesComplete) return verdict('keep', `${because}; the look-up was incomplete`);
  if (entry.absentLooks + 1 < ABSENT_LOOKS_MIN)
    return verdict('look-again', `${because}; no instance was seen`);
  return verdict('close', `${because}, and there is no instance`);
}
