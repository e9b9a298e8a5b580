/** What launcher and reaper have in common: the ledger, GitHub, the clouds, put together once a cold start. */

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import type { Environment } from '../config/environment.ts';
import { memoryIn } from '../github-note.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Alerts, Clock, GitHub, Instances, Log } from '../ports.ts';
import { FILE_MAX_MS } from '../runner/limits.ts';
import { alertsTo } from './alerts.ts';
import { type AccessKey, withoutNull } from './alibaba/acs3.ts';
import { alibabaCaller } from './alibaba/call.ts';
import { type EcsCall, ecsAddress, ecsCall } from './ecs/call.ts';
import { ecsInstances } from './ecs/instances.ts';
import { type Fingerprints, fingerprints, type HeldKey } from './fingerprints.ts';
import { gitHubOver } from './github/adapter.ts';
import { gitHubClient } from './github/client.ts';
import { filesVia } from './github/download.ts';
import type { GitHubRequest } from './github/request.ts';
import type { OwnHost } from './github/runner-releases.ts';
import { jsonLog } from './json-log.ts';
import { type SecretSource, secretSource } from './secrets/secrets.ts';
import { alibabaSecrets } from './secrets/stores.ts';
import { tablestoreLedger } from './tablestore/tables.ts';

/** Function Compute's, new with each invocation. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
}

export interface Adapters {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly github: GitHub;
  /** What `github` is made of, for what only one function asks of GitHub. */
  readonly gitHubRequest: GitHubRequest;
  readonly instances: Instances;
  readonly callEcs: EcsCall;
  readonly pause: (ms: number) => Promise<void>;
  readonly alerts: Alerts;
  /** Of the App's id and key as this function holds them. */
  readonly fingerprints: (nonce: string) => Promise<Fingerprints>;
  /** HTTP calls made so far; those to the ledger with each try. */
  readonly calls: () => Readonly<Record<'ecs' | 'gitHub' | 'ledger', number>>;
}

/** Also for the operator's commands, which have no function's id and no log. */
export function createAdapters(
  config: Config,
  environment: Omit<Environment<'launcher'>, 'FC_ACCOUNT_ID'>,
  credentials: () => AccessKey,
  log: Log = jsonLog(process.stdout, Date.now),
): Adapters {
  const clock = { nowMs: () => Date.now() };
  const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const ecs = counted(
    ecsCall({ credentials: async () => credentials(), ...ecsAddress(environment.ECS_ENDPOINT) }),
  );
  const key = appKeyFor(environment, credentials);
  const readKey = async () => ({ appId: environment.GITHUB_APP_ID, privateKeyPem: await key.read() });
  const gitHub = counted(gitHubFor(config, environment, { key, readKey }, clock, log));
  const [callEcs, gitHubRequest] = [ecs.call, gitHub.call];
  let ledgerCalls = 0;
  const ledger = tablestoreLedger(
    {
      endpoint: environment.TABLESTORE_ENDPOINT,
      instance: environment.TABLESTORE_INSTANCE,
      credentials: () => withoutNull(credentials()),
      onCall: () => ledgerCalls++,
    },
    randomUUID,
  );
  return {
    config,
    clock,
    log,
    ledger,
    github: gitHubOver(gitHubRequest, {
      clock,
      runnerGroup: config.github.runnerGroup,
      pause,
      memory: memoryIn(ledger, clock),
      ownHost: ownHostOf(config),
      prepare: readKey,
    }),
    gitHubRequest,
    instances: ecsInstances({
      call: callEcs,
      deployment: config.name,
      clock,
      log,
      pause,
      placements: config.placements,
      images: config.images,
      spotDuration: config.spot.duration,
      ramRole: config.selfDestruct.roleName,
      diskEncryption: config.defaults.diskEncryption,
    }),
    callEcs,
    pause,
    alerts: alertsTo(config),
    fingerprints: (nonce) => fingerprints(nonce, environment.GITHUB_APP_ID, readKey),
    calls: () => ({ ecs: ecs.count(), gitHub: gitHub.count(), ledger: ledgerCalls }),
  };
}

/** Null: jobs are on github.com. */
function ownHostOf({ github, control }: Config): OwnHost | null {
  if (new URL(github.baseUrl).hostname === 'github.com') return null;
  return { scope: github.scope, files: filesVia(control.egressProxy, FILE_MAX_MS) };
}

function counted<Asked extends unknown[], Answer>(ask: (...asked: Asked) => Answer) {
  let count = 0;
  const call = (...asked: Asked): Answer => {
    count++;
    return ask(...asked);
  };
  return { call, count: () => count };
}

function appKeyFor(
  environment: Omit<Environment<'launcher'>, 'FC_ACCOUNT_ID'>,
  credentials: () => AccessKey,
): SecretSource {
  const { fetchKms, fetchOos } = alibabaSecrets({
    region: environment.FC_REGION,
    call: alibabaCaller(credentials),
    kmsEndpoint: environment.KMS_ENDPOINT,
    oosEndpoint: environment.OOS_ENDPOINT,
  });
  return secretSource({
    reference: environment.GITHUB_PRIVATE_KEY,
    fetchKms,
    fetchOos,
    readFile: (path) => readFile(path, 'utf8'),
    nowMs: Date.now,
  });
}

function gitHubFor(
  config: Config,
  environment: Omit<Environment<'launcher'>, 'FC_ACCOUNT_ID'>,
  { key, readKey }: { readonly key: SecretSource; readonly readKey: () => Promise<HeldKey> },
  clock: Clock,
  log: Log,
): GitHubRequest {
  return gitHubClient({
    baseUrl: environment.GITHUB_API ?? config.github.baseUrl,
    egressProxy: config.control.egressProxy,
    appKey: readKey,
    keyRefused: () => key.stale(),
    clock,
    log,
  });
}
