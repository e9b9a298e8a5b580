/** The older RPC signature, which `@alicloud/pop-core` and KMS's own client still send. */
import type { Credential, Credentials } from '../accounts.ts';
import { verifyEcs } from '../ecs/index.ts';

interface Asked {
  readonly headers: Readonly<Record<string, string>>;
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
}

/** Null: it is not signed so. Else who asked, and the headers that the newer protocol would have had. Throws the refusal. */
export function signedTheOlderWay(
  { headers, method, url, body }: Asked,
  form: Readonly<Record<string, string>>,
  credentials: Credentials,
  nowMs: number,
): { readonly credential: Credential; readonly headers: Asked['headers'] } | null {
  if (!url.searchParams.has('SignatureMethod') && !('SignatureMethod' in form)) return null;
  const request = {
    ...{
      method,
      path: url.pathname,
      query: [...url.searchParams],
      form: Object.entries(form),
      headers,
      body,
    },
  };
  const { credential, action, version } = verifyEcs(request, credentials, nowMs);
  return { credential, headers: { ...headers, 'x-acs-action': action, 'x-acs-version': version } };
}
