/** Whether GitHub signed these very bytes. @see https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Several secrets are good at once, so that one can be rotated without losing a delivery. */
export function isSigned(
  body: Uint8Array,
  signature: string | undefined,
  secrets: readonly string[],
): boolean {
  const hex = /^sha256=([0-9a-f]{64})$/.exec(signature ?? '')?.[1];
  if (hex === undefined) return false;
  const given = Buffer.from(hex, 'hex');
  // Every secret is tried, so that the time tells nothing of which one matched.
  return secrets
    .map((secret) => timingSafeEqual(given, createHmac('sha256', secret).update(body).digest()))
    .includes(true);
}
