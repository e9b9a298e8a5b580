/** An invocation signed with ACS3-HMAC-SHA256, by the official @alicloud/openapi-core. */
import { Readable } from 'node:stream';
import * as core from '@alicloud/openapi-core';
import { codeOf, FC_VERSION, type FcAnswer, type FcCall, pathOf } from './invocation.ts';

/** Parameters as SDK model `InvokeFunction` of version 2023-03-30 sends them. */
export async function invoke(call: FcCall): Promise<FcAnswer> {
  const { OpenApiRequest, Params } = core.$OpenApiUtil;
  const params = new Params({
    action: 'InvokeFunction',
    version: FC_VERSION,
    protocol: schemeOf(call),
    pathname: `/${FC_VERSION}${pathOf(call.functionName)}`,
    method: 'POST',
    authType: 'AK',
    style: 'ROA',
    reqBodyType: 'json',
    bodyType: 'string',
  });
  const request = new OpenApiRequest({
    headers: { 'x-fc-invocation-type': 'Async' },
    stream: Readable.from([call.body]),
  });
  // Retries are ours: this client makes none unless asked.
  const runtime = { readTimeout: call.timeoutMs, connectTimeout: call.timeoutMs };
  try {
    const answer = await clientOf(call).callApi(params, request, runtime as never);
    return { status: Number(answer.statusCode), code: '' };
  } catch (error) {
    return answerOf(error);
  }
}

type ClientClass = typeof core.default.default;

function clientOf(call: FcCall): InstanceType<ClientClass> {
  // Under Node's ES modules the default export of this CommonJS package is the module itself; test runners unwrap it.
  const Client = core.default.default ?? (core.default as unknown as ClientClass);
  return new Client(
    new core.$OpenApiUtil.Config({
      ...call.credentials,
      endpoint: call.endpoint.host,
      protocol: schemeOf(call),
      regionId: call.region,
    }),
  );
}

function schemeOf(call: FcCall): 'HTTP' | 'HTTPS' {
  return call.endpoint.protocol === 'http:' ? 'HTTP' : 'HTTPS';
}

/** An error with a status is an answer; the client reads one spelling of the code, `data` holds them all. */
function answerOf(error: unknown): FcAnswer {
  const { statusCode, data } = (error ?? {}) as { statusCode?: unknown; data?: unknown };
  if (typeof statusCode !== 'number') throw error;
  return { status: statusCode, code: codeOf(data) };
}
