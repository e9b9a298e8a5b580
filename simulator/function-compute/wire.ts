/** Function Compute on loopback: its API with both signatures, and one listener for each function URL. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FunctionCompute } from './function-compute.ts';
import type { HttpReply } from './http-trigger.ts';
import type { RunOutcome } from './life.ts';
import type { Acceptance } from './model.ts';
import {
  type Refusal,
  type Scheme,
  type SignedRequest,
  schemeOf,
  type Verifier,
  verify,
} from './signatures.ts';

export interface ServeOptions {
  readonly port?: number;
  /** Which signatures this gateway takes; what the real one does with the other is not documented. */
  readonly signatures?: readonly Scheme[];
  /** How an error spells its fields: the error code list and the SDK models differ. */
  readonly errors?: 'errorCode' | 'ErrorCode' | 'Code';
}

export interface ServedFunctionCompute {
  /** http://127.0.0.1:port */
  readonly endpoint: string;
  /** The URL of a function with an HTTP trigger. */
  urlOf(functionName: string): string;
  /** The URL that a function gets with its HTTP trigger; the same each time. */
  open(functionName: string): Promise<string>;
  close(): Promise<void>;
}

export async function serveFunctionCompute(
  fc: FunctionCompute,
  options: ServeOptions = {},
): Promise<ServedFunctionCompute> {
  const verifier: Verifier = {
    nowMs: () => fc.clock.nowMs(),
    find: (accessKeyId) => fc.account.find(accessKeyId),
    nonces: new Set(),
  };
  const api = await listen(options.port ?? 0, (request, response) =>
    answerApi(fc, verifier, options, request, response),
  );
  const urls = new Map<string, { server: Server; url: string }>();
  const open = async (name: string): Promise<string> => {
    const one = urls.get(name) ?? (await listen(0, (...both) => answerHttp(fc, name, ...both)));
    urls.set(name, one);
    return one.url;
  };
  for (const { name, http } of fc.functions) if (http !== undefined) await open(name);
  return {
    open,
    endpoint: api.url,
    urlOf(functionName) {
      const found = urls.get(functionName);
      if (found === undefined) throw new Error(`${functionName} has no HTTP trigger`);
      return found.url;
    },
    async close() {
      await Promise.all([api, ...urls.values()].map(({ server }) => closed(server)));
    },
  };
}

async function answerApi(
  fc: FunctionCompute,
  verifier: Verifier,
  { signatures = ['fc', 'acs3'], errors = 'errorCode' }: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const signed = await signedRequestOf(request);
  const refuse = ({ status, code, message }: Refusal): void => {
    const body = {
      errorCode: { errorCode: code, errorMessage: message },
      ErrorCode: { ErrorCode: code, ErrorMessage: message },
      Code: { Code: code, Message: message, RequestId: '1-0' },
    }[errors];
    send(response, {
      status,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
    });
  };
  const scheme = schemeOf(signed.headers);
  if (scheme !== null && !signatures.includes(scheme))
    return refuse({ status: 403, code: 'SignatureNotMatch', message: 'this signature is not taken here' });
  const verified = verify(signed, verifier);
  if ('code' in verified) return refuse(verified);
  // SDK model InvokeFunction, version 2023-03-30
  const name = /^\/2023-03-30\/functions\/([^/]+)\/invocations$/.exec(signed.path)?.[1];
  if (signed.method !== 'POST' || name === undefined)
    return refuse({
      status: 400,
      code: 'PathNotSupported',
      message: `'${signed.method}' against '${signed.path}' is not supported`,
    });
  if (verified.credential.mayDo?.('fc:InvokeFunction') === false)
    return refuse({
      status: 403,
      code: 'AccessDenied',
      message: 'the caller is not authorized to perform fc:InvokeFunction',
    });
  const functionName = decodeURIComponent(name);
  const isAsync = signed.headers['x-fc-invocation-type'] === 'Async';
  const outcome = isAsync
    ? fc.invokeAsync(functionName, signed.body)
    : await fc.invokeSync(functionName, signed.body);
  if (outcome.kind === 'refused') return refuse(outcome);
  if (outcome.kind === 'throttled')
    return refuse({ status: 429, code: 'ResourceExhausted', message: 'too many instances' });
  send(response, replyTo(outcome));
}

function replyTo(outcome: Exclude<Acceptance | RunOutcome, { kind: 'refused' | 'throttled' }>): HttpReply {
  switch (outcome.kind) {
    case 'accepted':
      return { status: 202, headers: { 'x-fc-request-id': outcome.requestId }, body: Buffer.alloc(0) };
    case 'done':
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(outcome.value ?? null)) };
    case 'failed': {
      const body = Buffer.from(JSON.stringify({ errorMessage: outcome.message, errorType: outcome.type }));
      return { status: 200, headers: { 'x-fc-error-type': outcome.type }, body };
    }
  }
}

async function answerHttp(
  fc: FunctionCompute,
  functionName: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, headers, body } = await signedRequestOf(request);
  send(response, await fc.requestHttp(functionName, { method, url: request.url ?? '/', headers, body }));
}

async function signedRequestOf(request: IncomingMessage): Promise<SignedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://localhost');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
  return {
    method: request.method ?? '',
    path: (request.url ?? '/').split('?')[0] as string,
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks),
  };
}

function send(response: ServerResponse, { status, headers, body }: HttpReply): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
}

async function listen(
  port: number,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    // A client that went away in the middle is no fault of ours; anything else is.
    answer(request, response).catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
