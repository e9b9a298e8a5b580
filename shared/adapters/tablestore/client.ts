/** Calls by the official SDK that end in time, and fail in our words. */
import { Agent } from 'node:https';
import TS from 'tablestore';
import { CALL_MAX_MS, CALL_TRIES_MAX } from '../../limits.ts';
import { toTableError } from './errors.ts';
import type { RetryPolicy } from './retries.ts';

export interface TableStoreConnection {
  /** With scheme: https://INSTANCE.REGION.ots.aliyuncs.com, or a simulator's. */
  readonly endpoint: string;
  readonly instance: string;
  /** Asked before each call: Function Compute renews temporary credentials while an instance lives. */
  credentials(): {
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly securityToken?: string;
  };
  /** Each try of each call. */
  readonly onCall?: () => void;
  /** One try of one call; default: what lets CALL_TRIES_MAX tries end within CALL_MAX_MS. */
  readonly tryMaxMs?: number;
}

const TRY_MAX_MS = Math.floor(CALL_MAX_MS / (CALL_TRIES_MAX + 1));

/** A client whose calls end in time: the SDK's own timeout counts silence only, and it misses a reply that was cut off. */
export function clientsOf(
  connection: TableStoreConnection,
): <Answer>(what: string, call: (client: TS.Client) => Promise<Answer>) => Promise<Answer> {
  const tryMaxMs = connection.tryMaxMs ?? TRY_MAX_MS;
  const agent = connection.endpoint.startsWith('https:') ? new Agent({ keepAlive: true }) : undefined;
  let known = '';
  let client: TS.Client | null = null;
  return async (what, call) => {
    const { accessKeyId, accessKeySecret, securityToken } = connection.credentials();
    const wanted = [accessKeyId, accessKeySecret, securityToken].join(' ');
    if (client === null || wanted !== known)
      client = new TS.Client({
        endpoint: connection.endpoint,
        instancename: connection.instance,
        accessKeyId,
        accessKeySecret,
        ...(securityToken === undefined ? {} : { securityToken }),
        maxRetries: 0,
        httpOptions: { timeout: tryMaxMs, maxSockets: 300, ...(agent && { agent }) },
      });
    known = wanted;
    connection.onCall?.();
    try {
      return await within(tryMaxMs, call(client));
    } catch (error) {
      throw toTableError(error, what);
    }
  };
}

async function within<Answer>(ms: number, answer: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('no answer in time'), { code: 'Timeout' })), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Real time and chance, for the retries. */
export const RETRY_POLICY: RetryPolicy = {
  nowMs: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: () => Math.random(),
};
