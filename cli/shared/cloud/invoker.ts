/** How operators' commands invoke functions: in the functions' own region, with the operator's key. */
import { withoutNull } from '../../../shared/adapters/alibaba/acs3.ts';
import type { FcInvokerOptions } from '../../../shared/adapters/function-compute/invoker.ts';
import type { Config } from '../../../shared/config/config.ts';
import type { Alibaba } from '../alibaba.ts';

/** For `fcInvoker`, `fcQueue` and `invokeBy`. `endpoint`: another address than the region's own. */
export async function operatorInvoker(
  { control, functionCompute }: Pick<Config, 'control' | 'functionCompute'>,
  cloud: Pick<Alibaba, 'rpc' | 'accessKey'>,
  endpoint: string | undefined,
): Promise<FcInvokerOptions & { readonly region: string }> {
  const { region } = control;
  const { AccountId } = await cloud.rpc('sts', region, 'GetCallerIdentity');
  const credentials = withoutNull(await cloud.accessKey());
  return {
    ...{ region, accountId: String(AccountId), endpoint, signature: functionCompute.signature },
    credentials: () => credentials,
    log: () => undefined,
  };
}
