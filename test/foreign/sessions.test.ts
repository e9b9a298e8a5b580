/** Sessions of roles, over HTTP: Alibaba's own clients against the Security Token Service that we play, and `control.deployFrom` through it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { doRequest } from '@alicloud/credentials/dist/src/providers/http.js';
import OidcProvider from '@alicloud/credentials/dist/src/providers/oidc_role_arn.js';
import RoleProvider from '@alicloud/credentials/dist/src/providers/ram_role_arn.js';
import KeyProvider from '@alicloud/credentials/dist/src/providers/static_ak.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alibaba } from '../../cli/shared/alibaba.ts';
import { fingerprintsOf, GITHUB_ISSUER, subjectsOf } from '../../shared/github-trust.ts';
import { createAccount } from '../../simulator/accounts.ts';
import { VirtualClock } from '../../simulator/clock.ts';
import { createEcs } from '../../simulator/ecs/index.ts';
import { takeRoles } from '../../simulator/empty-account/index.ts';
import { applyStack } from '../../simulator/empty-account/resources.ts';
import {
  createManagement,
  type ServedManagement,
  serveManagement,
} from '../../simulator/management/index.ts';
import { seeded } from '../../simulator/random.ts';
import { createTableStore } from '../../simulator/tablestore/index.ts';
import { BROUGHT, configOf, templatesOf } from '../infra/deployment.ts';
import { appJwt, PUBLIC_KEY_PEM } from '../shared/adapters/github/jwt.ts';

const KEY = { accessKeyId: 'LTAIsessions', accessKeySecret: 'a-secret' };
const ACCOUNT = '1234567890123456';
const ROOT = fingerprintsOf(null)[0] as string;
const deployFrom = { repository: 'my-org/infra', branch: 'main', environment: null };
const ids = { ownerId: 11, id: 22 };
const state = createManagement(ACCOUNT);
const folder = mkdtempSync(join(tmpdir(), 'sessions-'));
let served: ServedManagement;

beforeAll(async () => {
  const account = createAccount(ACCOUNT, 'cn-hongkong');
  account.add(KEY.accessKeyId, { secret: KEY.accessKeySecret });
  takeRoles(state, account);
  served = await serveManagement({ state, credentials: account.find, nowMs: Date.now });
  state.issuers.push({ url: GITHUB_ISSUER, publicKeyPem: PUBLIC_KEY_PEM, root: ROOT });
  const clock = new VirtualClock(Date.now());
  const ecs = createEcs({ clock, random: seeded(1), credentials: () => null });
  const workflow = { fingerprints: fingerprintsOf(ROOT), subjects: subjectsOf(deployFrom, ids) };
  const templates = templatesOf(configOf({ control: { deployFrom }, placements: [BROUGHT] }), undefined, {
    workflow,
  });
  const control = templates.find(({ stackName }) => stackName.endsWith('-control'));
  const places = { management: state, ecs, store: createTableStore({ clock, instance: '' }) };
  const stack = { region: 'cn-hongkong', outputs: {} } as never;
  await applyStack(places, stack, null, { text: JSON.stringify(control?.body), parameters: {} });
});
afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true });
});

const arnOf = (role: string) => `acs:ram::${ACCOUNT}:role/${role}`;
const PROVIDER = `acs:ram::${ACCOUNT}:oidc-provider/ci-runner-github`;
const NEW = 'repo:my-org@11/infra@22:ref:refs/heads/main';
const now = () => Math.floor(Date.now() / 1000);
const claims = (changes: object = {}) => ({
  ...{ iss: GITHUB_ISSUER, aud: 'sts.aliyuncs.com', sub: NEW, exp: now() + 300 },
  ...changes,
});

/** Under Node's ES modules the default export of such a CommonJS package is the module itself; test runners unwrap it. */
const classOf = <Class>(module: { readonly default: Class }): Class =>
  module.default ?? (module as unknown as Class);

type Provider = { getCredentials(): Promise<Key>; doRequest: typeof doRequest };
interface Key {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
}
/** The client speaks HTTPS alone; nothing else of what it sends is changed. */
function overHttp<Made>(provider: Made): Made {
  (provider as Provider).doRequest = (request) => {
    (request as unknown as { protocol: string }).protocol = 'http';
    return doRequest(request);
  };
  return provider;
}
const host = () => served.endpoint.replace('http://', '');

function workflow(token: string, role = arnOf('ci-runner-deploy'), provider = PROVIDER): Promise<Key> {
  const path = join(folder, 'token');
  writeFileSync(path, token);
  const builder = classOf(OidcProvider).builder().withOIDCTokenFilePath(path).withRoleArn(role);
  const made = builder.withOIDCProviderArn(provider).withStsEndpoint(host()).withDurationSeconds(900).build();
  return (overHttp(made) as unknown as Provider).getCredentials();
}

describe('a workflow of control.deployFrom', () => {
  test('gets a session with its token alone, which may change functions and nothing else', async () => {
    const { accessKeyId, accessKeySecret, securityToken } = await workflow(appJwt({ claims: claims() }));
    const cloud = alibaba(async () => ({ accessKeyId, accessKeySecret, securityToken }), served.endpoint);
    await expect(
      cloud.fc('cn-hongkong', 'GetFunction', 'GET', '/functions/ci-runner-webhook'),
    ).rejects.toThrow(/404 FunctionNotFound/);
    await expect(cloud.rpc('ram', 'cn-hongkong', 'CreateRole', { RoleName: 'evil' })).rejects.toThrow(
      /403 NoPermission/,
    );
    const without = alibaba(
      async () => ({ accessKeyId, accessKeySecret, securityToken: null }),
      served.endpoint,
    );
    await expect(without.rpc('sts', 'cn-hongkong', 'GetCallerIdentity')).rejects.toThrow(/was refused: 4/);
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['a token of another key', () => workflow(`${appJwt({ claims: claims() }).slice(0, -8)}AAAAAAAA`), /OIDCToken\.Invalid/],
    ['a token that is none', () => workflow('none'), /OIDCToken\.Invalid/],
    ['another branch', () => workflow(appJwt({ claims: claims({ sub: NEW.replace('main', 'evil') }) })), /NoPermission/],
    ['another audience', () => workflow(appJwt({ claims: claims({ aud: 'sts.amazonaws.com' }) })), /AudienceMismatch/],
    ['a token that has expired', () => workflow(appJwt({ claims: claims({ exp: now() - 1 }) })), /Expired/],
    ['another role of ours', () => workflow(appJwt({ claims: claims() }), arnOf('ci-runner-launcher')), /NoPermission/],
    ['a role that is not there', () => workflow(appJwt({ claims: claims() }), arnOf('nobody')), /EntityNotExist\.Role/],
    ['another provider', () => workflow(appJwt({ claims: claims() }), arnOf('ci-runner-deploy'), PROVIDER.replace('github', 'other')), /EntityNotExist\.OIDCProvider/],
  ])('with %s gets none', async (_what, asked, said) => {
    await expect(asked()).rejects.toThrow(said);
  });

  test('is refused by its root certificate when GitHub has turned to another', async () => {
    const [issuer] = state.issuers.splice(0, 1, {
      url: GITHUB_ISSUER,
      publicKeyPem: PUBLIC_KEY_PEM,
      root: 'f'.repeat(40),
    });
    await expect(workflow(appJwt({ claims: claims() }))).rejects.toThrow(/PublicKeyFingerprintMismatch/);
    state.issuers.splice(0, 1, issuer as never);
  });
});

describe('a person', () => {
  const ROLE = 'ci-person';
  const trust = (who: string) => ({
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: [who] } }],
  });
  const allowing = (...Action: string[]) => ({
    Version: '1',
    Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
  });

  function session(words: { seconds?: number; name?: string; policy?: string } = {}): Promise<Key> {
    const { accessKeyId, accessKeySecret } = KEY;
    const key = classOf(KeyProvider)
      .builder()
      .withAccessKeyId(accessKeyId)
      .withAccessKeySecret(accessKeySecret)
      .build();
    const builder = classOf(RoleProvider).builder().withCredentialsProvider(key).withRoleArn(arnOf(ROLE));
    const named = builder.withRoleSessionName(words.name ?? 'deploy').withStsEndpoint(host());
    const made = named
      .withPolicy(words.policy ?? '')
      .withDurationSeconds(words.seconds ?? 900)
      .build();
    return (overHttp(made) as unknown as Provider).getCredentials();
  }

  test('who may take a role gets a session that may what role and session policy both allow', async () => {
    const both = new Map([['p', allowing('ros:ListStacks', 'ram:GetRole')]]);
    state.roles.set(ROLE, { trust: trust(`acs:ram::${ACCOUNT}:root`), policies: both });
    const key = await session({ policy: JSON.stringify(allowing('ros:ListStacks', 'ram:DeleteRole')) });
    const cloud = alibaba(async () => key, served.endpoint);
    expect(await cloud.rpc('ros', 'cn-hongkong', 'ListStacks')).toMatchObject({ Stacks: [] });
    for (const action of ['GetRole', 'DeleteRole'])
      await expect(cloud.rpc('ram', 'cn-hongkong', action, { RoleName: ROLE })).rejects.toThrow(
        /NoPermission/,
      );
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['another account', () => state.roles.set(ROLE, { trust: trust('acs:ram::7:root'), policies: new Map() }), {}, /NoPermission/],
    ['a name with a space', () => undefined, { name: 'a b' }, /RoleSessionName/],
    ['two hours', () => undefined, { seconds: 7_200 }, /DurationSeconds/],
    ['a policy that is too long', () => undefined, { policy: ' '.repeat(2_049) }, /PolicySize/],
    ['a policy that is none', () => undefined, { policy: '{' }, /PolicyGrammar/],
  ])('%s is refused', async (_what, prepare, words, said) => {
    state.roles.set(ROLE, { trust: trust(`acs:ram::${ACCOUNT}:root`), policies: new Map() });
    prepare();
    await expect(session(words)).rejects.toThrow(said);
  });
});
