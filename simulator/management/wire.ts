/** What was asked over HTTP, and the answer to it. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Asked {
  readonly headers: Readonly<Record<string, string>>;
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
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
