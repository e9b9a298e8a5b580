/** One secret, wherever it is kept: read when needed, kept a short time, read again when it seems to have changed. */

import { parseReference, type SecretReference, TOO_SHORT } from '../../config/secret-text.ts';
import {
  SECRET_FAILED_MS,
  SECRET_KEPT_MAX_MS,
  SECRET_MIN_CHARS,
  SECRET_REREAD_MIN_MS,
} from '../../limits.ts';
import { AlibabaRefusal, NoAlibabaAnswer } from '../alibaba/call.ts';

/** The secret's value by its name in the store. Throws when it cannot be had. */
export type FetchSecret = (name: string) => Promise<string>;

export interface SecretSource {
  /** Throws, naming the reference and never a value, when the secret cannot be had. */
  read(): Promise<string>;
  /** The secret was refused (bad signature, 401). True: the next `read` asks its store again. */
  stale(): boolean;
}

export interface SecretWorld {
  /** `kms:NAME`, `oos:NAME`, `file:PATH`, or the secret itself. */
  readonly reference: string;
  readonly fetchKms: FetchSecret;
  readonly fetchOos: FetchSecret;
  readonly readFile: FetchSecret;
  readonly nowMs: () => number;
}

/** It could not be had from where it is kept; `cause`: what was said there. */
export class SecretUnread extends Error {
  override readonly name = 'SecretUnread';
}

export function secretSource(world: SecretWorld): SecretSource {
  const place = parseReference(world.reference);
  if (place === null) return literal(world.reference);
  const fetchers = { kms: world.fetchKms, oos: world.fetchOos, file: world.readFile };
  return kept(() => fetchChecked(place, fetchers[place.store]), world.nowMs);
}

/** An environment variable holds no line breaks, so a key given as such has them written as \n. */
function literal(text: string): SecretSource {
  const value = text.replaceAll('\\n', '\n');
  return { read: async () => value, stale: () => false };
}

async function fetchChecked(place: SecretReference, fetch: FetchSecret): Promise<string> {
  const where = `${place.store}:${place.name}`;
  let value: string;
  try {
    value = (await fetch(place.name)).trim();
  } catch (error) {
    throw new SecretUnread(`the secret ${where} could not be read: ${reasonOf(error)}`, { cause: error });
  }
  if (value === '') throw new SecretUnread(`the secret ${where} is empty`);
  if (value.length < SECRET_MIN_CHARS) throw new SecretUnread(`the secret ${where} ${TOO_SHORT}`);
  return value;
}

/** Our own words about a service's answer, or a kind of error: what it says itself may hold anything. */
function reasonOf(error: unknown): string {
  if (error instanceof AlibabaRefusal || error instanceof NoAlibabaAnswer) return error.message;
  if (!(error instanceof Error)) return 'no reason given';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function kept(fetch: () => Promise<string>, nowMs: () => number): SecretSource {
  let held: { readonly value: string; readonly atMs: number } | null = null;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let isDoubted = false;
  let failure: { readonly error: unknown } | null = null;
  let pending: Promise<string> | null = null;

  const ask = async (): Promise<string> => {
    askedAtMs = nowMs();
    isDoubted = false;
    failure = null;
    try {
      const value = await fetch();
      held = { value, atMs: askedAtMs };
      return value;
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  const asking = async (): Promise<string> => {
    if (failure !== null && nowMs() - askedAtMs < SECRET_FAILED_MS) throw failure.error;
    pending ??= ask().finally(() => {
      pending = null;
    });
    return pending;
  };
  return {
    async read() {
      const fresh = held !== null && nowMs() - held.atMs < SECRET_KEPT_MAX_MS ? held : null;
      if (fresh === null) return asking();
      if (!isDoubted) return fresh.value;
      // A store that is out of reach proves nothing against a value that is still good by age.
      return asking().catch(() => fresh.value);
    },
    stale() {
      isDoubted ||= nowMs() - askedAtMs >= SECRET_REREAD_MIN_MS;
      return isDoubted;
    },
  };
}
