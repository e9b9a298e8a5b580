/** Whether GitHub signed these very bytes. @see https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** One of the secrets that are good now. */
export interface WebhookSecret {
  /** Throws when it is out of reach. */
  read(): Promise<string>;
  /** It did not fit. True: it may have been rotated, and the next `read` looks again. */
  stale(): boolean;
}

/** Several secrets are good at once, so that one can be rotated without losing a delivery. */
export async function isSigned(
  body: Uint8Array,
  signature: string | undefined,
  secrets: readonly WebhookSecret[],
): Promise<boolean> {
  const hex = /^sha256=([0-9a-f]{64})$/.exec(signature ?? '')?.[1];
  if (hex === undefined) return false;
  const given = Buffer.from(hex, 'hex');
  const fits = async (): Promise<boolean> => {
    const texts = await Promise.all(secrets.map((secret) => secret.read()));
    // Every secret is tried, so that the time tells nothing of which one fits.
    return texts.map((text) => timingSafeEqual(given, digestOf(body, text))).includes(true);
  };
  if (await fits()) return true;
  const mayHaveChanged = secrets.map((secret) => secret.stale()).includes(true);
  return mayHaveChanged && fits();
}

function digestOf(body: Uint8Array, secret: string): Buffer {
  return createHmac('sha256', secret).update(body).digest();
}
