/** Signed calls that end in time, and fail in our words. Alibaba Cloud docs, Tablestore "Request signature". */
import { createHash, createHmac } from 'node:crypto';
import { CALL_MAX_MS, CALL_TRIES_MAX } from '../../limits.ts';
import { exchange } from '../http/exchange.ts';
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
    readonly securityToken?: string | undefined;
  };
  /** Each try of each call. */
  readonly onCall?: () => void;
  /** One try of one call; default: what lets CALL_TRIES_MAX tries end within CALL_MAX_MS. */
  readonly tryMaxMs?: number;
}

const TRY_MAX_MS = Math.floor(CALL_MAX_MS / (CALL_TRIES_MAX + 1));

/** `read` takes the answer's protobuf; what it throws is an answer that cannot be read. Throws `TableError`. */
export type Calls = <Answer>(
  operation: string,
  table: string,
  body: Buffer,
  read: (answer: Buffer) => Answer,
) => Promise<Answer>;

export function callsOf(connection: TableStoreConnection): Calls {
  const maxMs = connection.tryMaxMs ?? TRY_MAX_MS;
  return async (operation, table, body, read) => {
    connection.onCall?.();
    try {
      const url = new URL(`/${operation}`, connection.endpoint);
      const headers = headersOf(connection, operation, body);
      const answer = await exchange({ url, method: 'POST', headers, body, maxMs });
      if (answer.status < 200 || answer.status >= 300)
        throw Object.assign(new Error(answer.body.toString('latin1')), { code: answer.status });
      return read(answer.body);
    } catch (error) {
      throw toTableError(error, `${operation} ${table}`);
    }
  };
}

/** Path, method, an empty line for the query, then every x-ots- header, in order. */
function headersOf(
  connection: TableStoreConnection,
  operation: string,
  body: Buffer,
): Record<string, string> {
  const { accessKeyId, accessKeySecret, securityToken } = connection.credentials();
  const headers: Record<string, string> = {
    'x-ots-accesskeyid': accessKeyId,
    'x-ots-apiversion': '2015-12-31',
    'x-ots-contentmd5': createHash('md5').update(body).digest('base64'),
    'x-ots-date': new Date().toISOString(),
    'x-ots-instancename': connection.instance,
    ...(securityToken === undefined ? {} : { 'x-ots-ststoken': securityToken }),
  };
  const lines = Object.keys(headers).map((name) => `${name}:${headers[name]?.trim()}\n`);
  const text = `/${operation}\nPOST\n\n${lines.join('')}`;
  const signature = createHmac('sha1', accessKeySecret).update(text).digest('base64');
  return { ...headers, 'x-ots-signature': signature };
}

/** Real time and chance, for the retries. */
export const RETRY_POLICY: RetryPolicy = {
  nowMs: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: () => Math.random(),
};
