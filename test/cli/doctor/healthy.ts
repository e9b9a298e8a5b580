/** A deployment in which everything is well, on loopback, for tests to break one thing of. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { realWorld } from '../../../cli/doctor/real-world.ts';
import type { DoctorWorld } from '../../../cli/doctor/world.ts';
import { tablestoreLedger } from '../../../shared/adapters/tablestore/tables.ts';
import type { Config } from '../../../shared/config/config.ts';
import { RUNNER_RELEASE_NOTE } from '../../../shared/runner/release.ts';
import { createAccount } from '../../../simulator/accounts.ts';
import { scaledClock } from '../../../simulator/clock.ts';
import { createEcs, type Ecs } from '../../../simulator/ecs/index.ts';
import { createFunctionCompute, serveFunctionCompute } from '../../../simulator/function-compute/index.ts';
import {
  createGitHub,
  type GitHubOptions,
  type SimGitHub,
  serveGitHub,
} from '../../../simulator/github/index.ts';
import {
  createManagement,
  type ManagementState,
  serveManagement,
} from '../../../simulator/management/index.ts';
import { seeded } from '../../../simulator/random.ts';
import {
  ALL_NETWORKS,
  createTableStore,
  serveTableStore,
  type TableStore,
} from '../../../simulator/tablestore/index.ts';
import { ensureTables } from '../../shared/ledger/ensure-tables.ts';
import {
  ACCOUNT,
  build,
  configuration,
  deploy,
  type Held,
  hosted,
  redeploy,
  releaseText,
  WEBHOOK_URL,
} from './deployed.ts';

const ARCHIVES = ['x64', 'arm64'].map((arch) => ({
  name: `actions-runner-linux-${arch}-2.341.0.tar.gz`,
  ...{ url: `https://github.com/${arch}`, sha256: 'a'.repeat(64), sizeBytes: 9 },
}));

export const KEY = { accessKeyId: 'LTAIoperator', accessKeySecret: 'shh', securityToken: null };
const HOOK_SECRET = 'hush-hush-hush-hush-hush-hush';
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

export interface Healthy {
  readonly management: ManagementState;
  readonly ecs: Ecs;
  readonly github: SimGitHub;
  readonly tablestore: TableStore;
  readonly config: Config;
  world(changes?: Partial<Config>): DoctorWorld;
  /** What the operator's identity may not do. */
  readonly denied: Set<string>;
  /** The operator's key; to be changed. */
  readonly key: { accessKeyId: string; accessKeySecret: string; securityToken: null };
  /** The variables of `.env`; to be changed. */
  readonly variables: Record<string, string>;
  /** Ids of the runner groups. */
  readonly groups: number[];
  /** Its id. */
  readonly installation: number;
  /** Puts it in the place of what was there; empty: takes it away. */
  note(id: string, text: string): Promise<void>;
  /** What the functions were deployed with. */
  readonly held: Held;
  close(): Promise<void>;
}

export interface Options {
  readonly github?: Partial<GitHubOptions>;
  /** Which signatures the invocation gateway takes. */
  readonly signatures?: readonly ('fc' | 'acs3')[];
  readonly deliveryStatus?: number;
  /** Milliseconds that GitHub's clock is ahead of ours. */
  readonly githubAheadMs?: number;
}

export async function healthy(options: Options = {}): Promise<Healthy> {
  const clock = scaledClock(1);
  const random = seeded(7);
  const denied = new Set<string>();
  const account = createAccount(ACCOUNT, 'cn-hongkong');
  account.add(KEY.accessKeyId, { secret: KEY.accessKeySecret, mayDo: (action) => !denied.has(action) });
  const ecs = createEcs({ clock, random, credentials: account.find, soldOut: 0 });
  const management = createManagement(ACCOUNT);
  const credentials = account.find;
  const served = await serveManagement({ state: management, credentials, nowMs: Date.now, ecs });
  const tablestore = createTableStore({
    ...{ clock, credentials, instance: 'ci-run', networks: ALL_NETWORKS, readyAfterMs: 0 },
  });
  const store = await serveTableStore(tablestore);
  const fc = createFunctionCompute({ clock, random, account, functions: [] });
  const gateway = await serveFunctionCompute(
    fc,
    options.signatures ? { signatures: options.signatures } : {},
  );
  const { github, groups, installation } = await gitHub(options, random, clock);
  const servedGitHub = await serveGitHub(github);
  const config = configuration();
  const key = { ...KEY };
  const root = build(config);
  const variables: Record<string, string> = {
    ALIBABA_ENDPOINT: served.endpoint,
    TABLESTORE_ENDPOINT: `http://127.0.0.1:${store.port}`,
    INVOKE_ENDPOINT: gateway.endpoint,
    GITHUB_API: servedGitHub.origin,
    GITHUB_APP_ID: '42',
    GITHUB_PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: HOOK_SECRET,
  };
  const connection = {
    endpoint: variables.TABLESTORE_ENDPOINT as string,
    instance: 'ci-run',
    credentials: () => ({ accessKeyId: KEY.accessKeyId, accessKeySecret: KEY.accessKeySecret }),
  };
  await ensureTables(connection);
  const { notes } = tablestoreLedger(connection, randomUUID);
  const note = async (id: string, text: string) => {
    const held = await notes.read(id);
    if (held !== null) await notes.remove(id, held);
    if (text !== '') await notes.add(id, { text, untilMs: 0 });
  };
  await note(RUNNER_RELEASE_NOTE, releaseText('2.341.0'));
  await note('sweep', `${Date.now()} 0 ${Date.now()}`);
  await note('github:my-org', JSON.stringify({ limit: 5000, lows: { '2026-11-27': 8, '2026-11-28': 7 } }));
  const held: Held = { appId: '42', privateKey, webhookSecrets: [HOOK_SECRET] };
  management.onInvoke = hosted(held);
  const world = (changes: Partial<Config> = {}) => {
    const changed = { ...config, ...changes };
    // A test that is about a configuration is about one that was deployed.
    if (Object.keys(changes).length > 0) redeploy(management, changed, root);
    return realWorld(changed, { variables, accessKey: async () => key, root, rootOf: async () => null });
  };
  deploy(management, config, world().release ?? '');
  await world().github('PATCH /app/hook/config', { url: WEBHOOK_URL }, 'app');
  return {
    management,
    ecs,
    github,
    tablestore,
    config,
    world,
    denied,
    key,
    variables,
    groups,
    installation,
    note,
    held,
    async close() {
      await Promise.all([served.close(), store.close(), gateway.close(), servedGitHub.close()]);
      fc.close();
      clock.stop();
      rmSync(root, { recursive: true });
    },
  };
}

async function gitHub(
  options: Options,
  random: ReturnType<typeof seeded>,
  clock: ReturnType<typeof scaledClock>,
) {
  const { githubAheadMs = 0, deliveryStatus = 202 } = options;
  const ahead = { ...clock, nowMs: () => clock.nowMs() + githubAheadMs };
  const github = createGitHub({
    clock: ahead,
    random,
    app: { id: 42, publicKeyPem: publicKey, webhookSecret: HOOK_SECRET },
    deliver: async () => ({ status: deliveryStatus }),
    behaviour: { deliveryMs: [0, 1] },
    ...options.github,
  });
  github.addOrganization('my-org');
  for (const name of ['app', 'kernel', 'secret']) github.addRepository(`my-org/${name}`);
  const { id } = github.addGroup({
    organization: 'my-org',
    name: 'ci-runners',
    repositories: ['my-org/app', 'my-org/kernel'],
  });
  const installation = github.install('my-org').id;
  github.setRunnerReleases([
    { version: '2.340.0', publishedAtMs: Date.now() - 40 * 86_400_000, assets: [] },
    { version: '2.341.0', publishedAtMs: Date.now() - 25 * 86_400_000, assets: ARCHIVES },
  ]);
  github.ping();
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { github, groups: [id], installation };
}
