/** Whether GitHub signed these very bytes. @see https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries */
import { isUtf8 } from 'node:buffer';
import { Webhooks } from '@octokit/webhooks';

/** One of the secrets that are good now. */
export interface WebhookSecret {
  /** Throws when it is out of reach. */
  read(): Promise<string>;
  /** It did not fit. True: it may have been rotated, and the next `read` looks again. */
  stale(): boolean;
}

/**
 * Several secrets are good at once, so that one can be rotated without losing a delivery.
 * Throws when a secret is out of reach, or empty.
 */
export async function isSigned(
  body: Uint8Array,
  signature: string | undefined,
  secrets: readonly WebhookSecret[],
): Promise<boolean> {
  // Before a secret is read or a byte is hashed: anyone can post 25 MB without a signature.
  if (signature === undefined || !/^sha256=[0-9a-f]{64}$/.test(signature)) return false;
  const text = exactTextOf(body);
  if (text === null) return false;
  const fits = async (): Promise<boolean> => {
    const values = await Promise.all(secrets.map((secret) => secret.read()));
    // Every secret is tried, so that the time tells nothing of which one fits.
    const each = values.map((secret) => new Webhooks({ secret }).verify(text, signature));
    return (await Promise.all(each)).includes(true);
  };
  if (await fits()) return true;
  const mayHaveChanged = secrets.map((secret) => secret.stale()).includes(true);
  return mayHaveChanged && fits();
}

/**
 * octokit verifies text, GitHub signs bytes. With its byte order mark kept, valid UTF-8 and its text are one to one.
 * Null: no text stands for these bytes alone, or it is empty, on which octokit throws. GitHub sends neither.
 */
function exactTextOf(body: Uint8Array): string | null {
  if (body.length === 0 || !isUtf8(body)) return null;
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
}
