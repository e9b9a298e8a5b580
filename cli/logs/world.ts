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
  return async (question) => {
    const accountId =
      served?.FC_ACCOUNT_ID ?? (await cloud.rpc('sts', region, 'GetCallerIdentity')).AccountId;
    return logLines(question, {
      endpoint: served?.LOG_ENDPOINT ?? variables.LOG_ENDPOINT ?? null,
      region,
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
