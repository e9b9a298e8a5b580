/** What a machine that is to be stopped, or stands so, asks for: pure. It has no registration, so no job can be on it. */
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import { INSTANCE_VISIBLE_MS } from '../../../../shared/limits.ts';
import { STANDBY_STOP_MAX_MS } from '../../../../shared/warm/limits.ts';
import { isStopped, isYoung } from '../../survey/machine-status.ts';
import type { Observation } from '../../survey/observe.ts';
import { type Coverage, endsAtMs, type Verdict, verdict } from '../verdict.ts';

/** `booting` for the ledger: what a release without stopped runners makes of it is a machine that has stopped, and goes. */
export function diagnoseStandby(entry: RunnerEntry, observation: Observation, coverage: Coverage): Verdict {
  const { isGone, isWarm = false } = observation;
  if (isGone) return verdict('retire', 'its machine is gone');
  if (entry.isUnwanted) return verdict('dismiss', entry.because);
  if (endsAtMs(entry) <= coverage.nowMs) return verdict('dismiss', 'its lifetime is over');
  if (!isWarm) return verdict('dismiss', 'no pool keeps it');
  switch (entry.standby) {
    case 'preparing':
      return diagnosePreparing(entry, observation, coverage);
    case 'stopping':
      return diagnoseStopping(entry, observation, coverage);
    default:
      return diagnoseStopped(entry, observation, coverage);
  }
}

function diagnosePreparing(
  { stateAtMs }: RunnerEntry,
  { instances, bootMaxMs }: Observation,
  { nowMs }: Coverage,
): Verdict {
  // Nobody's stop but ours is in economical mode.
  if (instances.some(isStopped)) return verdict('retire', 'its machine stopped before it was prepared');
  if (nowMs - stateAtMs > bootMaxMs) return verdict('retire', 'it was never prepared');
  const isRunning = instances.some(({ status }) => status === 'Running');
  return isRunning ? verdict('rest', 'it may be prepared') : verdict('keep', 'it is booting');
}

/** What was asked for once is asked for again: a list may be older than the first time. */
function diagnoseStopping(
  { stateAtMs, isStopTaken = false }: RunnerEntry,
  { instances }: Observation,
  { nowMs }: Coverage,
): Verdict {
  const [instance] = instances;
  if (instance?.status === 'Stopped' && instance.stopsCharging !== true)
    return isStopTaken
      ? verdict('bills-on', 'its stopped machine goes on billing')
      : verdict('retire', 'its machine stopped by itself');
  if (instance?.status === 'Stopped') return verdict('stopped', 'it stands stopped');
  if (nowMs - stateAtMs > STANDBY_STOP_MAX_MS) return verdict('retire', 'its stop does not end');
  if (instance?.status === 'Running') return verdict('rest', 'it is prepared, and runs');
  return verdict('keep', 'it is being stopped');
}

function diagnoseStopped(
  { stateAtMs }: RunnerEntry,
  { instances }: Observation,
  { nowMs }: Coverage,
): Verdict {
  const [instance] = instances;
  if (instance === undefined) return verdict('keep', 'its instance is in no list, and not proven gone');
  if (!isStopped(instance) && nowMs - stateAtMs <= INSTANCE_VISIBLE_MS)
    return verdict('keep', 'it was seen stopped; this list may be older');
  if (!isStopped(instance)) return verdict('dismiss', 'somebody else started its machine');
  if (instance.status === 'Stopped' && instance.stopsCharging !== true)
    return verdict('bills-on', 'its stopped machine goes on billing');
  return verdict('keep', 'it stands stopped');
}

/** Its launcher is gone. Whether it was started is seen of the machine, once no list can be older than that. */
export function diagnoseStarting(instances: Observation['instances']): Verdict {
  if (instances.every(isStopped)) return verdict('retire', 'its launcher is gone, and it was not started');
  if (instances.every(isYoung)) return verdict('keep', 'its launcher is gone; its start may yet be seen');
  return verdict('found', 'its launcher is gone, and its machine is started');
}
