/** The webhook's verification without a package: what `npm run bench` holds octokit's against. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookSecret } from '../../functions/webhook/verify.ts';

const SIGNATURE = /^sha256=([0-9a-f]{64})$/;

/** @public In the bundle this file stands for verify.ts, and `webhook.ts` imports it. */
export const hasShapeOfSignature = (signature: string | undefined): signature is string =>
  SIGNATURE.test(signature ?? '');

export async function isSigned(
  body: Uint8Array,
  signature: string | undefined,
  secrets: readonly WebhookSecret[],
): Promise<boolean> {
  const hex = SIGNATURE.exec(signature ?? '')?.[1];
  if (hex === undefined) return false;
  const given = Buffer.from(hex, 'hex');
  const texts = await Promise.all(secrets.map((secret) => secret.read()));
  const digests = texts.map((text) => createHmac('sha256', text).update(body).digest());
  return digests.map((digest) => timingSafeEqual(given, digest)).includes(true);
}
