/** The whole simulated world on loopback: Alibaba Cloud and GitHub over their wire protocols, hosting built bundles. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mirrorPlaces } from '../shared/runner/copies.ts';
import { type Account, createAccount } from './accounts.ts';
import { type SimClock, scaledClock } from './clock.ts';
import { createEcs, type EcsOptions, marketAddresses, serveEcs } from './ecs/index.ts';
import {
  createFunctionCompute,
  type InvocationEvent,
  serveFunctionCompute,
} from './function-compute/index.ts';
import { createGitHub, type GitHubOptions, type OutgoingDelivery, serveGitHub } from './github/index.ts';
import { serveLogService } from './log-service.ts';
import { functionsOf, type Hosting, post } from './loopback-functions.ts';
import { createOss, type OssOptions, serveOss } from './oss/index.ts';
import { type Random, seeded } from './random.ts';
import { serveReleases } from './releases.ts';
import { coreWaits } from './starvation.ts';
import { ALL_NETWORKS, createTable, createTableStore, serveTableStore } from './tablestore/index.ts';
import { type TimedDriverOptions, timedDriver } from './timed-driver.ts';

export interface LoopbackOptions {
  /** Simulated seconds in a real one. */
  readonly scale: number;
  readonly seed: number;
  /** The folder with `webhook/index.mjs` and the others. */
  readonly bundles: string;
  readonly deployment: string;
  /** As in runners.yaml: each has its mirror's bucket. */
  readonly placements: readonly { readonly region: string; readonly mirrorBucket: string | null }[];
  /** Each line that a function prints, as the log service would keep it. */
  readonly onLine?: (functionName: string, line: string) => void;
  readonly observe?: (event: InvocationEvent) => void;
  readonly github?: Partial<GitHubOptions>;
  readonly ecs?: Partial<EcsOptions>;
  readonly boots?: Partial<TimedDriverOptions>;
  readonly secrets?: Partial<Secrets>;
  /** What the role of each function allows, by RAM action. */
  readonly mayDo?: Hosting['mayDo'];
  /** GitHub's host as the functions are told it: one that no name server knows is reached by a proxy alone. */
  readonly gitHubHost?: string;
}

/** Recognisable on purpose: a test looks for them in everything that is printed. */
export interface Secrets {
  readonly webhookSecret: string;
  readonly operatorSecret: string;
}

export type Loopback = Awaited<ReturnType<typeof openLoopback>>;

const APP_ID = 4242;
const REGION = 'cn-hongkong';
const RUNNER_VERSION = '2.336.0';
const ACCOUNT_ID = '1234567890123456';
export const OPERATOR_KEY = 'LTAI-simulated-operator';
const SECRETS: Secrets = {
  webhookSecret: 'canary-webhook-secret-5f1d',
  operatorSecret: 'canary-operator-secret-9a7c',
};

export async function openLoopback(options: LoopbackOptions) {
  const { deployment, gitHubHost = '127.0.0.1' } = options;
  const secrets = { ...SECRETS, ...options.secrets };
  const clock = scaledClock(options.scale, Date.now(), coreWaits());
  const account = createAccount(ACCOUNT_ID, REGION);
  account.add(OPERATOR_KEY, { secret: secrets.operatorSecret });
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const random = seeded(options.seed);
  const deliver = (delivery: OutgoingDelivery) => post(fcServer.urlOf(`${deployment}-webhook`), delivery);
  const app = { id: APP_ID, publicKeyPem: pemOf(keys.publicKey), webhookSecret: secrets.webhookSecret };
  const { store, github, ecs } = machinesOf(options, { clock, random, account }, { app, deliver });
  const { oss, mirrorRegions, setOssFault } = bucketsOf(options, clock, account);
  const logPlace = { project: `${deployment}-runner-${ACCOUNT_ID}`, store: 'functions' };
  const [ecsServer, storeServer, gitHubServer, ossServer, publicOss, releases, logs] = await Promise.all([
    serveEcs(ecs, { wallNowMs: () => clock.nowMs() }),
    serveTableStore(store, { wallNowMs: () => clock.nowMs() }),
    serveGitHub(github),
    serveOss(oss, 'internal'),
    serveOss(oss, 'public'),
    serveReleases(github, clock, RUNNER_VERSION, gitHubHost),
    serveLogService({ clock, credentials: account.find, ...logPlace }),
  ]);
  const environment = (): Record<string, string> => ({
    FC_REGION: REGION,
    FC_ACCOUNT_ID: ACCOUNT_ID,
    TABLESTORE_ENDPOINT: `http://127.0.0.1:${storeServer.port}`,
    TABLESTORE_INSTANCE: store.instance,
    ...marketAddresses(ecsServer.port),
    OSS_ENDPOINT: `http://127.0.0.1:${ossServer.port}`,
    OSS_SOURCE_ENDPOINT: `http://127.0.0.1:${publicOss.port}`,
    LOG_ENDPOINT: `http://127.0.0.1:${logs.port}`,
    GITHUB_API: `http://${gitHubHost}:${gitHubServer.port}`,
    GITHUB_APP_ID: String(APP_ID),
    GITHUB_PRIVATE_KEY: pemOf(keys.privateKey).replaceAll('\n', '\\n'),
    WEBHOOK_SECRET: secrets.webhookSecret,
    INVOKE_ENDPOINT: fcServer.endpoint,
    LAUNCHER_FUNCTION: `${deployment}-launcher`,
    REAPER_FUNCTION: `${deployment}-reaper`,
    MIRROR_FUNCTION: `${deployment}-mirror`,
  });
  const { observe = () => undefined } = options;
  const onLine = alsoTo(logs.append, options.onLine);
  const functions = functionsOf({ ...options, mirrorRegions }, clock, environment);
  const fc = createFunctionCompute({ clock, random: random.fork(), account, functions, onLine, observe });
  const fcServer = await serveFunctionCompute(fc);
  return {
    ...{ clock, account, store, github, ecs, fc, oss, releases, environment, secrets, setOssFault },
    async close() {
      fc.close();
      clock.stop();
      const servers = [fcServer, ecsServer, storeServer, gitHubServer, ossServer, publicOss, releases, logs];
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

type OnLine = (functionName: string, line: string) => void;

const alsoTo =
  (keep: OnLine, tell: OnLine = () => undefined): OnLine =>
  (functionName, line) => {
    keep(functionName, line);
    tell(functionName, line);
  };

function pemOf(key: KeyObject): string {
  return key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
}

function machinesOf(
  options: LoopbackOptions,
  { clock, random, account }: { clock: SimClock; random: Random; account: Account },
  hub: Pick<GitHubOptions, 'app' | 'deliver'>,
) {
  const instance = `${options.deployment}-run`;
  const store = createTableStore({ clock, credentials: account.find, instance, networks: ALL_NETWORKS });
  for (const [name, keys, timeToLiveS] of TABLES) createTable(store, { name, keys, timeToLiveS });
  const github = createGitHub({ clock, random: random.fork(), ...hub, ...options.github });
  const boot = timedDriver({ github, random: random.fork(), ...options.boots });
  const ecs = createEcs({ clock, random: random.fork(), credentials: account.find, boot, ...options.ecs });
  return { store, github, ecs };
}

/** The mirrors' buckets, and where a mirror of its own fills one. */
function bucketsOf({ deployment: name, placements }: LoopbackOptions, clock: SimClock, account: Account) {
  let fault: NonNullable<OssOptions['fault']> = () => null;
  const setOssFault = (next: typeof fault): void => {
    fault = next;
  };
  const oss = createOss({ clock, credentials: account.find, fault: (...asked) => fault(...asked) });
  const { source, regional } = mirrorPlaces({ name, control: { region: REGION }, placements }, ACCOUNT_ID);
  for (const { region, bucket } of source === null ? [] : [source, ...regional])
    oss.addBucket(bucket, region);
  return { oss, setOssFault, mirrorRegions: regional.map(({ region }) => region) };
}

const TABLES = [
  ['ledger', ['kind', 'id'], -1],
  ['history', ['day', 'jobId'], 90 * 24 * 3600],
] as const;
