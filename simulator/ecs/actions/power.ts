/** StopInstance, StartInstance, and ModifyInstanceAttribute of user data. @see SDK models of the same names */

import type { Cloud } from '../cloud.ts';
import { start, stop } from '../life.ts';
import { isResting } from '../machine.ts';
import { type Params, refuseUnsimulated, required } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { Region } from '../region/catalogue.ts';
import { standing } from './removals.ts';
import { userDataOf } from './run-checks.ts';

const MODES = ['KeepCharging', 'StopCharging'];

/** A type that has no economical mode is stopped without a word. An account's own default is not played. */
export function stopInstance(cloud: Cloud, region: Region, params: Params): object {
  const { machine, status } = standing(cloud, region, required(params, 'InstanceId'));
  const mode = params.StoppedMode ?? 'KeepCharging';
  if (!MODES.includes(mode))
    throw new EcsRefusal('InvalidParameter', 'The specified StoppedMode is not valid.');
  if (status !== 'Running') throw new EcsRefusal('IncorrectInstanceStatus');
  stop(cloud, machine, mode === 'StopCharging');
  return {};
}

/** The cores that economical mode gave back have to be there again. */
export function startInstance(cloud: Cloud, region: Region, params: Params): object {
  const { machine, status } = standing(cloud, region, required(params, 'InstanceId'));
  if (status !== 'Stopped') throw new EcsRefusal('IncorrectInstanceStatus');
  const { zone, type } = machine;
  if (isResting(machine) && cloud.market.left(zone, type, false, cloud.clock.nowMs()) < 1)
    throw new EcsRefusal('OperationDenied.NoStock');
  start(cloud, machine);
  return {};
}

/**
 * Shown in the metadata at the next boot, and run by nobody (SDK model). That a running instance takes none is the less
 * convenient reading of what the documentation leaves open.
 */
export function modifyInstanceAttribute(cloud: Cloud, region: Region, params: Params): object {
  refuseUnsimulated(params, new Set(['RegionId', 'InstanceId', 'UserData']));
  const { machine, status } = standing(cloud, region, required(params, 'InstanceId'));
  if (status !== 'Stopped') throw new EcsRefusal('IncorrectInstanceStatus');
  machine.userData = userDataOf(params);
  return {};
}
