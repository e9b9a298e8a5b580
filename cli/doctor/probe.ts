/** Asks the invocation gateway for a function that does not exist: its answer shows whether it took the signature. */
import { withoutNull } from '../../shared/adapters/alibaba/acs3.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Alibaba } from '../shared/alibaba.ts';
import { tryAgain, unanswered } from '../shared/try-again.ts';
import type { DoctorWorld } from './world.ts';

const CALL_MS = 10_000;

export function prober(
  config: Config,
  variables: DoctorWorld['variables'],
  cloud: Alibaba,
): DoctorWorld['probe'] {
  return async (signature) => {
    const { region } = config.control;
    const { AccountId } = await cloud.rpc('sts', region, 'GetCallerIdentity');
    const credentials = withoutNull(await cloud.accessKey());
    const { invoke } =
      signature === 'fc'
        ? await import('../../shared/adapters/function-compute/invoke-fc.ts')
        : await import('../../shared/adapters/function-compute/invoke-acs3.ts');
    const ask = () =>
      invoke({
        endpoint: new URL(variables.INVOKE_ENDPOINT ?? `https://${AccountId}.${region}.fc.aliyuncs.com`),
        accountId: String(AccountId),
        region,
        credentials,
        functionName: `${config.name}-nothing-of-this-name`,
        body: Buffer.from('{}'),
        timeoutMs: CALL_MS,
      });
    return tryAgain(() => ask().catch(unanswered));
  };
}
