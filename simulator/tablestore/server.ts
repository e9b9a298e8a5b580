/** The wire: HTTP on loopback, as the official SDK speaks it. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectionLost, invalid, TableStoreRefusal } from './errors.ts';
import { BODY_MAX_BYTES } from './limits.ts';
import { batchGetRow } from './operations/batch-get-row.ts';
import { batchWriteRow } from './operations/batch-write-row.ts';
import { createTable } from './operations/create-table.ts';
import { deleteRow } from './operations/delete-row.ts';
import { deleteTable } from './operations/delete-table.ts';
import { describeTable } from './operations/describe-table.ts';
import { getRange } from './operations/get-range.ts';
import { getRow } from './operations/get-row.ts';
import { listTable } from './operations/list-table.ts';
import { putRow } from './operations/put-row.ts';
import { updateRow } from './operations/update-row.ts';
import { perform, type TableStore } from './state.ts';
import { Draft, Message } from './wire/protobuf.ts';
import { type SentRequest, verify } from './wire/signature.ts';
import type { Operation } from './wire/wire.ts';

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['CreateTable', createTable],
  ['DescribeTable', describeTable],
  ['ListTable', listTable],
  ['DeleteTable', deleteTable],
  ['PutRow', putRow],
  ['GetRow', getRow],
  ['UpdateRow', updateRow],
  ['DeleteRow', deleteRow],
  ['GetRange', getRange],
  ['BatchGetRow', batchGetRow],
  ['BatchWriteRow', batchWriteRow],
]);

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** One request to its answer; what the service refuses is an answer, too. Throws `ConnectionLost` for that fault only. */
export function answer(store: TableStore, method: string, request: SentRequest, wallNowMs: number): Answer {
  try {
    if (method !== 'POST')
      throw new TableStoreRefusal('OTSMethodNotAllowed', 'Only POST method for requests is supported.');
    const name = request.path.slice(1);
    const operation = OPERATIONS.get(name);
    if (operation === undefined) throw invalid(`Unsupported operation: ${name.slice(0, 100)}.`);
    if (request.body.length > BODY_MAX_BYTES) throw tooLarge();
    verify(store, request, name, wallNowMs);
    const message = new Message(request.body);
    const call = { operation: name, table: operation.tableIn(message) };
    return { status: 200, body: perform(store, call, () => operation.run(store, message)).done() };
  } catch (error) {
    if (error instanceof ConnectionLost) throw error;
    if (!(error instanceof TableStoreRefusal)) store.surprises.push(error);
    const { status, code, message } = error instanceof TableStoreRefusal ? error : internal();
    return { status, body: new Draft().text(1, code).text(2, message).done() };
  }
}

const tooLarge = () => new TableStoreRefusal('OTSRequestBodyTooLarge', 'The size of POST data is too large.');
const internal = () => new TableStoreRefusal('OTSInternalServerError', 'Internal server error.');

export interface ServeOptions {
  /** 0, the default: any that is free. */
  readonly port?: number;
  /** The time by which clients sign; default: the machine's, because the official SDK knows no other. */
  wallNowMs?(): number;
}

/** Listens on loopback. */
export async function serveTableStore(
  store: TableStore,
  { port = 0, wallNowMs = Date.now }: ServeOptions = {},
): Promise<{ readonly port: number; close(): Promise<void> }> {
  let served = 0;
  const server = createServer((incoming, outgoing) => {
    served++;
    const asked = { requestId: `simulated-${served}`, wallNowMs: wallNowMs() };
    void serve(store, incoming, outgoing, asked);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function serve(
  store: TableStore,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { requestId, wallNowMs }: { readonly requestId: string; readonly wallNowMs: number },
): Promise<void> {
  try {
    const body = await bodyOf(incoming);
    const request = { path: incoming.url ?? '/', headers: headersOf(incoming), body };
    const { status, body: bytes } = answer(store, incoming.method ?? '', request, wallNowMs);
    outgoing.writeHead(status, {
      'x-ots-requestid': requestId,
      'x-ots-date': new Date(store.clock.nowMs()).toISOString(),
      'x-ots-contentmd5': createHash('md5').update(bytes).digest('base64'),
      'x-ots-contenttype': 'protocol buffer',
    });
    outgoing.end(bytes);
  } catch {
    // A fault that was asked for, or a client that went away: either way nobody hears an answer.
    incoming.socket.destroy();
  }
}

/** At most one byte more than is allowed, so that too much is seen to be too much. */
async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    if (bytes <= BODY_MAX_BYTES) chunks.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(chunks);
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
}
