/** A key pair for the App, made anew for each run of the tests: nothing secret is kept in the repository. Short, because worlds sign a lot. */
import { generateKeyPairSync } from 'node:crypto';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });

export const APP_ID = 4242;
export const PRIVATE_KEY_PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const PUBLIC_KEY_PEM = publicKey.export({ type: 'spki', format: 'pem' }).toString();
export const WEBHOOK_SECRET = 'canary-webhook-secret-0123456789';
