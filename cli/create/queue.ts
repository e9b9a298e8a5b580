/** How an operator's command asks the launcher: by asynchronous invocation, as the webhook and the sweep do. */
import { namesOf } from '../../infra/names.ts';
import { fcQueue } from '../../shared/adapters/function-compute/queue.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Queue } from '../../shared/ports.ts';
import { alibaba, operatorKey } from '../shared/alibaba.ts';
import { operatorInvoker } from '../shared/cloud/invoker.ts';
import { findSimulator } from '../shared/simulator-file.ts';

export async function launcherQueue(config: Config): Promise<Pick<Queue, 'launch'>> {
  const { functionOf } = namesOf(config);
  const names = { launcher: functionOf('launcher'), reaper: functionOf('reaper') };
  return fcQueue({ ...names, ...(await optionsOf(config)) });
}

/** The world of `npm start -- --stay` where one is served, else the deployment. */
async function optionsOf(config: Config): ReturnType<typeof operatorInvoker> {
  const simulator = findSimulator();
  if (simulator === null || simulator.environment === null) {
    const cloud = alibaba(operatorKey, process.env.ALIBABA_ENDPOINT);
    return operatorInvoker(config, cloud, process.env.INVOKE_ENDPOINT);
  }
  const { environment, accessKeyId, accessKeySecret } = simulator;
  const { FC_REGION: region = '', FC_ACCOUNT_ID: accountId = '', INVOKE_ENDPOINT: endpoint } = environment;
  return {
    ...{ region, accountId, endpoint, signature: config.functionCompute.signature },
    credentials: () => ({ accessKeyId, accessKeySecret }),
    log: () => undefined,
  };
}
