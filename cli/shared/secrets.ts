/** The operator's own look at a secret, by the reference in `.env`. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AlibabaRefusal } from '../../shared/adapters/alibaba/call.ts';
import { type SecretSource, secretSource } from '../../shared/adapters/secrets/secrets.ts';
import { alibabaSecrets } from '../../shared/adapters/secrets/stores.ts';
import type { Alibaba } from './alibaba.ts';

/** `root`: where paths of `file:` count from. */
export function operatorSecret(
  reference: string,
  { cloud, region, root }: { readonly cloud: Alibaba; readonly region: string; readonly root: string },
): SecretSource {
  return secretSource({
    reference,
    ...alibabaSecrets({
      region,
      call: cloud.call,
      kmsEndpoint: cloud.endpoint('kms', region),
      oosEndpoint: cloud.endpoint('oos', region),
    }),
    readFile: (path) => readFile(resolve(root, path), 'utf8'),
    nowMs: Date.now,
  });
}

/**
 * Why a secret is not for this machine to know: its key may not read the store, or the file is on another machine, as in
 * a workflow. Null: anything else, such as a store without an answer, or without that secret.
 */
export function whyNotHere(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { cause } = error;
  const isRefused = cause instanceof AlibabaRefusal && cause.statusCode === 403;
  const isElsewhere = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return isRefused || isElsewhere ? error.message : null;
}
