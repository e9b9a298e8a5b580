/** Instances on ECS, over the wire or in process: whatever `call` is. */
import { CALL_TRIES_MAX, ECS_RETRY_PAUSE_MS } from '../../limits.ts';
import type { Clock, Instances, Log } from '../../ports.ts';
import type { EcsCall } from './call.ts';
import { type Failure, failureOf, meaningOf } from './errors.ts';
import { findInstances, listInstances, listTagged, lookAtConsole } from './look-ups.ts';
import type { RunSetting } from './request.ts';
import { runInstance } from './run.ts';

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
    consoleOutput: (region, id) => lookAtConsole(region, id, options),
  };
}

type Removal = 'asked' | 'gone' | 'later';

/** Asking twice is harmless: what was deleted by a lost answer is gone, or on its way. */
async function terminate(region: string, id: string, options: EcsInstancesOptions): Promise<Removal> {
  const params = { InstanceId: id, Force: 'true' };
  for (let tries = 1; ; tries++) {
    try {
      await options.call(region, 'DeleteInstance', params);
      return 'asked';
    } catch (error) {
      const removal = removalOf(failureOf(error));
      options.log('instance.refused', { instanceId: id, code: failureOf(error).code, removal });
      if (removal !== null) return removal;
      const isWorthAnother = meaningOf(failureOf(error)).meaning.kind === 'again';
      if (!isWorthAnother || tries >= CALL_TRIES_MAX) throw error;
      await options.pause(ECS_RETRY_PAUSE_MS * tries);
    }
  }
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
  return REMOVALS.get(failure.code) ?? (isLater ? 'later' : null);
}
