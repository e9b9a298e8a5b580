/** An invocation signed the older way, `Authorization: FC …`, by the official client @alicloud/fc2. */
import { createHash } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import FcClient from '@alicloud/fc2';
import { codeOf, FC_VERSION, type FcAnswer, type FcCall, pathOf } from './invocation.ts';

/**
 * The client makes the headers and the signature; we send them ourselves, because its own `post` throws away the
 * status and every error code but one spelling of it, and has no bound on the whole call.
 */
export async function invoke(call: FcCall): Promise<FcAnswer> {
  const { accessKeyId, accessKeySecret, securityToken } = call.credentials;
  const client = new FcClient(call.accountId, {
    accessKeyID: accessKeyId,
    accessKeySecret,
    securityToken,
    region: call.region,
    endpoint: call.endpoint.origin,
  });
  client.version = FC_VERSION;
  const path = `/${client.version}${pathOf(call.functionName)}`;
  const headers = {
    ...client.buildHeaders(),
    'content-type': 'application/octet-stream',
    'content-length': String(call.body.length),
    // base64 of the digest's hex form, as this client has always sent it
    'content-md5': Buffer.from(createHash('md5').update(call.body).digest('hex')).toString('base64'),
    'x-fc-invocation-type': 'Async',
  };
  const authorization = FcClient.getSignature(accessKeyId, accessKeySecret, 'POST', path, headers);
  return post(new URL(path, call.endpoint), { ...headers, authorization }, call);
}

function post(url: URL, headers: http.OutgoingHttpHeaders, call: FcCall): Promise<FcAnswer> {
  const { request } = url.protocol === 'https:' ? https : http;
  const options = { method: 'POST', headers, signal: AbortSignal.timeout(call.timeoutMs) };
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        resolve({ status, code: codeOf(jsonOf(Buffer.concat(chunks).toString('utf8'))) });
      });
    });
    sent.on('error', reject);
    sent.end(call.body);
  });
}

/** An answer that is not JSON has no code; its status still speaks. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
