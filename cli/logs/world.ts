/** Log Service as `logs` reaches it: the deployment's, or that of the simulated world. */
import { namesOf } from '../../infra/names.ts';
import { logLines } from '../../shared/adapters/log-lines.ts';
import { alibaba, operatorKey } from '../shared/alibaba.ts';
import { readDotEnv } from '../shared/dot-env.ts';
import type { Operator } from '../shared/operator.ts';
import { FOLDER } from '../shared/package/places.ts';
import { findSimulator } from '../shared/simulator-file.ts';
import type { AskLog } from './gather.ts';

export function askLogService({ config, clock }: Operator): AskLog {
  const simulator = findSimulator();
  const variables = { ...readDotEnv(FOLDER), ...process.env };
  const served = simulator?.environment ?? null;
  const cloud = alibaba(operatorKey, variables.ALIBABA_ENDPOINT);
  const { region } = config.control;
  const endpoint = served?.LOG_ENDPOINT ?? variables.LOG_ENDPOINT ?? null;
  return async (question) => {
    // The key of a served account is nothing for the real service.
    if (endpoint === null && variables.ALIBABA_ENDPOINT !== undefined)
      throw new Error('Log Service is not played here');
    const accountId =
      served?.FC_ACCOUNT_ID ?? (await cloud.rpc('sts', region, 'GetCallerIdentity')).AccountId;
    return logLines(question, {
      ...{ endpoint, region },
      project: namesOf(config).logProject(String(accountId)),
      store: namesOf(config).logStore,
      accessKey: async () =>
        simulator !== null && served !== null ? { ...keyOf(simulator), securityToken: null } : operatorKey(),
      nowMs: () => clock.nowMs(),
    });
  };
}

const keyOf = ({ accessKeyId, accessKeySecret }: NonNullable<ReturnType<typeof findSimulator>>) => ({
  accessKeyId,
  accessKeySecret,
});
