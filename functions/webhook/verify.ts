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

/** One of the secrets could not be read. */
export interface Unread {
  /** 0 is the current one; what comes after it was good before. */
  readonly at: number;
  readonly error: unknown;
}

export const hasShapeOfSignature = (signature: string | undefined): signature is string =>
  signature !== undefined && /^sha256=[0-9a-f]{64}$/.test(signature);

/**
 * Several secrets are good at once, so that one can be rotated without losing a delivery: any that can be read and fits
 * is enough, and the others are told to `unread`. Throws when none fits and the current one could not be read.
 */
export async function isSigned(
  body: Uint8Array,
  signature: string | undefined,
  secrets: readonly WebhookSecret[],
  unread: (secret: Unread) => void = () => undefined,
): Promise<boolean> {
  // Before a secret is read or a byte is hashed: anyone can post without a signature.
  if (!hasShapeOfSignature(signature)) return false;
  const text = exactTextOf(body);
  if (text === null) return false;
  const first = await look(text, signature, secrets);
  const mayHaveChanged = !first.fits && secrets.map((secret) => secret.stale()).includes(true);
  const { fits, missed } = mayHaveChanged ? await look(text, signature, secrets) : first;
  for (const one of missed) unread(one);
  const current = missed.find(({ at }) => at === 0);
  if (!fits && current !== undefined) throw current.error;
  return fits;
}

/** Every secret is tried, so that the time tells nothing of which one fits. */
async function look(text: string, signature: string, secrets: readonly WebhookSecret[]) {
  const read = await Promise.allSettled(secrets.map((secret) => secret.read()));
  const missed = read.flatMap((one, at): Unread[] =>
    one.status === 'rejected' ? [{ at, error: one.reason }] : [],
  );
  const each = secrets.map((source, at) => {
    const one = read[at];
    return one?.status === 'fulfilled' && verifierOf(source, one.value).verify(text, signature);
  });
  return { fits: (await Promise.all(each)).includes(true), missed };
}

/** Of each source the last: to make one costs a third of what it costs to verify with it. */
const verifiers = new WeakMap<WebhookSecret, { readonly secret: string; readonly webhooks: Webhooks }>();

function verifierOf(source: WebhookSecret, secret: string): Webhooks {
  const made = verifiers.get(source);
  if (made?.secret === secret) return made.webhooks;
  const webhooks = new Webhooks({ secret });
  verifiers.set(source, { secret, webhooks });
  return webhooks;
}

/**
 * octokit verifies text, GitHub signs bytes. With its byte order mark kept, valid UTF-8 and its text are one to one.
 * Null: no text stands for these bytes alone, or it is empty, on which octokit throws. GitHub sends neither.
 */
function exactTextOf(body: Uint8Array): string | null {
  if (body.length === 0 || !isUtf8(body)) return null;
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
}
