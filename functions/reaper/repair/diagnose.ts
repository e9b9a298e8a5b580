/** What an observation asks for, with its reason: pure. The order of the questions is the order of trust. */
import { REMOVED_MIN_MS } from '../../../shared/github-limits.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import {
  ABSENT_LOOKS_MIN,
  BUSY_UNSEEN_MS,
  IDLE_SIGHTINGS_MIN,
  IDLE_STUCK_MAX_MS,
} from '../../../shared/limits.ts';
import { isStandingBy } from '../../../shared/warm/standby.ts';
import { meantSinceMs, type Standing } from '../events/held.ts';
import { isKeptByTag } from '../own-instance.ts';
import { hasStoppedForGood, isStopped, isYoung } from '../survey/machine-status.ts';
import type { Observation } from '../survey/observe.ts';
import { absence, diagnoseLaunching, isUnasked } from './launching.ts';
import { diagnoseStandby } from './standby/diagnose-standby.ts';
import { type Coverage, deletion, endIsNear, endsAtMs, type Verdict, verdict, warningMs } from './verdict.ts';

/** Of an idle runner whose job waits. */
export const GIVEN_NOTHING = 'GitHub gives it no job';

export function diagnose(coverage: Coverage, observation: Observation): Verdict {
  const { held, instances } = observation;
  if (held === null) return diagnoseStray(observation, coverage);
  const { entry } = held;
  if (instances.some(isKeptByTag)) return verdict('keep', 'its instance has the tag keep');
  if (isStandingBy(entry) && entry.state === 'booting') return diagnoseStandby(entry, observation, coverage);
  if (hasStoppedForGood(observation))
    return entry.state === 'retiring'
      ? deletion(entry, MACHINE_STOPPED, coverage.nowMs)
      : verdict('retire', MACHINE_STOPPED);
  if (entry.state === 'retiring') return diagnoseRetiring(entry, observation, coverage);
  if (entry.state === 'launching') return diagnoseLaunching(entry, observation, coverage);
  return diagnoseUsed(entry, observation, coverage);
}

function diagnoseUsed(entry: RunnerEntry, observation: Observation, coverage: Coverage): Verdict {
  if (observation.isGone && isBusyUnnamed(entry, observation) && entry.absentLooks + 1 < ABSENT_LOOKS_MIN)
    return verdict('look-again', 'GitHub says that it is busy; no instance was seen');
  if (observation.isGone)
    return verdict(
      'retire',
      entry.busyWith === null ? 'its machine is gone' : 'its machine is gone while its job ran',
    );
  if (endsAtMs(entry) <= coverage.nowMs) return verdict('retire', 'its lifetime is over');
  return entry.state === 'busy'
    ? diagnoseBusy(entry, observation, coverage)
    : diagnoseComing(entry, observation, coverage);
}

/** Nobody has told of its job, so that nothing would hold back its deletion if it was not gone after all (seed 205057). */
const isBusyUnnamed = ({ busyWith }: RunnerEntry, { registration }: Observation): boolean =>
  busyWith === null && registration?.isBusy === true;

/** The ledger was read last, so an instance or a registration without an entry is really unknown. */
function diagnoseStray({ instances, registration }: Observation, { instancesComplete }: Coverage): Verdict {
  if (instances.length > 0) return verdict('adopt', 'its instance is unknown to the ledger');
  if (registration?.isBusy)
    return verdict('keep', 'it is registered and busy, on a machine that we do not see');
  if (registration?.isOnline)
    return verdict('keep', 'it is registered and online, on a machine that we do not see');
  if (!instancesComplete) return verdict('keep', 'the cloud was not asked in full');
  return verdict('deregister', 'it is registered, and there is neither entry nor instance');
}

const MACHINE_STOPPED = 'its machine has stopped';

/** Why a boot came to nothing, as the entry of its runner has it from then on. */
export const STOPPED_WITHOUT_JOB = 'its machine stopped without a job';
export const NEVER_ONLINE = 'it never came online';

/** Booting or idle: no job is known to run on it. */
function diagnoseComing(entry: RunnerEntry, observation: Observation, coverage: Coverage): Verdict {
  const { registration, instances } = observation;
  if (registration?.isBusy) return verdict('busy', 'GitHub says that it is busy');
  if (instances.length > 0 && instances.every(isStopped)) return verdict('retire', STOPPED_WITHOUT_JOB);
  if (entry.removedAtMs !== null) return lastLook(entry, entry.because, coverage);
  // What is online may be taking a job at this moment, wanted or not.
  if (entry.isUnwanted)
    return registration?.isOnline ? doubt(entry, entry.because) : verdict('remove', entry.because);
  if (instances.some(({ isRecycling }) => isRecycling))
    return doubt(entry, 'the spot market takes its machine back');
  return registration?.isOnline
    ? diagnoseOnline(entry, observation, coverage)
    : diagnoseOffline(entry, observation, coverage);
}

function diagnoseOffline(
  entry: RunnerEntry,
  { bootMaxMs }: Observation,
  { nowMs, registrationsComplete }: Coverage,
): Verdict {
  if (entry.state === 'booting' && nowMs - entry.stateAtMs <= bootMaxMs)
    return verdict('keep', 'it is booting');
  if (!registrationsComplete) return verdict('keep', 'GitHub was not asked in full');
  return doubt(entry, entry.state === 'booting' ? NEVER_ONLINE : 'it went offline');
}

function diagnoseOnline(
  entry: RunnerEntry,
  { waiting, standing = null, isWarm = false }: Observation,
  { nowMs }: Coverage,
): Verdict {
  if (entry.state === 'booting') return verdict('online', 'it is online');
  if (standing !== null) return diagnoseHeld(entry, standing);
  if (waiting === null && !isWarm) return doubt(entry, 'no job waits that it covers');
  if (waiting !== null && nowMs - meantSinceMs(entry) > IDLE_STUCK_MAX_MS) return doubt(entry, GIVEN_NOTHING);
  const because = waiting === null ? 'it waits for a job' : 'a job waits for it';
  return verdict(entry.idleSightings > 0 ? 'unsight' : 'keep', because);
}

/** No waste: its job may not run yet. */
function diagnoseHeld(entry: RunnerEntry, standing: Standing): Verdict {
  if (standing.isKept) return verdict('keep', 'GitHub holds its job back, and one runner is kept for that');
  // When it came online it was seen without a job, too. Of a runner that is seen offline later that says nothing.
  const seen = { ...entry, idleSightings: Math.max(1, entry.idleSightings) };
  return { ...doubt(seen, 'GitHub holds its job back'), standing };
}

/** GitHub's word alone is no proof: two sightings, then its removal, then a look for a job that names it. */
function doubt(entry: RunnerEntry, because: string): Verdict {
  return verdict(entry.idleSightings + 1 < IDLE_SIGHTINGS_MIN ? 'sight' : 'remove', because);
}

/** A job that it took just before its removal is shown by GitHub after a moment. */
function lastLook({ removedAtMs }: RunnerEntry, because: string, { nowMs }: Coverage): Verdict {
  return nowMs - (removedAtMs ?? nowMs) < REMOVED_MIN_MS
    ? verdict('keep', 'it was taken off GitHub a moment ago')
    : verdict('confirm', because);
}

function diagnoseBusy(entry: RunnerEntry, observation: Observation, coverage: Coverage): Verdict {
  const { registration, instances } = observation;
  if (!entry.isInterrupted && instances.some(({ isRecycling }) => isRecycling))
    return verdict('interrupt', 'the spot market takes its machine back');
  const isUnseen =
    registration?.isBusy !== true &&
    coverage.registrationsComplete &&
    coverage.nowMs - entry.stateAtMs > BUSY_UNSEEN_MS;
  if (isUnseen || instances.some(isStopped)) return diagnoseUnseen(entry, observation, coverage);
  if (endsAtMs(entry) - coverage.nowMs <= warningMs(entry)) return verdict('warn', endIsNear(entry));
  return verdict('keep', 'it is busy');
}

/** A job that nobody named to us, or that ended unnoticed: as with an idle one, sightings, removal, and a last look. */
function diagnoseUnseen(entry: RunnerEntry, { isJobOpen }: Observation, coverage: Coverage): Verdict {
  if (isJobOpen || entry.idleSightings < IDLE_SIGHTINGS_MIN)
    return verdict('ask', 'GitHub does not show it as busy, or its machine stopped');
  const because = 'nobody knows of a job on it';
  return entry.removedAtMs === null ? verdict('remove', because) : lastLook(entry, because, coverage);
}

function diagnoseRetiring(entry: RunnerEntry, observation: Observation, coverage: Coverage): Verdict {
  const { instances, isGone, isJobOpen } = observation;
  if (isGone) return verdict('close', entry.because);
  if (isJobOpen && endsAtMs(entry) > coverage.nowMs)
    return verdict('ask', 'a job started on it while it was being retired');
  if (instances.length > 0)
    return instances.every(isYoung)
      ? verdict('keep', 'its instance cannot be deleted yet')
      : deletion(entry, entry.because, coverage.nowMs);
  if (entry.instanceId !== null) return verdict('keep', 'its instance is in no list, and not proven gone');
  if (entry.leaseUntilMs >= coverage.surveyAtMs) return verdict('keep', 'its launch is under way');
  return isUnasked(entry) ? verdict('close', entry.because) : absence(entry, coverage, entry.because);
}
