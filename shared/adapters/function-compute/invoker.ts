/** Invocations of our own functions, wherever they are, by the signature that the gateway takes. */
import type { Log } from '../../ports.ts';
import type { FcAnswer, FcCredentials, Invoke } from './invocation.ts';
import { invoke as invokeByAcs3 } from './invoke-acs3.ts';
import { invoke as invokeByFc } from './invoke-fc.ts';

export type FcSignature = 'fc' | 'acs3';

export interface FcInvokerOptions {
  /** With its scheme, of all regions; absent: each region's own. */
  readonly endpoint: string | undefined;
  readonly accountId: string;
  readonly signature: FcSignature;
  /** Asked for at each call: each invocation brings new ones. */
  readonly credentials: () => FcCredentials;
  readonly log: Log;
}

export interface Invocation {
  readonly region: string;
  readonly functionName: string;
  readonly body: Buffer;
  readonly timeoutMs: number;
  readonly type?: 'Async' | 'Sync';
}

/** Throws when there was no answer. */
export type FcInvoker = (invocation: Invocation) => Promise<FcAnswer>;

/**
 * What a gateway that does not take this signature may say. `SignatureNotMatch` and `MissingRequiredHeader` (the other
 * signature's headers) are in Function Compute's list of error codes, the others in the common ones of Alibaba's APIs.
 * Which of them the other signature really gets is not documented.
 */
const SIGNATURE_REFUSALS = new Set([
  'SignatureNotMatch',
  'MissingRequiredHeader',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
]);

const INVOKE: Record<FcSignature, Invoke> = { fc: invokeByFc, acs3: invokeByAcs3 };

/** Function Compute docs, "Endpoints" of 3.0. */
const endpointOf = (accountId: string, region: string): string =>
  `https://${accountId}.${region}.fc.aliyuncs.com`;

/** By this signature alone, whether the gateway takes it or not. */
export const invokeBy = (
  by: FcSignature,
  { endpoint, accountId, credentials }: Pick<FcInvokerOptions, 'endpoint' | 'accountId' | 'credentials'>,
  invocation: Invocation,
): Promise<FcAnswer> =>
  INVOKE[by]({
    ...invocation,
    endpoint: new URL(endpoint ?? endpointOf(accountId, invocation.region)),
    accountId,
    credentials: credentials(),
  });

export function fcInvoker(options: FcInvokerOptions): FcInvoker {
  let signature = options.signature;
  let hasChangedOver = false;
  const invoke = (invocation: Invocation, by: FcSignature) => invokeBy(by, options, invocation);

  /** Once in the life of this function's instance, and only because the signature itself was refused. */
  const changeOver = (from: FcSignature, { code }: FcAnswer): boolean => {
    if (!SIGNATURE_REFUSALS.has(code) || (hasChangedOver && signature === from)) return false;
    if (!hasChangedOver) {
      signature = from === 'fc' ? 'acs3' : 'fc';
      hasChangedOver = true;
      const advice = 'set functionCompute.signature';
      options.log('queue.signature-changed', { from, to: signature, code, advice });
    }
    return true;
  };

  return async (invocation) => {
    const by = signature;
    const answer = await invoke(invocation, by);
    return changeOver(by, answer) ? invoke(invocation, signature) : answer;
  };
}
