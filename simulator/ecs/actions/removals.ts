/** DeleteInstance, DeleteInstances. @see API reference DeleteInstances */

import type { Cloud } from '../cloud.ts';
import { remove } from '../life.ts';
import { type Machine, type Status, statusNow } from '../machine.ts';
import { isTrue, listOf, type Params, required } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { Region } from '../region/catalogue.ts';

const IDS_MAX = 100;

export function deleteInstance(cloud: Cloud, region: Region, params: Params): object {
  const found = standing(cloud, region, required(params, 'InstanceId'));
  checkDeletable(cloud, found.status, isTrue(params, 'Force'));
  checkDryRun(params);
  remove(cloud, found.machine);
  return {};
}

/**
 * Whether a batch is all or nothing is not documented. Here the instances before the first that cannot be deleted
 * are deleted and the others are not, and the answer does not say which.
 */
export function deleteInstances(cloud: Cloud, region: Region, params: Params): object {
  const ids = listOf(params, 'InstanceId');
  if (ids.length === 0) throw new EcsRefusal('MissingParameter', 'InstanceId is mandatory.');
  if (ids.length > IDS_MAX) throw new EcsRefusal('InvalidParameter', 'At most 100 instances are allowed.');
  for (const id of ids) {
    const found = standing(cloud, region, id);
    checkDeletable(cloud, found.status, isTrue(params, 'Force'));
    if (!isTrue(params, 'DryRun')) remove(cloud, found.machine);
  }
  checkDryRun(params);
  return {};
}

function checkDryRun(params: Params): void {
  if (isTrue(params, 'DryRun')) throw new EcsRefusal('DRYRUN.SUCCESS');
}

/** Throws where there is none. */
export function standing(cloud: Cloud, region: Region, id: string): { machine: Machine; status: Status } {
  const machine = cloud.machines.get(id);
  const status = machine === undefined ? null : statusNow(machine);
  if (machine === undefined || status === null || machine.region !== region.id) {
    throw new EcsRefusal('InvalidInstanceId.NotFound');
  }
  return { machine, status };
}

/** A Stopping instance may be one that is being deleted: whether ECS takes a second request is not documented. */
function checkDeletable({ ways }: Cloud, status: Status, isForced: boolean): void {
  const isStarting = status === 'Pending' || status === 'Starting';
  if (isStarting && ways.deletionWhileStarting === 'refused')
    throw new EcsRefusal('IncorrectInstanceStatus.Initializing');
  if (isStarting && ways.deletionWhileStarting === 'not found')
    throw new EcsRefusal('InvalidInstanceId.NotFound');
  if (status === 'Stopping' || (status === 'Running' && !isForced)) {
    throw new EcsRefusal('IncorrectInstanceStatus');
  }
}
