/**
 * What a function holds, without showing it: the operator asks each with a word of its own choice, and compares with
 * what it holds itself. Nothing is minted, nobody is called but the secret's store.
 */
import { createHmac, createPublicKey } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../json.ts';

export interface HeldKey {
  readonly appId: string | number;
  readonly privateKeyPem: string;
}

/** 16 hex digits each, of no use but to be compared: another nonce makes others. */
export interface Fingerprints {
  readonly app: string;
  /** Null: the key could not be read, or is none; `because` says why, without a word of it. */
  readonly key: string | null;
  readonly because: string | null;
}

const Probe = z.strictObject({ kind: z.literal('probe'), nonce: z.string().regex(/^[0-9a-f]{32}$/) });
const PROBE_MAX_BYTES = 200;
const SHOWN_CHARS = 16;

/** Null: another event. It comes by an invocation that RAM allowed: these functions have no address on the Internet. */
export function parseProbe(event: Uint8Array): string | null {
  if (event.length > PROBE_MAX_BYTES) return null;
  return Probe.safeParse(parseJson(Buffer.from(event).toString('utf8'))).data?.nonce ?? null;
}

/** Of the key only its public part. */
export async function fingerprints(
  nonce: string,
  appId: string,
  readKey: () => Promise<HeldKey>,
): Promise<Fingerprints> {
  const print = (what: string, text: string | Buffer): string =>
    createHmac('sha256', nonce).update(`${what}\n`).update(text).digest('hex').slice(0, SHOWN_CHARS);
  const app = print('app', appId);
  try {
    const { privateKeyPem } = await readKey();
    const open = createPublicKey(privateKeyPem).export({ type: 'spki', format: 'der' });
    return { app, key: print('key', open), because: null };
  } catch (error) {
    return { app, key: null, because: reasonOf(error) };
  }
}

/** What OpenSSL says of a text that is no key may quote it; what our stores say never does. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  return message.startsWith('the secret ') ? message : 'it is no private key';
}
