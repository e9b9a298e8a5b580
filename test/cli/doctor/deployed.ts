/** What a deploy leaves behind, as doctor expects it. */

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { webhook } from '../../../functions/webhook/webhook.ts';
import { deployPermissions } from '../../../infra/deploy-policy.ts';
import { FUNCTION_KINDS, namesOf } from '../../../infra/names.ts';
import { instancePermissions, type Permission, permissionsOf, type Scope } from '../../../infra/policies.ts';
import { policyDocument } from '../../../infra/policy-document.ts';
import { noteConfiguration, releaseOf } from '../../../infra/release.ts';
import { fingerprints, parseProbe } from '../../../shared/adapters/fingerprints.ts';
import { httpReply, parseHttpEvent } from '../../../shared/adapters/function-compute/http.ts';
import { secretSource } from '../../../shared/adapters/secrets/secrets.ts';
import type { Config } from '../../../shared/config/config.ts';
import { subjectsOf, tokenConditions } from '../../../shared/github-trust.ts';
import { WEBHOOK_EVENT_MAX_BYTES } from '../../../shared/limits.ts';
import { type ReachAnswer, ReachOrder } from '../../../shared/runner/kept/reach.ts';
import type { ManagementState } from '../../../simulator/management/index.ts';
import { configOf } from '../../infra/deployment.ts';

export const ACCOUNT = '1234567890123456';
const REGION = 'cn-hangzhou';
export const WEBHOOK_URL = 'https://webhook.cn-hongkong.fcapp.run';

/** What a release is a hash of. */
export function build(config: Config): string {
  const root = mkdtempSync(join(tmpdir(), 'doctor-'));
  writeFileSync(join(root, 'package.json'), '{"version":"0.1.0"}');
  for (const kind of FUNCTION_KINDS) {
    mkdirSync(join(root, 'dist', kind), { recursive: true });
    writeFileSync(join(root, 'dist', kind, 'index.mjs'), kind);
  }
  noteConfiguration(config, join(root, 'dist'));
  return root;
}

/** Another configuration, by the same code. */
export function redeploy(state: ManagementState, config: Config, root: string): void {
  const before = releaseOf(root);
  noteConfiguration(config, join(root, 'dist'));
  grant(state, config, {});
  for (const one of state.functions.values())
    if (one.description === before) one.description = releaseOf(root) ?? '';
}

/** Launcher and reaper answer as theirs do; the webhook, with its own code. */
export function hosted(held: Held) {
  const log = () => undefined;
  const secrets = held.webhookSecrets;
  return async (name: string, event: Buffer): Promise<unknown> => {
    if (name === 'ci-webhook') {
      const world = {
        secrets: secrets.map((text) => ({ read: async () => text, stale: () => false })),
        ...{ isHook: null, log, logSampled: log, mayTell: () => true },
        rules: { name: 'ci', baseLabels: [], repositories: { allow: [], public: 'refuse' as const } },
        queue: { launch: async () => undefined, reap: async () => undefined },
      };
      const { status, text } = await webhook(parseHttpEvent(event, WEBHOOK_EVENT_MAX_BYTES), world);
      return httpReply(status, text);
    }
    if (name.startsWith('ci-mirror')) return allReached(event);
    const nonce = parseProbe(event);
    if (nonce === null) return 'swept';
    const key = secretSource({
      reference: held.privateKey,
      ...{ fetchKms: notThere, fetchOos: notThere, readFile: notThere, nowMs: Date.now },
    });
    const read = async () => ({ appId: held.appId, privateKeyPem: await key.read() });
    return fingerprints(nonce, held.appId, read);
  };
}

/** A mirror to which all that it is asked to measure is near. */
function allReached(event: Buffer): ReachAnswer {
  const { places } = ReachOrder.parse(JSON.parse(event.toString('utf8')));
  const near = { status: 200, firstByteMs: 100, bytesPerSecond: 20_000_000 };
  return { reached: Object.fromEntries(Object.keys(places).map((name) => [name, near])) };
}

/** What the functions were deployed with; to be changed. */
export interface Held {
  appId: string;
  privateKey: string;
  webhookSecrets: string[];
}

const notThere = async (name: string): Promise<string> => {
  throw Object.assign(new Error(`there is no ${name}`), { code: 'NotFound' });
};

/** Roles as the stack makes them. */
export function grant(state: ManagementState, config: Config, secrets: Scope['secrets']): void {
  const names = namesOf(config);
  const scope = { config, accountId: ACCOUNT, secrets };
  const service = (name: string) => ({ Principal: { Service: [name] } });
  const put = (name: string, permissions: readonly Permission[], taker: object) =>
    state.roles.set(name, {
      // As RAM keeps it: a copy that is nobody else's.
      policies: new Map([[name, structuredClone(policyDocument(permissions))]]),
      trust: { Version: '1', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...taker }] },
    });
  for (const kind of FUNCTION_KINDS)
    put(names.roleOf(kind), permissionsOf(kind, scope), service('fc.aliyuncs.com'));
  const { deployFrom } = config.control;
  if (deployFrom !== null)
    put(names.roleOf('deploy'), deployPermissions(config, ACCOUNT), {
      Principal: { Federated: [`acs:ram::${ACCOUNT}:oidc-provider/${names.oidcProvider}`] },
      Condition: { StringEquals: tokenConditions(subjectsOf(deployFrom, { ownerId: 7, id: 9 })) },
    });
  const { roleName } = config.selfDestruct;
  if (roleName !== null) put(roleName, instancePermissions(scope), service('ecs.aliyuncs.com'));
}

export function deploy(state: ManagementState, config: Config, release: string): void {
  const names = namesOf(config);
  grant(state, config, {});
  for (const kind of FUNCTION_KINDS) {
    state.functions.set(names.functionOf(kind), {
      description: release,
      role: names.roleOf(kind),
      timeout: 9,
      memorySize: 512,
      code: Buffer.from(kind),
      environmentVariables: {},
      triggers: [],
      onFailure: kind === 'launcher' ? `acs:fc:cn-hongkong:${ACCOUNT}:functions/ci-reaper` : null,
      versions: [],
    });
  }
  const timer = { name: 'timer', type: 'timer', url: null } as const;
  state.functions
    .get('ci-webhook')
    ?.triggers.push({ name: 'github', type: 'http', config: { authType: 'anonymous' }, url: WEBHOOK_URL });
  state.functions.get('ci-reaper')?.triggers.push({ ...timer, config: { enable: true } });
  for (const [zone, id] of Object.entries(config.placements[0]?.zones ?? {}))
    state.vSwitches.set(id, {
      vpc: `vpc-${REGION}`,
      zone: `${REGION}-${zone}`,
      freeIps: 4000,
      region: REGION,
    });
  const drop = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(
    (cidr) => ({ direction: 'egress', policy: 'Drop', cidr, priority: '10' }) as const,
  );
  const vpc = `vpc-${REGION}`;
  state.groups.set(`sg-${REGION}`, { region: REGION, vpc, innerAccess: 'Drop', rules: [...drop] });
  state.quotas.set('max-postpaid-instance-vcpu-count', '5000');
  state.quotas.set('max-spot-instance-vcpu-count', '5000');
}

export function configuration(): Config {
  return configOf({
    control: { region: 'cn-hongkong' },
    repositories: { allow: ['my-org/app', 'my-org/kernel'] },
    limits: { runners: 10 },
    profiles: { big: { cpu: 32, repositories: ['my-org/kernel'] } },
    placements: [
      {
        region: REGION,
        vpc: `vpc-${REGION}`,
        zones: Object.fromEntries(['b', 'g', 'h', 'i'].map((zone) => [zone, `vsw-${REGION}-${zone}`])),
        securityGroup: `sg-${REGION}`,
      },
    ],
  });
}

/** As the mirror notes it. */
export function releaseText(version: string): string {
  const archive = { key: 'a', sha256: '0'.repeat(64), sizeBytes: 1 };
  const archives = { amd64: archive, arm64: archive };
  return JSON.stringify({ version, publishedAtMs: 0, archives, regions: [], superseded: [] });
}

/** GitHub's newest runner, as the simulated GitHub is told it. */
export const ARCHIVES = ['x64', 'arm64'].map((arch) => ({
  name: `actions-runner-linux-${arch}-2.341.0.tar.gz`,
  ...{ url: `https://github.com/${arch}`, sha256: 'a'.repeat(64), sizeBytes: 9 },
}));
