/** One signed request on a kept connection, and nothing else: what the floor is made of. */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';

export interface Key {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
}

const AGENTS = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
};

export function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
  method = 'POST',
): Promise<{ readonly status: number; readonly body: Buffer }> {
  const protocol = url.protocol as keyof typeof AGENTS;
  const { request } = protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const options = { method, agent: AGENTS[protocol], headers };
    const sent = request(url, options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const hash = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/** ACS3-HMAC-SHA256, for a query without anything that needs escaping beyond encodeURIComponent. */
export function acs3(
  { accessKeyId, accessKeySecret, securityToken }: Key,
  asked: { readonly url: URL; readonly action: string; readonly version: string; readonly body: string },
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { url, action, version, body } = asked;
  const signed: Record<string, string> = {
    ...more,
    host: url.host,
    'x-acs-action': action,
    'x-acs-content-sha256': hash(body),
    'x-acs-date': `${new Date().toISOString().slice(0, 19)}Z`,
    'x-acs-security-token': securityToken,
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-version': version,
  };
  const names = Object.keys(signed).sort();
  const lines = names.map((name) => `${name}:${signed[name]}\n`).join('');
  const words = ['POST', url.pathname, url.search.slice(1), lines, names.join(';'), hash(body)].join('\n');
  const signature = createHmac('sha256', accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${hash(words)}`)
    .digest('hex');
  const authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return { ...signed, authorization };
}

/** Sorted and escaped as it is signed. */
export const queryOf = (params: Readonly<Record<string, string>>): string =>
  Object.keys(params)
    .sort()
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(params[name] as string)}`)
    .join('&');
