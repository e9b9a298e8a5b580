/** Why an operator's key is not to be had: by what Alibaba's own chain of credentials says of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultCredentialsProvider } from '@alicloud/credentials';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { noKey } from '../../../cli/shared/alibaba.ts';
import { nextStep } from '../../../cli/shared/screen/next-step.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'no-key-'));
  writeFileSync(join(folder, 'token'), 'a.b.c');
  vi.stubEnv('HOME', folder);
  for (const name of ['ACCESS_KEY_ID', 'ACCESS_KEY_SECRET', 'PROFILE', 'CREDENTIALS_URI'])
    vi.stubEnv(`ALIBABA_CLOUD_${name}`, undefined);
  vi.stubEnv('ALIBABA_CLOUD_ECS_METADATA_DISABLED', 'true');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

type Answer = () => Promise<{ readonly statusCode: number; readonly body: Buffer }>;

/** As in a workflow: a role, a provider and a token; what the token service answers is given. */
async function asWorkflow(answer: Answer): Promise<Error> {
  vi.stubEnv('ALIBABA_CLOUD_ROLE_ARN', 'acs:ram::1:role/ci-runner-deploy');
  vi.stubEnv('ALIBABA_CLOUD_OIDC_PROVIDER_ARN', 'acs:ram::1:oidc-provider/ci');
  vi.stubEnv('ALIBABA_CLOUD_OIDC_TOKEN_FILE', join(folder, 'token'));
  return failed((provider) => Object.assign(provider, { doRequest: answer }));
}

async function failed(change: (provider: object) => unknown = () => undefined): Promise<Error> {
  const chain = DefaultCredentialsProvider.builder().build();
  const { providers } = chain as unknown as { readonly providers: readonly object[] };
  for (const each of providers) change(each);
  return chain
    .getCredentials()
    .catch(noKey)
    .catch((error: Error) => error) as Promise<Error>;
}

const refused =
  (Code: string): Answer =>
  async () => ({
    ...{ statusCode: 400, body: Buffer.from(JSON.stringify({ RequestId: 'r', Message: 'no', Code })) },
  });

test.each(['AuthenticationFail.OIDCToken.PublicKeyFingerprintMismatch', 'NoPermission'])(
  'a workflow that RAM does not let in hears why: %s',
  async (code) => {
    const error = await asWorkflow(refused(code));
    expect(error.message).toBe(`AssumeRoleWithOIDC was refused: ${code}`);
    expect(nextStep(error, '')).toMatch(/^RAM does not take this workflow’s token: .*npm run deploy by hand/);
  },
);

// As httpx, the client that the chain asks with, words it.
test.each([
  'getaddrinfo ENOTFOUND sts.aliyuncs.comPOST https://sts.aliyuncs.com/?Action=AssumeRoleWithOIDC failed.',
  'ConnectTimeout: Connect https://sts.cn-hongkong.aliyuncs.com/?Action=AssumeRole failed.',
  'ReadTimeout: 10000. POST /?Version=2015-04-01&Action=AssumeRoleWithOIDC failed.',
])('the token service out of reach is no want of credentials: %s', async (words) => {
  const error = await asWorkflow(() => Promise.reject(new Error(words)));
  expect(error.message).toMatch(/^the token service \(STS\) was not reached/);
  expect(nextStep(error, '')).toMatch(/^there was no answer/);
});

test('who has none at all is told what to set', async () => {
  const error = await failed();
  expect([error.name, error.message]).toEqual([
    'NoCredentials',
    expect.stringMatching(/^no credentials of Alibaba Cloud were found: set ALIBABA_CLOUD_ACCESS_KEY_ID/),
  ]);
});
