/** The generic call of `@alicloud/openapi-core`. Imported lazily, by `alibaba-call.ts` alone. */
import * as core from '@alicloud/openapi-core';
import { CALL_MAX_MS } from '../../limits.ts';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Null: a long-lived key, of a person or a machine. */
  readonly securityToken: string | null;
}

export interface Call {
  /** With its scheme: http is for simulators. */
  readonly endpoint: string;
  readonly region: string;
  readonly action: string;
  readonly version: string;
  readonly query?: Readonly<Record<string, string>>;
  /** What is too long, or too secret, for an address. */
  readonly form?: Readonly<Record<string, string>>;
  /** Absent: an RPC call. Else the method and path of a ROA call. */
  readonly roa?: { readonly method: string; readonly path: string; readonly body?: unknown };
}

/** Throws the SDK's own error, which holds every parameter: it must go no further than the caller. */
export async function send(call: Call, key: AccessKey): Promise<Record<string, unknown>> {
  const client = new Client(configOf(call, key));
  const query = { ...call.query };
  const request = new core.$OpenApiUtil.OpenApiRequest({ query, ...bodyIn(call) });
  const answer = await client.callApi(paramsOf(call), request, {} as never);
  return (answer.body ?? {}) as Record<string, unknown>;
}

function bodyIn({ roa, form }: Call): { body?: unknown } {
  const body = roa === undefined ? form : roa.body;
  return body === undefined ? {} : { body };
}

const schemeOf = (call: Call) => (call.endpoint.startsWith('http:') ? 'HTTP' : 'HTTPS');

function configOf(call: Call, key: AccessKey) {
  return new core.$OpenApiUtil.Config({
    accessKeyId: key.accessKeyId,
    accessKeySecret: key.accessKeySecret,
    ...(key.securityToken === null ? {} : { securityToken: key.securityToken }),
    endpoint: new URL(call.endpoint).host,
    protocol: schemeOf(call),
    regionId: call.region,
    readTimeout: CALL_MAX_MS,
    connectTimeout: CALL_MAX_MS,
  });
}

function paramsOf(call: Call) {
  return new core.$OpenApiUtil.Params({
    action: call.action,
    version: call.version,
    protocol: schemeOf(call),
    pathname: call.roa?.path ?? '/',
    method: call.roa?.method ?? 'POST',
    authType: 'AK',
    style: call.roa ? 'ROA' : 'RPC',
    reqBodyType: call.roa ? 'json' : 'formData',
    bodyType: 'json',
  });
}

type ClientClass = typeof core.default.default;
/** Under Node's ES modules the default export of this CommonJS package is the module itself; bundlers unwrap it. */
const Client: ClientClass = core.default.default ?? (core.default as unknown as ClientClass);
