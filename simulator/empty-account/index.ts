/**
 * An account in which nothing is deployed, and an organisation without an App, on loopback: what an install is tried on.
 * Time is real: the operator's commands sign with their own clock.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { type Account, createAccount } from '../accounts.ts';
import { scaledClock } from '../clock.ts';
import { createEcs, type EcsOptions, marketAddresses, serveEcs } from '../ecs/index.ts';
import {
  createFunctionCompute,
  type FunctionCompute,
  serveFunctionCompute,
} from '../function-compute/index.ts';
import { createGitHub, type GitHubOptions, type SimGitHub, serveGitHub } from '../github/index.ts';
import { type AppPages, serveAppPages } from '../github/pages/app-pages.ts';
import { post } from '../loopback-functions.ts';
import {
  createManagement,
  EGRESS,
  egressOf,
  type ManagementState,
  type SimFunction,
  serveManagement,
} from '../management/index.ts';
import { seeded } from '../random.ts';
import { serveReleases } from '../releases.ts';
import { createTableStore, serveTableStore } from '../tablestore/index.ts';
import { type TimedDriverOptions, timedDriver } from '../timed-driver.ts';
import { allows, host, rightsOf } from './hosting.ts';
import { applyStack } from './resources.ts';

export { deployFunctions } from './serverless-devs.ts';

export interface EmptyAccountOptions {
  /** Where deployed code is unpacked. */
  readonly folder: string;
  readonly organization: string;
  readonly seed?: number;
  readonly onLine?: (functionName: string, line: string) => void;
  readonly github?: Pick<GitHubOptions, 'behaviour'>;
  readonly boots?: Partial<TimedDriverOptions>;
  readonly ecs?: Partial<EcsOptions>;
}

export type EmptyAccount = Awaited<ReturnType<typeof openEmptyAccount>>;

export const ACCOUNT_ID = '1234567890123456';
const REGION = 'cn-hongkong';
const APP_ID = 4242;
const RUNNER_VERSION = '2.336.0';
const KEY = { accessKeyId: 'LTAI-simulated-operator', accessKeySecret: 'canary-operator-secret-9a7c' };
const WEBHOOK_SECRET = 'canary-webhook-secret-5f1d';
const QUOTA_VCPUS = '5000';

export async function openEmptyAccount(options: EmptyAccountOptions) {
  const clock = scaledClock(1);
  const random = seeded(options.seed ?? 1);
  const account = createAccount(ACCOUNT_ID, REGION);
  account.add(KEY.accessKeyId, { secret: KEY.accessKeySecret });
  const hub = await gitHub(options, clock, random.fork());
  const boot = timedDriver({ github: hub.github, random: random.fork(), ...options.boots });
  const ecs = createEcs({
    ...{ clock, random: random.fork(), credentials: account.find, boot },
    ...options.ecs,
  });
  const store = createTableStore({ clock, credentials: account.find, instance: '' });
  const management = createManagement(ACCOUNT_ID);
  for (const kind of ['postpaid', 'spot'])
    management.quotas.set(`max-${kind}-instance-vcpu-count`, QUOTA_VCPUS);
  const { onLine = () => undefined } = options;
  const fc = createFunctionCompute({ clock, random: random.fork(), account, functions: [], onLine });
  const common = { credentials: account.find, nowMs: () => clock.nowMs(), ecs };
  const [served, ecsServer, storeServer, fcServer] = await Promise.all([
    serveManagement({ state: management, ...common }),
    serveEcs(ecs, { wallNowMs: () => clock.nowMs() }),
    serveTableStore(store, { wallNowMs: () => clock.nowMs() }),
    serveFunctionCompute(fc),
  ]);
  const addresses = () => ({
    TABLESTORE_ENDPOINT: `http://127.0.0.1:${storeServer.port}`,
    INVOKE_ENDPOINT: fcServer.endpoint,
    ...marketAddresses(ecsServer.port),
    GITHUB_API: hub.api.origin,
  });
  const stores = { KMS_ENDPOINT: served.endpoint, OOS_ENDPOINT: served.endpoint };
  const fixed = () => ({ ...addresses(), ...stores, FC_REGION: REGION, FC_ACCOUNT_ID: ACCOUNT_ID });
  mkdirSync(options.folder, { recursive: true });
  const hosting = { fc, management, folder: options.folder, openUrl: fcServer.open };
  const places = { management, ecs, store };
  management.onStack = (stack, before, after) => applyStack(places, stack, before, after);
  management.onFunction = (name) =>
    host({ ...hosting, addresses: (deployed) => ({ ...fixed(), GITHUB_API: hub.doorOf(deployed) }) }, name);
  takeRoles(management, account);
  management.onInvoke = (name, event) => invoked(fc, name, event);
  return {
    ...{ clock, ecs, store, fc, management, github: hub.github, pages: hub.pages },
    accessKey: { ...KEY, securityToken: null },
    /** What an operator's commands find all of it by. */
    variables: {
      ...addresses(),
      ALIBABA_ENDPOINT: served.endpoint,
      GITHUB_BASE_URL: hub.pages.origin,
    } as Readonly<Record<string, string>>,
    async close() {
      fc.close();
      clock.stop();
      const servers = [served, ecsServer, storeServer, fcServer, hub];
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

/** Whoever takes a role may do what it allows, and the session's own policy as well where it has one. */
export function takeRoles(management: ManagementState, account: Account): void {
  management.onAssume = (
    role,
    { AccessKeyId, AccessKeySecret: secret, SecurityToken },
    expiresAtMs,
    policy,
  ) => {
    const may = rightsOf(management, role);
    const mayDo = (action: string) => may(action) && (policy === null || allows(policy, action));
    account.add(AccessKeyId, { secret, securityToken: SecurityToken, expiresAtMs, mayDo });
  };
}

async function invoked(fc: FunctionCompute, name: string, event: Buffer): Promise<unknown> {
  const outcome = await fc.invokeSync(name, event);
  if (outcome.kind === 'done') return outcome.value;
  throw new Error('message' in outcome ? outcome.message : outcome.kind);
}

/** An organisation with a repository and a runner group; its person may make an App, which then has what it asked for. */
async function gitHub(
  { organization, github: options }: EmptyAccountOptions,
  clock: ReturnType<typeof scaledClock>,
  random: ReturnType<typeof seeded>,
) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const pages: AppPages = await serveAppPages({
    nowMs: () => clock.nowMs(),
    app: { id: APP_ID, pem: privateKey, webhookSecret: WEBHOOK_SECRET },
    organizations: [organization],
    install: (owner) => void github.install(owner),
  });
  const permissions: Record<string, 'read' | 'write'> = {};
  const github: SimGitHub = createGitHub({
    ...{ clock, random, permissions, ...options },
    app: { id: APP_ID, publicKeyPem: publicKey, webhookSecret: WEBHOOK_SECRET },
    deliver: (delivery, url) => post(url, delivery),
    manifestConversion(code) {
      const made = pages.manifestConversion(code);
      if (made !== null) {
        Object.assign(permissions, made.permissions);
        github.ping();
      }
      return made;
    },
  });
  github.addOrganization(organization);
  github.addRepository(`${organization}/app`);
  github.addGroup({ organization, name: 'ci-runners', repositories: 'all' });
  const api = await serveGitHub(github);
  const doors = {
    shared: await serveGitHub(github, { from: EGRESS.shared }),
    nat: await serveGitHub(github, { from: EGRESS.nat }),
    // Port 9, "discard": nobody is there.
    none: { origin: 'http://127.0.0.1:9', close: async () => undefined },
  };
  const releases = await serveReleases(github, clock, RUNNER_VERSION);
  return {
    ...{ github, pages, api },
    /** Where the calls of that function arrive, as coming from its address. */
    doorOf: (deployed: SimFunction) => doors[egressOf(deployed) ?? 'none'].origin,
    close: () => Promise.all([pages, api, releases, ...Object.values(doors)].map((server) => server.close())),
  };
}
