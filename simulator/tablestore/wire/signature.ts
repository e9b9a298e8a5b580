/**
 * Who sent a request, and whether it came as sent. Alibaba Cloud docs, Tablestore "Request signature"; header names as
 * the official SDK 5.6.5 sends them. Written without the client's code: a mistake there must not hide here.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { invalid, TableStoreRefusal } from '../errors.ts';
import { DATE_SKEW_MAX_MS } from '../limits.ts';
import type { TableStore } from '../state.ts';

export interface SentRequest {
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const REQUIRED = [
  'x-ots-apiversion',
  'x-ots-instancename',
  'x-ots-date',
  'x-ots-accesskeyid',
  'x-ots-contentmd5',
  'x-ots-signature',
] as const;

const refused = (message: string) => new TableStoreRefusal('OTSAuthFailed', message);

/** Throws what the service would answer. `wallNowMs`: the time by which clients sign, which is not the simulation's. */
export function verify(store: TableStore, request: SentRequest, operation: string, wallNowMs: number): void {
  const header = (name: string): string => {
    const value = request.headers[name];
    if (value === undefined) throw invalid(`Missing header: ${name}.`);
    return value;
  };
  for (const name of REQUIRED) header(name);
  if (header('x-ots-apiversion') !== '2015-12-31')
    throw invalid(`Unsupported API version: ${header('x-ots-apiversion').slice(0, 40)}.`);
  if (header('x-ots-instancename') !== store.instance) throw refused('The instance is not found.');
  if (!store.networks.includes('INTERNET')) throw refused('Request denied by instance ACL policies.');
  checkDate(header('x-ots-date'), wallNowMs);
  const credential = store.credentials(header('x-ots-accesskeyid'));
  if (credential === null) throw refused('The AccessKeyID does not exist.');
  checkToken(credential, request.headers['x-ots-ststoken'], store.clock.nowMs());
  if (!isSame(header('x-ots-signature'), signatureOf(request, credential.secret)))
    throw refused('Signature mismatch.');
  if (!isSame(header('x-ots-contentmd5'), createHash('md5').update(request.body).digest('base64')))
    throw refused('Mismatch between MD5 value of request body and x-ots-contentmd5 in header.');
  if (credential.mayDo !== undefined && !credential.mayDo(`ots:${operation}`))
    throw new TableStoreRefusal(
      'OTSNoPermissionAccess',
      'You have no permission to access the requested resource, please contact the resource owner',
    );
}

function checkDate(date: string, nowMs: number): void {
  const isIso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/.test(date);
  const atMs = Date.parse(date);
  if (!isIso || Number.isNaN(atMs)) throw invalid(`Invalid date format: ${date.slice(0, 40)}.`);
  if (Math.abs(atMs - nowMs) > DATE_SKEW_MAX_MS)
    throw refused(`Mismatch between system time and x-ots-date: ${date}.`);
}

/** Temporary credentials are good only together with their token, and for their time. */
function checkToken(
  credential: { readonly securityToken?: string; readonly expiresAtMs?: number },
  sent: string | undefined,
  nowMs: number,
): void {
  if (credential.securityToken !== undefined && !isSame(sent ?? '', credential.securityToken))
    throw refused('The security token does not match the AccessKeyID.');
  if (credential.securityToken === undefined && sent !== undefined)
    throw refused('The security token does not match the AccessKeyID.');
  if (credential.expiresAtMs !== undefined && credential.expiresAtMs <= nowMs)
    throw refused('The security token has expired.');
}

/** Path, method, an empty line for the query, then every x-ots- header but the signature, in order. */
function signatureOf({ path, headers }: SentRequest, secret: string): string {
  const signed = Object.keys(headers)
    .filter((name) => name.startsWith('x-ots-') && name !== 'x-ots-signature')
    .sort()
    .map((name) => `${name}:${headers[name]?.trim()}\n`)
    .join('');
  return createHmac('sha1', secret).update(`${path}\nPOST\n\n${signed}`).digest('base64');
}

function isSame(sent: string, expected: string): boolean {
  const [a, b] = [Buffer.from(sent), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
