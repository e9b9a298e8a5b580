/** Asks the invocation gateway for a function that does not exist: its answer shows whether it took the signature. */
import { invokeBy } from '../../shared/adapters/function-compute/invoker.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Alibaba } from '../shared/alibaba.ts';
import { operatorInvoker } from '../shared/cloud/invoker.ts';
import { tryAgain, unanswered } from '../shared/try-again.ts';
import type { DoctorWorld } from './world.ts';

const CALL_MS = 10_000;

export function prober(
  config: Config,
  variables: DoctorWorld['variables'],
  cloud: Alibaba,
): DoctorWorld['probe'] {
  return async (signature) => {
    const { region, ...options } = await operatorInvoker(config, cloud, variables.INVOKE_ENDPOINT);
    const functionName = `${config.name}-nothing-of-this-name`;
    const asked = { region, functionName, body: Buffer.from('{}'), timeoutMs: CALL_MS };
    return tryAgain(() => invokeBy(signature, options, asked).catch(unanswered));
  };
}
