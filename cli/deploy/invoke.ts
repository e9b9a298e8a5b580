/** Has the reaper ask for the runner's copies, and not wait for them. */
import { fcInvoker } from '../../shared/adapters/function-compute/invoker.ts';
import type { Config } from '../../shared/config/config.ts';
import { ASK_FOR_COPIES } from '../../shared/runner/copies.ts';
import type { Alibaba } from '../shared/alibaba.ts';
import { operatorInvoker } from '../shared/cloud/invoker.ts';
import { tryAgain, unanswered } from '../shared/try-again.ts';

const CALL_MS = 10_000;

/** `endpoint`: another address than the region's own. Throws when Function Compute did not accept it. */
export async function invokeOnce(
  functionName: string,
  config: Config,
  cloud: Alibaba,
  endpoint: string | undefined,
): Promise<void> {
  const { region, ...options } = await operatorInvoker(config, cloud, endpoint);
  const invoke = fcInvoker(options);
  const body = Buffer.from(ASK_FOR_COPIES);
  const ask = () => invoke({ region, functionName, body, timeoutMs: CALL_MS });
  // Twice does what once does: mirrors look what is there already.
  const { status, code } = await tryAgain(() => ask().catch(unanswered));
  if (status < 200 || status > 299)
    throw new Error(`${functionName} was not invoked: ${status} ${code}; run npm run mirror`);
}
