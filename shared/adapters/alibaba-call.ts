/**
 * One signed call to an Alibaba Cloud API, by its name: for what has no adapter of its own (secrets, and the
 * operator's commands). The SDK is loaded at the first call, so that whoever never calls starts without it.
 */
import { CALL_MAX_MS } from '../limits.ts';

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
  /** Absent: an RPC call. Else the method and path of a ROA call. */
  readonly roa?: { readonly method: string; readonly path: string; readonly body?: unknown };
}

/** The parsed body of the answer. */
export type CallAlibaba = (call: Call) => Promise<Record<string, unknown>>;

/** What the service said no with; `code` is the vendor's, such as `Forbidden.RAM`. Anything else thrown is a call without an answer. */
export class AlibabaRefusal extends Error {
  readonly code: string;
  readonly statusCode: number;
  constructor(code: string, statusCode: number, message: string) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
  }
}

/** Credentials are asked for at each call: a function's are renewed while it lives. */
export function alibabaCaller(accessKey: () => AccessKey | Promise<AccessKey>): CallAlibaba {
  return async (call) => {
    const sdk = await import('@alicloud/openapi-core');
    const client = new (classOf(sdk.default))(configOf(sdk, call, await accessKey()));
    const request = new sdk.$OpenApiUtil.OpenApiRequest({
      query: { ...call.query },
      ...(call.roa?.body === undefined ? {} : { body: call.roa.body }),
    });
    try {
      const answer = await client.callApi(paramsOf(sdk, call), request, {} as never);
      return (answer.body ?? {}) as Record<string, unknown>;
    } catch (error) {
      throw refusalOf(error);
    }
  };
}

const schemeOf = (call: Call) => (call.endpoint.startsWith('http:') ? 'HTTP' : 'HTTPS');

function configOf(sdk: Models, call: Call, key: AccessKey) {
  return new sdk.$OpenApiUtil.Config({
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

function paramsOf(sdk: Models, call: Call) {
  return new sdk.$OpenApiUtil.Params({
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

type Sdk = typeof import('@alicloud/openapi-core');
type Models = Pick<Sdk, '$OpenApiUtil'>;

/** Under Node's ES modules the default export of this CommonJS package is the module itself. */
function classOf(module: unknown): Sdk['default'] {
  const inner = (module as { default?: Sdk['default'] }).default;
  return inner ?? (module as Sdk['default']);
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('statusCode' in error)) return error;
  const { code, statusCode, message } = error as Error & { code: unknown; statusCode: unknown };
  if (typeof code !== 'string' || typeof statusCode !== 'number') return error;
  return new AlibabaRefusal(code, statusCode, message);
}
