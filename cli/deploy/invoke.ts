/** Has the reaper ask for the runner's copies, and not wait for them. */
import { type AccessKey, withoutNull } from '../../shared/adapters/alibaba/acs3.ts';
import type { Invoke } from '../../shared/adapters/function-compute/invocation.ts';
import type { Config } from '../../shared/config/config.ts';
import { ASK_FOR_COPIES } from '../../shared/runner/copies.ts';
import { tryAgain, unanswered } from '../shared/try-again.ts';

const CALL_MS = 10_000;

export interface Invocation {
  readonly functionName: string;
  readonly accountId: string;
  readonly config: Config;
  readonly accessKey: () => Promise<AccessKey>;
  /** Absent: the region's own. */
  readonly endpoint: string | undefined;
}

const LOAD: Readonly<Record<'fc' | 'acs3', () => Promise<{ invoke: Invoke }>>> = {
  fc: () => import('../../shared/adapters/function-compute/invoke-fc.ts'),
  acs3: () => import('../../shared/adapters/function-compute/invoke-acs3.ts'),
};

/** Throws when Function Compute did not accept it. */
export async function invokeOnce(invocation: Invocation): Promise<void> {
  const { functionName, accountId, config, accessKey, endpoint } = invocation;
  const { region } = config.control;
  const credentials = withoutNull(await accessKey());
  const { invoke } = await LOAD[config.functionCompute.signature]();
  const ask = () =>
    invoke({
      endpoint: new URL(endpoint ?? `https://${accountId}.${region}.fc.aliyuncs.com`),
      accountId,
      region,
      credentials,
      functionName,
      body: Buffer.from(ASK_FOR_COPIES),
      timeoutMs: CALL_MS,
    });
  // Twice does what once does: mirrors look what is there already.
  const { status, code } = await tryAgain(() => ask().catch(unanswered));
  if (status < 200 || status > 299)
    throw new Error(`${functionName} was not invoked: ${status} ${code}; run npm run mirror`);
}
