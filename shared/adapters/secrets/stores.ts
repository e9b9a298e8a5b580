/** KMS secrets and OOS encrypted parameters, by name. */
import type { CallAlibaba } from '../alibaba/call.ts';
import type { FetchSecret } from './secrets.ts';

export interface SecretStores {
  readonly region: string;
  readonly call: CallAlibaba;
  readonly kmsEndpoint?: string | undefined;
  readonly oosEndpoint?: string | undefined;
}

/** Alibaba Cloud docs: KMS GetSecretValue (2016-01-20), OOS GetSecretParameter (2019-06-01); both RPC. */
export function alibabaSecrets(stores: SecretStores): { fetchKms: FetchSecret; fetchOos: FetchSecret } {
  const { region, call } = stores;
  return {
    async fetchKms(name) {
      const body = await call({
        endpoint: stores.kmsEndpoint ?? `https://kms.${region}.aliyuncs.com`,
        action: 'GetSecretValue',
        version: '2016-01-20',
        query: { SecretName: name },
      });
      return textOf(body, 'SecretData');
    },
    async fetchOos(name) {
      const body = await call({
        endpoint: stores.oosEndpoint ?? `https://oos.${region}.aliyuncs.com`,
        action: 'GetSecretParameter',
        version: '2019-06-01',
        query: { Name: name, RegionId: region, WithDecryption: 'true' },
      });
      return textOf(body.Parameter, 'Value');
    },
  };
}

/** Throws without a word of the answer: it may hold the secret. */
function textOf(body: unknown, key: string): string {
  const value =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[key] : undefined;
  if (typeof value !== 'string') throw new Error(`the answer has no ${key}`);
  return value;
}
