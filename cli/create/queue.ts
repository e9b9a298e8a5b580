/** How an operator's command asks the launcher: by asynchronous invocation, as the webhook and the sweep do. */
import { namesOf } from '../../infra/names.ts';
import { withoutNull } from '../../shared/adapters/alibaba/acs3.ts';
import { fcQueue } from '../../shared/adapters/function-compute/queue.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Queue } from '../../shared/ports.ts';
import { alibaba, operatorKey } from '../shared/alibaba.ts';
import { findSimulator } from '../shared/simulator-file.ts';

export async function launcherQueue(config: Config): Promise<Pick<Queue, 'launch'>> {
  const { region, accountId, endpoint, key } = await placeOf(config);
  const { functionOf } = namesOf(config);
  const credentials = withoutNull(key);
  return fcQueue({
    ...{ region, accountId, endpoint },
    ...{ launcher: functionOf('launcher'), reaper: functionOf('reaper') },
    signature: config.functionCompute.signature,
    credentials: () => credentials,
    log: () => undefined,
  });
}

/** The world of `npm start -- --stay` where one is served, else the deployment. */
async function placeOf(config: Config) {
  const simulator = findSimulator();
  if (simulator !== null && simulator.environment !== null) {
    const { environment, accessKeyId, accessKeySecret } = simulator;
    const { FC_REGION: region = '', FC_ACCOUNT_ID: accountId = '', INVOKE_ENDPOINT: endpoint } = environment;
    return { region, accountId, endpoint, key: { accessKeyId, accessKeySecret, securityToken: null } };
  }
  const { region } = config.control;
  const cloud = alibaba(operatorKey, process.env.ALIBABA_ENDPOINT);
  const { AccountId } = await cloud.rpc('sts', region, 'GetCallerIdentity');
  const endpoint = process.env.INVOKE_ENDPOINT;
  return { region, accountId: String(AccountId), endpoint, key: await operatorKey() };
}
