/** The operator's own look at a secret, by the reference in `.env`. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
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
