/**
 * One signed call to ECS: `@alicloud/openapi-core`'s generic call, because the generated ECS client costs half a
 * second of every cold start. No retries in here: whoever calls knows which words may be said twice.
 */
import * as core from '@alicloud/openapi-core';
import { ECS_CALL_MAX_MS } from '../../limits.ts';

/** Answers with the body, its names as ECS spells them. Throws EcsFailure, or a refusal of the same shape. */
export type EcsCall = (
  region: string,
  action: string,
  params: Readonly<Record<string, string>>,
) => Promise<Record<string, unknown>>;

export interface EcsCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Belongs to temporary credentials. */
  readonly securityToken?: string | null;
}

/**
 * Why a call gave no body. With a status ECS itself spoke; without, `NotSent` is sure that it heard nothing, and
 * `NoAnswer` is sure of nothing. Built from codes alone: the client's own errors carry the URL, and with it user data.
 */
export class EcsFailure extends Error {
  override readonly name = 'EcsFailure';
  readonly code: string;
  readonly status: number | null;

  constructor(code: string, status: number | null, words = '') {
    super(`ECS: ${code}${status === null ? '' : ` (${status})`}${words === '' ? '' : `: ${words}`}`);
    this.code = code;
    this.status = status;
  }
}

export interface EcsCallOptions {
  /** Asked before each call: the credentials of a function are renewed while it lives. */
  readonly credentials: () => Promise<EcsCredentials>;
  /** host, or host:port, without scheme */
  readonly endpointOf?: (region: string) => string;
  /** HTTP is for the simulator. */
  readonly protocol?: 'HTTP' | 'HTTPS';
  /** One try, from the first word said to the last one heard. */
  readonly callMaxMs?: number;
}

export function ecsCall(options: EcsCallOptions): EcsCall {
  const { endpointOf = publicEndpoint, protocol = 'HTTPS', callMaxMs = ECS_CALL_MAX_MS } = options;
  return async (region, action, params) => {
    const key = await options.credentials();
    const { Config, OpenApiRequest, Params } = core.$OpenApiUtil;
    const config = new Config({
      accessKeyId: key.accessKeyId,
      accessKeySecret: key.accessKeySecret,
      ...(key.securityToken ? { securityToken: key.securityToken } : {}),
      endpoint: endpointOf(region),
      protocol,
      regionId: region,
    });
    const client = new Client(config);
    const request = new OpenApiRequest({ query: { RegionId: region, ...params } });
    // The client's connectTimeout ends whatever is silent for so long, an instance in the making included.
    const runtime = { readTimeout: callMaxMs, connectTimeout: callMaxMs };
    const asked = client.callApi(new Params({ ...RPC, action, protocol }), request, runtime as never);
    return bodyOf(await inTime(asked, callMaxMs));
  };
}

type ClientClass = typeof core.default.default;
/** Under Node's ES modules the default export of this CommonJS package is the module itself; bundlers unwrap it. */
const Client: ClientClass = core.default.default ?? (core.default as unknown as ClientClass);

const RPC = {
  version: '2014-05-26',
  pathname: '/',
  method: 'POST',
  authType: 'AK',
  style: 'RPC',
  reqBodyType: 'formData',
  bodyType: 'json',
};

/** Alibaba Cloud docs, "ECS endpoints". */
function publicEndpoint(region: string): string {
  return `ecs.${region}.aliyuncs.com`;
}

/** The client's timeouts end at the first byte of the answer; ours ends it all. */
async function inTime<Answer>(asked: Promise<Answer>, maxMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new EcsFailure('NoAnswer', null)), maxMs);
  });
  try {
    return await Promise.race([asked, late]);
  } catch (error) {
    throw failureOf(error);
  } finally {
    clearTimeout(timer);
  }
}

function bodyOf(answer: { readonly body?: unknown }): Record<string, unknown> {
  if (typeof answer.body !== 'object' || answer.body === null) throw new EcsFailure('NoAnswer', null);
  return answer.body as Record<string, unknown>;
}

/** The request never left: there was nobody to send it to. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);

function failureOf(error: unknown): EcsFailure {
  if (error instanceof EcsFailure) return error;
  const { statusCode, code, data } = (error ?? {}) as {
    statusCode?: unknown;
    code?: unknown;
    data?: unknown;
  };
  if (typeof statusCode === 'number' && typeof code === 'string') {
    const words = (data as { Message?: unknown } | undefined)?.Message;
    return new EcsFailure(code, statusCode, typeof words === 'string' ? words.slice(0, 300) : '');
  }
  return new EcsFailure(NOT_SENT.has(String(code)) ? 'NotSent' : 'NoAnswer', null);
}
