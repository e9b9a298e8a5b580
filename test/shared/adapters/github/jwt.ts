/** App JWTs as an App would sign them, and as a forger would. */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';

export const START_MS = Date.UTC(2026, 9, 5, 8);
export const APP_ID = 812_345;
const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
export const PRIVATE_KEY_PEM = pair.privateKey;
export const PUBLIC_KEY_PEM = pair.publicKey;

export interface JwtPlan {
  readonly header?: object;
  readonly claims?: object;
  readonly keyPem?: string;
  readonly hmacKey?: string;
}

const NOW_S = START_MS / 1000;
let made = 0;

export function appJwt({ header = {}, claims = {}, keyPem = PRIVATE_KEY_PEM, hmacKey }: JwtPlan): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = { iat: NOW_S - 60, exp: NOW_S + 300, iss: APP_ID, jti: String(made++), ...claims };
  const text = `${part({ alg: 'RS256', typ: 'JWT', ...header })}.${part(body)}`;
  const signature =
    hmacKey === undefined
      ? sign('sha256', Buffer.from(text), keyPem)
      : createHmac('sha256', hmacKey).update(text).digest();
  return `${text}.${signature.toString('base64url')}`;
}
