/**
 * An invocation signed the older way, `Authorization: FC …`. Alibaba Cloud docs, Function Compute "Signature"; the
 * official client, @alicloud/fc2, is its oracle in the tests.
 */
import { createHash, createHmac } from 'node:crypto';
import { parseJson } from '../../json.ts';
import { codeOf } from '../alibaba/send.ts';
import { exchange } from '../http/exchange.ts';
import { FC_VERSION, type FcAnswer, type FcCall, pathOf } from './invocation.ts';

export async function invoke(call: FcCall): Promise<FcAnswer> {
  const { endpoint, accountId, body, timeoutMs } = call;
  const { accessKeyId, accessKeySecret, securityToken } = call.credentials;
  const path = `/${FC_VERSION}${pathOf(call.functionName)}`;
  const headers = {
    accept: 'application/json',
    host: endpoint.host,
    date: new Date().toUTCString(),
    'x-fc-account-id': accountId,
    ...(securityToken === undefined ? {} : { 'x-fc-security-token': securityToken }),
    'content-type': 'application/octet-stream',
    // base64 of the digest's hex form, as the official client sends it
    'content-md5': Buffer.from(createHash('md5').update(body).digest('hex')).toString('base64'),
    'x-fc-invocation-type': call.type ?? 'Async',
  };
  const authorization = fcAuthorization(accessKeyId, accessKeySecret, path, headers);
  const url = new URL(path, endpoint);
  const sent = { ...headers, authorization };
  const answer = await exchange({ url, method: 'POST', headers: sent, body, maxMs: timeoutMs });
  // One that is not JSON has no code; its status still speaks.
  const said = parseJson(answer.body.toString('utf8'));
  return { status: answer.status, code: codeOf(said), body: said };
}

/** Of a POST. Header names in lower case; those that begin with x-fc- are signed, in order. */
export function fcAuthorization(
  accessKeyId: string,
  accessKeySecret: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): string {
  const names = Object.keys(headers).filter((name) => name.startsWith('x-fc-'));
  const lines = names.sort().map((name) => `${name}:${headers[name]}\n`);
  const said = ['content-md5', 'content-type', 'date'].map((name) => headers[name] ?? '');
  const text = `POST\n${said.join('\n')}\n${lines.join('')}${path}`;
  return `FC ${accessKeyId}:${createHmac('sha256', accessKeySecret).update(text).digest('base64')}`;
}
