/** `Queue` by asynchronous invocation of our own functions: Function Compute's acceptance is a durable write. */
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeEvent } from '../../job/event.ts';
import type { WarmEvent } from '../../ledger/warm-entry.ts';
import { ENQUEUE_CALL_MAX_MS, ENQUEUE_TRIES_MAX, EVENT_MAX_BYTES } from '../../limits.ts';
import type { DueEvent, JobEvent } from '../../nouns.ts';
import type { Log, Queue } from '../../ports.ts';
import type { FcAnswer, FcCredentials, Invoke } from './invocation.ts';
import { invoke as invokeByAcs3 } from './invoke-acs3.ts';
import { invoke as invokeByFc } from './invoke-fc.ts';

export type FcSignature = 'fc' | 'acs3';

export interface FcQueueOptions {
  /** With scheme; never guessed: both SDKs' defaults are wrong or lack the region. */
  readonly endpoint: string;
  readonly accountId: string;
  readonly region: string;
  readonly signature: FcSignature;
  readonly launcher: string;
  readonly reaper: string;
  /** Asked for at each call: each invocation brings new ones. */
  readonly credentials: () => FcCredentials;
  readonly log: Log;
  /** One try. */
  readonly callMs?: number;
}

/** Function Compute said no, and would again. */
export class FcRefusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(functionName: string, { status, code }: FcAnswer) {
    super(`Function Compute refused to invoke ${functionName}: ${status} ${code || '(no code)'}`);
    this.status = status;
    this.code = code;
  }
}

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

export function fcQueue(options: FcQueueOptions): Queue {
  const endpoint = new URL(options.endpoint);
  const timeoutMs = options.callMs ?? ENQUEUE_CALL_MAX_MS;
  let signature = options.signature;
  let hasChangedOver = false;

  const invoke = async (functionName: string, body: Buffer, by: FcSignature): Promise<FcAnswer> => {
    const { accountId, region } = options;
    const call = {
      endpoint,
      accountId,
      region,
      credentials: options.credentials(),
      functionName,
      body,
      timeoutMs,
    };
    return INVOKE[by](call);
  };

  /** Once in the life of this function's instance, and only because the signature itself was refused. */
  const changeOver = (from: FcSignature, { code }: FcAnswer): boolean => {
    if (!SIGNATURE_REFUSALS.has(code) || (hasChangedOver && signature === from)) return false;
    if (!hasChangedOver) {
      signature = from === 'fc' ? 'acs3' : 'fc';
      hasChangedOver = true;
      options.log('queue.signature-changed', {
        from,
        to: signature,
        code,
        advice: 'set functionCompute.signature',
      });
    }
    return true;
  };

  const oneTry = async (functionName: string, body: Buffer): Promise<FcAnswer> => {
    const by = signature;
    const answer = await invoke(functionName, body, by);
    return changeOver(by, answer) ? invoke(functionName, body, signature) : answer;
  };

  const send = async (functionName: string, event: JobEvent | DueEvent | WarmEvent): Promise<void> => {
    const bytes = encodeEvent(event);
    if (bytes === null) throw new Error(`the event is larger than ${EVENT_MAX_BYTES} bytes`);
    const answer = await retryCall(() => oneTry(functionName, Buffer.from(bytes)));
    if (!isAccepted(answer)) throw new FcRefusal(functionName, answer);
  };

  return {
    launch: (event) => send(options.launcher, event),
    reap: (event) => send(options.reaper, event),
  };
}

const RETRY_MS = 100;

/** Tries again what may pass: no answer, 5xx, 429. A repeat of an accepted event is harmless: the ledger knows it. */
async function retryCall(call: () => Promise<FcAnswer>): Promise<FcAnswer> {
  for (let tries = 1; ; tries++) {
    const isLast = tries >= ENQUEUE_TRIES_MAX;
    try {
      const answer = await call();
      if (isLast || !(answer.status >= 500 || answer.status === 429)) return answer;
    } catch (error) {
      if (isLast) throw new Error('Function Compute gave no answer', { cause: error });
    }
    await sleep(RETRY_MS * tries);
  }
}

/** 202 is documented; what another 2xx would mean is not, so it is no acceptance. */
function isAccepted({ status }: FcAnswer): boolean {
  return status === 202;
}
