/** `Queue` by asynchronous invocation of our own functions: Function Compute's acceptance is a durable write. */
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeEvent } from '../../job/event.ts';
import type { WarmEvent } from '../../ledger/warm-entry.ts';
import { ENQUEUE_CALL_MAX_MS, ENQUEUE_TRIES_MAX, EVENT_MAX_BYTES } from '../../limits.ts';
import type { DueEvent, JobEvent } from '../../nouns.ts';
import type { Queue } from '../../ports.ts';
import type { FcAnswer } from './invocation.ts';
import { type FcInvokerOptions, fcInvoker } from './invoker.ts';

export interface FcQueueOptions extends FcInvokerOptions {
  /** Where both functions are. */
  readonly region: string;
  readonly launcher: string;
  readonly reaper: string;
  /** One try. */
  readonly callMs?: number;
}

/** Function Compute said no, and would again. */
export class FcRefusal extends Error {
  override readonly name = 'FcRefusal';
  readonly status: number;
  readonly code: string;
  constructor(functionName: string, { status, code }: FcAnswer) {
    super(`Function Compute refused to invoke ${functionName}: ${status} ${code || '(no code)'}`);
    this.status = status;
    this.code = code;
  }
}

export function fcQueue(options: FcQueueOptions): Queue {
  const { region, launcher, reaper, callMs = ENQUEUE_CALL_MAX_MS } = options;
  const invoke = fcInvoker(options);
  const send = async (functionName: string, event: JobEvent | DueEvent | WarmEvent): Promise<void> => {
    const bytes = encodeEvent(event);
    if (bytes === null) throw new Error(`the event is larger than ${EVENT_MAX_BYTES} bytes`);
    const body = Buffer.from(bytes);
    const answer = await retryCall(() => invoke({ region, functionName, body, timeoutMs: callMs }));
    if (!isAccepted(answer)) throw new FcRefusal(functionName, answer);
  };

  return {
    launch: (event) => send(launcher, event),
    reap: (event) => send(reaper, event),
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
