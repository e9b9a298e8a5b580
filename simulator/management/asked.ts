/** What was asked over HTTP, read whole, and the answer to it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Query } from './state.ts';

export interface Asked {
  readonly headers: Readonly<Record<string, string>>;
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
}

/** STS docs, "AssumeRoleWithOIDC": the one call that nobody signs; the token speaks for itself. */
export const OPEN_ACTION = 'AssumeRoleWithOIDC';
export const isUnsigned = ({ headers, url }: Asked): boolean =>
  (headers['x-acs-action'] ?? url.searchParams.get('Action')) === OPEN_ACTION &&
  (headers['x-acs-version'] ?? url.searchParams.get('Version')) === '2015-04-01';

export const queryOf = (asked: Asked): Query => ({
  ...Object.fromEntries(asked.url.searchParams),
  ...formOf(asked),
});

export function formOf({ headers, body }: Asked): Query {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  return isForm ? Object.fromEntries(new URLSearchParams(body.toString())) : {};
}

export async function read(incoming: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    ),
    method: incoming.method ?? 'GET',
    url: new URL(incoming.url ?? '/', `http://${incoming.headers.host}`),
    body: Buffer.concat(chunks),
  };
}

/** Function Compute's SDK: what deletes is answered without a body (bodyType none). */
export function reply(outgoing: ServerResponse, method: string, status: number, body: object): void {
  if (method === 'DELETE' && status === 200) outgoing.writeHead(204).end();
  else outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
