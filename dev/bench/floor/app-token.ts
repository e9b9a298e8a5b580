/** An installation's token, the App's key read once: nothing is kept but the token. */
import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { acs3, type Key, post, queryOf } from './send.ts';

const { GITHUB_API = '', GITHUB_APP_ID = '', OOS_ENDPOINT = '', FC_REGION = '' } = process.env;
const name = (process.env.GITHUB_PRIVATE_KEY ?? '').slice('oos:'.length);

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export function jwtOf(key: KeyObject): string {
  const nowS = Math.floor(Date.now() / 1000);
  const claims = { iat: nowS - 60, exp: nowS + 480, iss: GITHUB_APP_ID, jti: randomUUID() };
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

export async function gitHub(method: 'GET' | 'POST', path: string, authorization: string, body?: object) {
  const headers = { authorization, accept: 'application/vnd.github+json', 'user-agent': 'floor' };
  const text = body === undefined ? '' : JSON.stringify(body);
  const answer = await post(new URL(`${GITHUB_API}/api/v3${path}`), headers, text, method);
  if (answer.status >= 300) throw new Error(`GitHub: ${answer.status} ${answer.body}`);
  return JSON.parse(answer.body.toString());
}

export async function call(key: Key, url: URL, action: string, version: string) {
  const answer = await post(url, acs3(key, { url, action, version, body: '' }), '');
  if (answer.status !== 200) throw new Error(`${action}: ${answer.status} ${answer.body}`);
  return JSON.parse(answer.body.toString());
}

export async function appKey(key: Key): Promise<KeyObject> {
  const query = queryOf({ Name: name, RegionId: FC_REGION, WithDecryption: 'true' });
  const { Parameter } = await call(
    key,
    new URL(`/?${query}`, OOS_ENDPOINT),
    'GetSecretParameter',
    '2019-06-01',
  );
  return createPrivateKey(Parameter.Value);
}

export async function tokenFor(key: KeyObject, installation: number): Promise<string> {
  const path = `/app/installations/${installation}/access_tokens`;
  const permissions = { organization_self_hosted_runners: 'write' };
  return (await gitHub('POST', path, `Bearer ${jwtOf(key)}`, { permissions })).token;
}
