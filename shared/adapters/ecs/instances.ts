/** Instances on ECS, over the wire or in process: whatever `call` is. */
import { inParallel } from '../../in-parallel.ts';
import {
  CALL_TRIES_MAX,
  ECS_RETRY_PAUSE_MS,
  INSTANCE_IDS_PER_CALL_MAX,
  SWEEP_PARALLEL_MAX,
} from '../../limits.ts';
import type { Clock, Instances, Log, Removal } from '../../ports.ts';
import type { EcsCall } from './call.ts';
import { type Failure, failureOf, meaningOf } from './errors.ts';
import { ask, findInstances, listInstances, listTagged, lookAtConsole } from './look-ups.ts';
import type { RunSetting } from './request.ts';
import { runInstance, startInstance } from './run.ts';

export interface EcsInstancesOptions extends RunSetting {
  readonly call: EcsCall;
  readonly deployment: string;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Log;
}

export function ecsInstances(options: EcsInstancesOptions): Instances {
  return {
    run: (request) => runInstance(request, { ...options, setting: options }),
    list: (region) => listInstances(region, options),
    tagged: (region) => listTagged(region, options),
    find: (region, ids) => findInstances(region, ids, options),
    terminate: (region, id) => terminate(region, id, options),
    terminateAll: (region, ids) => terminateAll(region, ids, options),
    stop: (region, id) => askUntilSure(region, 'StopInstance', { InstanceId: id, ...ECONOMICAL }, options),
    setUserData: (region, id, userData) => setUserData(region, id, userData, options),
    start: (region, id) => startInstance(region, id, options),
    consoleOutput: (region, id) => lookAtConsole(region, id, options),
  };
}

/** In order, so that what the machine wrote is on its disk (SDK model StopInstanceRequest, forceStop). */
const ECONOMICAL = { StoppedMode: 'StopCharging', ForceStop: 'false' };

/** As a question: said twice it is what it was. */
async function setUserData(
  region: string,
  id: string,
  userData: string,
  options: EcsInstancesOptions,
): Promise<void> {
  const UserData = Buffer.from(userData, 'utf8').toString('base64');
  await ask(region, 'ModifyInstanceAttribute', { InstanceId: id, UserData }, options);
}

/** Asking twice is harmless: what was deleted, or stopped, by a lost answer is so, or on its way. */
const terminate = (region: string, id: string, options: EcsInstancesOptions): Promise<Removal> =>
  askUntilSure(region, 'DeleteInstance', { InstanceId: id, Force: 'true' }, options);

async function askUntilSure(
  region: string,
  action: 'DeleteInstance' | 'StopInstance',
  params: Readonly<Record<string, string>> & { readonly InstanceId: string },
  options: EcsInstancesOptions,
): Promise<Removal> {
  for (let tries = 1; ; tries++) {
    try {
      await options.call(region, action, params);
      return 'asked';
    } catch (error) {
      const removal = removalOf(failureOf(error));
      const { code } = failureOf(error);
      options.log('instance.refused', { instanceId: params.InstanceId, code, removal });
      if (removal !== null) return removal;
      const isWorthAnother = meaningOf(failureOf(error)).meaning.kind === 'again';
      if (!isWorthAnother || tries >= CALL_TRIES_MAX) throw error;
      await options.pause(ECS_RETRY_PAUSE_MS * tries);
    }
  }
}

async function terminateAll(
  region: string,
  ids: readonly string[],
  options: EcsInstancesOptions,
): Promise<ReadonlyMap<string, Removal>> {
  const removals = new Map<string, Removal>();
  for (let from = 0; from < ids.length; from += INSTANCE_IDS_PER_CALL_MAX) {
    const some = ids.slice(from, from + INSTANCE_IDS_PER_CALL_MAX);
    const together = some.length === 1 ? null : await terminateTogether(region, some, options);
    if (together === null) await terminateSingly(region, some, removals, options);
    else for (const id of some) removals.set(id, together);
  }
  return removals;
}

/** Null: refused, or not answered. Which of them were deleted all the same ECS does not say (not documented). */
async function terminateTogether(
  region: string,
  ids: readonly string[],
  options: EcsInstancesOptions,
): Promise<'asked' | 'later' | null> {
  const named = ids.map((id, at) => [`InstanceId.${at + 1}`, id] as const);
  try {
    await options.call(region, 'DeleteInstances', { Force: 'true', ...Object.fromEntries(named) });
    return 'asked';
  } catch (error) {
    const failure = failureOf(error);
    options.log('instances.refused', { instances: ids.length, code: failure.code });
    // One by one they would be asked too often all the more.
    return meaningOf(failure).meaning.kind === 'throttled' ? 'later' : null;
  }
}

async function terminateSingly(
  region: string,
  ids: readonly string[],
  removals: Map<string, Removal>,
  options: EcsInstancesOptions,
): Promise<void> {
  await inParallel(ids, SWEEP_PARALLEL_MAX, async (id) => {
    try {
      removals.set(id, await terminate(region, id, options));
    } catch (error) {
      options.log('instance.unremoved', { instanceId: id, code: failureOf(error).code });
    }
  });
}

/** @see API reference DeleteInstance, "Error codes" */
const REMOVALS = new Map<string, Removal>([
  ['InvalidInstanceId.NotFound', 'gone'],
  ['Forbidden.InstanceNotFound', 'gone'],
  ['IncorrectInstanceStatus', 'later'],
  ['IncorrectInstanceStatus.Initializing', 'later'],
]);

/** Null: not an answer to what was asked. */
function removalOf(failure: Failure): Removal | null {
  const isLater =
    failure.code.startsWith('DependencyViolation.') || meaningOf(failure).meaning.kind === 'throttled';
  const removal = REMOVALS.get(failure.code) ?? (isLater ? 'later' : null);
  // What failed inside proves nothing, whatever its code says; as in a launch.
  return removal === 'gone' && failure.status === 500 ? null : removal;
}
