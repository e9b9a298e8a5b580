/** One thing after the other that is wrong with a deployment, and what doctor says of it. */
import { generateKeyPairSync } from 'node:crypto';
import { secretReferences } from '../../../infra/secrets.ts';
import type { Config } from '../../../shared/config/config.ts';
import { RUNNER_RELEASE_NOTE } from '../../../shared/runner/release.ts';
import type { Image } from '../../../simulator/ecs/region/network.ts';
import type { ManagementState } from '../../../simulator/management/index.ts';
import type { SimRule } from '../../../simulator/management/state.ts';
import { ACCOUNT, grant, releaseText } from './deployed.ts';
import type { Healthy, Options } from './healthy.ts';

export interface Fault {
  readonly options?: Options;
  readonly config?: (config: Config) => Partial<Config>;
  readonly breakIt?: (here: Healthy) => unknown;
  readonly afterDeploy?: (here: Healthy) => unknown;
}

const placed = (changes: object) => (config: Config) =>
  ({ placements: config.placements.map((one) => ({ ...one, ...changes })) }) as Partial<Config>;
const zonesOf = (changes: object) => (config: Config) =>
  placed({ zones: { ...config.placements[0]?.zones, ...changes } })(config);
const group = ({ management }: Healthy) =>
  management.groups.get('sg-cn-hangzhou') as NonNullable<ReturnType<ManagementState['groups']['get']>>;
const called = ({ management }: Healthy, name: string) =>
  management.functions.get(name) as NonNullable<ReturnType<ManagementState['functions']['get']>>;
type Statement = { Effect: string; Action: string[]; Resource: string | string[]; Condition?: unknown };
const policy = ({ management }: Healthy, role: string) =>
  management.roles.get(role)?.policies.get(role) as { Statement: Statement[] };
const trust = ({ management }: Healthy, role: string) =>
  management.roles.get(role)?.trust as { Statement: object[] };
const stranger = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const stop = ({ capacity }: Healthy, repositories: readonly string[] | null) =>
  capacity.stop(() => ({ atMs: Date.now() - 2 * 3_600_000, repositories }), Date.now());
const organisation = { organization: 'my-org', name: 'ci-runners' };
const PUBLIC_GROUP = { organization: 'my-org', name: 'ci-runners-public', repositories: ['my-org/app'] };
const PUBLIC_ALLOWED = ({ repositories }: Config) => ({
  repositories: { ...repositories, public: 'allow' as const },
});
export const PERMISSIONS = {
  actions: 'write',
  metadata: 'read',
  organization_self_hosted_runners: 'write',
} as const;

export const DEPLOYED_FROM = ({ control }: Config) => {
  const deployFrom = { repository: 'my-org/infra', branch: 'main', environment: null, provider: 'own' };
  return { control: { ...control, deployFrom } };
};
export const SELF_DESTRUCT = (_: Config) => ({ selfDestruct: { roleName: 'ci-self' } });
const out = (rule: Partial<SimRule>) =>
  ({
    ...{ direction: 'egress', policy: 'Accept', cidr: '', priority: '1' },
    ...rule,
  }) as SimRule;

const OWN = { id: 'm-bp1own', arch: 'amd64', metadata: 'hardened' } as const;
/** An image of one's own, `own`, in hardened mode. */
const own = (facts: Partial<Image>): Fault => ({
  config: ({ images }) => ({ images: { ...images, own: OWN } }),
  breakIt: ({ ecs }) =>
    ecs.region('cn-hangzhou').network.images.push({
      ...{ id: 'm-bp1own', family: null, arch: 'amd64', sizeGiB: 20, isPublic: false },
      ...facts,
    }),
});

/** Takes the group away, and puts another in its place. */
function regroup(
  { github, groups }: Healthy,
  plan: { repositories: 'all' | string[]; allowsPublic?: boolean } | null,
) {
  for (const id of groups) github.removeGroup(id);
  if (plan !== null) github.addGroup({ ...organisation, ...plan });
}

const mirrorHolds = ({ note }: Healthy, version: string) => note(RUNNER_RELEASE_NOTE, releaseText(version));
const ago = (ms: number) => Date.now() - ms;
const sweepWas = ({ note }: Healthy, agoMs: number, rest: string) => note('sweep', `${ago(agoMs)} ${rest}`);

// biome-ignore format: a table reads best as a table.
export const FAULTS: [what: string, level: 'wrong' | 'warning' | 'unknown', says: RegExp, fault: Fault][] = [
  ['a network that is not made yet', 'wrong', /^configuration: the network/, { config: placed({ securityGroup: 'sg-pending' }) }],
  ['sudo closed and Docker open', 'warning', /^configuration: defaults, profiles\.big: sudo: false is no wall while docker: true/, { config: ({ defaults }) => ({ defaults: { ...defaults, sudo: false } }) }],
  ['a profile with sudo closed and Docker open', 'warning', /^configuration: profiles\.calm: sudo: false is no wall/, { config: ({ profiles }) => ({ profiles: { ...profiles, calm: { sudo: false } } }) }],
  ['a clock that is off', 'wrong', /^clock: (299|300|301) s off/, { options: { githubAheadMs: 300_000 } }],
  ['a key that nobody has', 'wrong', /^credentials: .*InvalidAccessKey/, { breakIt: ({ key }) => Object.assign(key, { accessKeyId: 'LTAInobody' }) }],
  ['a key with another secret', 'wrong', /^credentials: .*SignatureDoesNotMatch/, { breakIt: ({ key }) => Object.assign(key, { accessKeySecret: 'other' }) }],
  ['a role that may too little', 'wrong', /^permissions: role ci-runner-launcher may not ecs:RunInstances on acs:ecs:cn-hangzhou:\d+:instance\/\* where acs:RequestTag\/ci-runner-deployment StringEquals ci; .* more$/, { breakIt: (all) => { const it = policy(all, 'ci-runner-launcher'); it.Statement = it.Statement.filter(({ Action }) => !Action.includes('ecs:RunInstances')); } }],
  ['a role that may too much', 'warning', /^permissions: role ci-runner-webhook may more than it needs: ecs:StopInstance on \*$/, { breakIt: (all) => policy(all, 'ci-runner-webhook').Statement.push({ Effect: 'Allow', Action: ['ecs:StopInstance'], Resource: '*' }) }],
  ['a right on everything', 'warning', /^permissions: role ci-runner-reaper may more than it needs: ots:\w+ on \*; .*; and \d+ more$/, { breakIt: (all) => { for (const one of policy(all, 'ci-runner-reaper').Statement) one.Resource = [one.Resource, '*'].flat(); } }],
  ['a right without its condition', 'warning', /^permissions: role ci-runner-reaper may more than it needs: ecs:DeleteInstance on acs:ecs:cn-hangzhou:\d+:instance\/\*$/, { breakIt: (all) => policy(all, 'ci-runner-reaper').Statement.push({ Effect: 'Allow', Action: ['ecs:DeleteInstance'], Resource: `acs:ecs:cn-hangzhou:${ACCOUNT}:instance/*` }) }],
  ['a right on all but something', 'warning', /^permissions: role ci-runner-mirror may more than it needs: all but ecs:X on \*$/, { breakIt: (all) => policy(all, 'ci-runner-mirror').Statement.push({ Effect: 'Allow', NotAction: 'ecs:X', Resource: '*' } as never) }],
  ['a role that is denied what it is allowed', 'wrong', /^permissions: role ci-runner-launcher is denied \* on \*$/, { breakIt: (all) => policy(all, 'ci-runner-launcher').Statement.push({ Effect: 'Deny', Action: ['*'], Resource: '*' }) }],
  ['a denial with an exception', 'wrong', /^permissions: role ci-runner-reaper is denied ecs:DeleteInstance on all but acs:ecs:\*:\*:instance\/i-1 where acs:SourceIp NotIpAddress 10\.0\.0\.1$/, { breakIt: (all) => policy(all, 'ci-runner-reaper').Statement.push({ Effect: 'Deny', Action: 'ecs:DeleteInstance', NotResource: 'acs:ecs:*:*:instance/i-1', Condition: { NotIpAddress: { 'acs:SourceIp': '10.0.0.1' } } } as never) }],
  ['a role whose taking is denied', 'wrong', /^permissions: role ci-runner-mirror is denied being taken by Service fc\.aliyuncs\.com$/, { breakIt: (all) => trust(all, 'ci-runner-mirror').Statement.push({ Effect: 'Deny', Action: 'sts:AssumeRole', Principal: { Service: ['fc.aliyuncs.com'] } }) }],
  ['a workflow’s role that is gone', 'wrong', /^permissions: role ci-runner-deploy does not exist$/, { config: DEPLOYED_FROM, afterDeploy: ({ management }) => management.roles.delete('ci-runner-deploy') }],
  ['a workflow’s role that may too much', 'warning', /^permissions: role ci-runner-deploy may more than it needs: ram:\* on \*$/, { config: DEPLOYED_FROM, afterDeploy: (all) => policy(all, 'ci-runner-deploy').Statement.push({ Effect: 'Allow', Action: ['ram:*'], Resource: '*' }) }],
  ['a workflow’s role that any branch may take', 'wrong', /^permissions: role ci-runner-deploy may be taken by Federated acs:ram::\d+:oidc-provider\/own where .* and oidc:sub StringLike repo:my-org\/infra:\*$/, { config: DEPLOYED_FROM, afterDeploy: (all) => Object.assign(trust(all, 'ci-runner-deploy').Statement[0] as object, { Condition: { StringEquals: { 'oidc:iss': 'x', 'oidc:aud': 'y' }, StringLike: { 'oidc:sub': 'repo:my-org/infra:*' } } }) }],
  ['a workflow’s role that another repository’s ids may take', 'wrong', /^permissions: role ci-runner-deploy may be taken by .*repo:other@7\/infra@9/, { config: DEPLOYED_FROM, afterDeploy: (all) => { const [one] = trust(all, 'ci-runner-deploy').Statement as { Condition: { StringEquals: Record<string, string[]> } }[]; one?.Condition.StringEquals['oidc:sub']?.push('repo:other@7/infra@9:ref:refs/heads/main'); } }],
  ['a machine’s role that deletes any machine', 'warning', /^permissions: role ci-self may more than it needs: ecs:DeleteInstance on \*$/, { config: SELF_DESTRUCT, breakIt: ({ ecs }) => ecs.region('cn-hangzhou').network.ramRoles.add('ci-self'), afterDeploy: (all) => policy(all, 'ci-self').Statement.push({ Effect: 'Allow', Action: ['ecs:DeleteInstance'], Resource: '*' }) }],
  ['a role that others may take', 'wrong', /^permissions: role ci-runner-launcher may be taken by RAM acs:ram::7:root, Service fc\.aliyuncs\.com$/, { breakIt: (all) => trust(all, 'ci-runner-launcher').Statement.push({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: ['acs:ram::7:root'] } }) }],
  ['a key whose store opens all others', 'warning', /^permissions: with oos: launcher and reaper may read every KMS secret/, { breakIt: ({ variables, management, config }) => { management.secrets.set('ci-key', variables.GITHUB_PRIVATE_KEY as string); variables.GITHUB_PRIVATE_KEY = 'oos:ci-key'; grant(management, config, secretReferences(variables)); } }],
  ['a role that is gone', 'wrong', /^permissions: role ci-runner-mirror does not exist/, { breakIt: ({ management }) => management.roles.delete('ci-runner-mirror') }],
  ['a look that is denied', 'unknown', /^quota: could not be looked at: DescribeAccountAttributes/, { breakIt: ({ denied }) => denied.add('ecs:DescribeAccountAttributes') }],
  ['a vSwitch that is not there', 'wrong', /^vSwitches: vsw-cn-hangzhou-b does not exist/, { breakIt: ({ management }) => management.vSwitches.delete('vsw-cn-hangzhou-b') }],
  ['a vSwitch of another zone', 'wrong', /^vSwitches: vsw-cn-hangzhou-b is in cn-hangzhou-b, not cn-hangzhou-i/, { config: zonesOf({ i: 'vsw-cn-hangzhou-b' }) }],
  ['a vSwitch of another network', 'wrong', /^vSwitches: vsw-cn-hangzhou-g is in vpc-other, not/, { breakIt: ({ management }) => Object.assign(management.vSwitches.get('vsw-cn-hangzhou-g') ?? {}, { vpc: 'vpc-other' }) }],
  ['a vSwitch without addresses', 'wrong', /^vSwitches: vsw-cn-hangzhou-h has no address left/, { breakIt: ({ management }) => Object.assign(management.vSwitches.get('vsw-cn-hangzhou-h') ?? {}, { freeIps: 0 }) }],
  ['a vSwitch with few addresses', 'warning', /^vSwitches: vsw-cn-hangzhou-h has 2 addresses left/, { breakIt: ({ management }) => Object.assign(management.vSwitches.get('vsw-cn-hangzhou-h') ?? {}, { freeIps: 2 }) }],
  ['members that reach each other', 'wrong', /^security groups: sg-cn-hangzhou: its members reach each other/, { breakIt: (all) => Object.assign(group(all), { innerAccess: 'Accept' }) }],
  ['an inbound rule', 'wrong', /^security groups: .*lets someone in/, { breakIt: (all) => group(all).rules.push({ direction: 'ingress', policy: 'Accept', cidr: '0.0.0.0/0', priority: '1' }) }],
  ['private networks that jobs reach', 'warning', /^security groups: .*\(10\.0\.0\.0\/8\)/, { breakIt: (all) => { group(all).rules = group(all).rules.filter(({ cidr }) => cidr !== '10.0.0.0/8'); } }],
  ['a rule that opens before another shuts', 'warning', /^security groups: .*\(10\.0\.0\.0\/8\)/, { breakIt: (all) => group(all).rules.push({ direction: 'egress', policy: 'Accept', cidr: '10.0.0.0/8', priority: '1' }) }],
  ['a drop of one port', 'warning', /^security groups: .*\(10\.0\.0\.0\/8\)/, { breakIt: (all) => { for (const one of group(all).rules) if (one.cidr === '10.0.0.0/8') Object.assign(one, { protocol: 'TCP', ports: '22/22' }); group(all).rules.push(out({ cidr: '0.0.0.0/0', priority: '100' })); } }],
  ['a drop of one protocol', 'warning', /^security groups: .*\(192\.168\.0\.0\/16\)/, { breakIt: (all) => { for (const one of group(all).rules) if (one.cidr === '192.168.0.0/16') Object.assign(one, { protocol: 'TCP' }); } }],
  ['two halves that are opened before the whole is shut', 'warning', /^security groups: .*\(10\.0\.0\.0\/8\)/, { breakIt: (all) => group(all).rules.push(out({ cidr: '10.0.0.0/9' }), out({ cidr: '10.128.0.0/9' })) }],
  ['one address of another network', 'warning', /^security groups: .*\(172\.16\.0\.0\/12\)/, { breakIt: (all) => group(all).rules.push(out({ cidr: '172.20.1.7', protocol: 'TCP', ports: '443/443' })) }],
  ['a group that is let through', 'warning', /^security groups: .*\(10\.0\.0\.0\/8, 172\.16\.0\.0\/12, 192\.168\.0\.0\/16\)/, { breakIt: (all) => group(all).rules.push(out({ group: 'sg-database' })) }],
  ['more than the ranges that are listed', 'warning', /^security groups: .*\(10\.0\.0\.0\/8\)/, { config: placed({ network: { cidr: '10.88.0.0/16', allowPrivate: ['10.1.0.0/16'] } }), breakIt: (all) => group(all).rules.push(out({ cidr: '10.0.0.0/15' })) }],
  ['a rule for everything that comes first', 'warning', /^security groups: .*\(10\.0\.0\.0\/8, 172\.16\.0\.0\/12, 192\.168\.0\.0\/16\)/, { breakIt: (all) => group(all).rules.push({ direction: 'egress', policy: 'Accept', cidr: '0.0.0.0/0', priority: '9' }) }],
  ['an image family that is not there', 'wrong', /^images: image old: cn-hangzhou has no family acs:ubuntu_04/, { config: ({ images }) => ({ images: { ...images, old: { family: 'acs:ubuntu_04', arch: 'amd64', metadata: 'hardened' } } }) }],
  ['an image of the other architecture', 'wrong', /^images: image arm64: is x86_64, not arm64/, { config: ({ images }) => ({ images: { ...images, arm64: { family: 'acs:ubuntu_24_04_x64', metadata: 'hardened' } } }) }],
  ['an image that is not in that region', 'wrong', /^images: image own: cn-hangzhou has no image m-bp1lost/, { config: ({ images }) => ({ images: { ...images, own: { id: 'm-bp1lost', arch: 'amd64', metadata: 'hardened' } } }) }],
  ['an image by its id, of the other architecture', 'wrong', /^images: image own: is x86_64, not arm64/, { config: ({ images }) => ({ images: { ...images, own: { id: 'ubuntu_24_04_x64_20G_alibase_20260901.vhd', arch: 'arm64', metadata: 'hardened' } } }) }],
  ['an image that takes no hardened-only metadata', 'wrong', /^images: image own: m-bp1own in cn-hangzhou takes no hardened-only metadata \(ImdsSupport v1\)/, own({ imds: 'v1' })],
  ['an image whose cloud-init knows no tokens', 'wrong', /^images: image own: m-bp1own in cn-hangzhou is Debian 12: its cloud-init reads no user data/, own({ imds: 'v2', system: 'Debian  12.11 64 bit', knowsTokens: false })],
  ['a default image that takes no hardened-only metadata', 'wrong', /^images: image arm64: ubuntu_24_04_arm64\S+ in cn-hangzhou takes no hardened-only/, { breakIt: ({ ecs }) => { const { images } = ecs.region('cn-hangzhou').network; images.push({ ...(images.find(({ family }) => family === 'acs:ubuntu_24_04_arm64') as (typeof images)[number]), imds: 'v1' }); const at = images.findIndex(({ family }) => family === 'acs:ubuntu_24_04_arm64'); images.splice(at, 1); } }],
  ['a profile that nothing fits', 'wrong', /^stock: huge amd64: a type of 512 cores and 512 GiB is not in stock/, { config: ({ profiles }) => ({ profiles: { ...profiles, huge: { arch: 'amd64', cpu: 512 } } }) }],
  ['a type that is sold out', 'wrong', /^stock: named arm64: ecs\.c8y\.4xlarge \(with 16 GiB at least\) is not in stock/, { config: ({ profiles, spot }) => ({ spot: { ...spot, onDemandFallback: false }, profiles: { ...profiles, named: { arch: 'arm64', type: 'ecs.c8y.4xlarge' } } }), breakIt: ({ ecs }) => { for (const zone of ['b', 'g', 'h', 'i', 'j', 'k']) ecs.setStock(`cn-hangzhou-${zone}`, 'ecs.c8y.4xlarge', 0); } }],
  ['an image that takes no hardened metadata, though its facts say so', 'wrong', /^launch: cn-hangzhou: a launch would be refused with InvalidHttpTokens\.NotSupported/, { breakIt: ({ ecs }) => ecs.failNext('RunInstances', { code: 'InvalidHttpTokens.NotSupported' }, 20) }],
  ['stock that is gone when it is asked for', 'warning', /^launch: cn-hangzhou: nothing of the best 3 offers is available now \(OperationDenied\.NoStock\)/, { breakIt: ({ ecs }) => ecs.failNext('RunInstances', { code: 'OperationDenied.NoStock' }, 20) }],
  ['a key pair that is not there', 'wrong', /^launch: cn-hangzhou: a launch would be refused with InvalidKeyPair/, { config: placed({ keyPair: 'lost-key' }) }],
  ['a quota below an open number of cores', 'warning', /^quota: cn-hangzhou: max-spot-instance-vcpu-count is 8, and 10 runners need 80/, { config: ({ defaults }) => ({ defaults: { ...defaults, cpu: '8+' } }), breakIt: ({ management }) => management.quotas.set('max-spot-instance-vcpu-count', '8') }],
  ['a quota that is not told', 'warning', /^quota: cn-hangzhou: ECS does not say max-postpaid-instance-vcpu-count/, { breakIt: ({ management }) => management.quotas.delete('max-postpaid-instance-vcpu-count') }],
  ['a quota below the limit', 'warning', /^quota: cn-hangzhou: max-spot-instance-vcpu-count is 8, and 10 runners need 80/, { breakIt: ({ management }) => management.quotas.set('max-spot-instance-vcpu-count', '8') }],
  ['a table that is not there', 'wrong', /^ledger: there is no table history/, { breakIt: ({ tablestore }) => tablestore.tables.delete('history') }],
  ['a table that forgets nothing', 'wrong', /^ledger: table history keeps rows -1 s/, { breakIt: ({ tablestore }) => Object.assign(tablestore.tables.get('history')?.options ?? {}, { timeToLiveS: -1 }) }],
  ['a ledger that refuses the Internet', 'wrong', /^ledger: its instance refuses the Internet \(network ACL\)/, { breakIt: ({ tablestore }) => Object.assign(tablestore, { networks: ['VPC'] }) }],
  ['a ledger out of reach', 'wrong', /^ledger: /, { breakIt: (all) => { all.tablestore.faults = (call) => (call.operation === 'DescribeTable' ? 'lost-before' : null); } }],
  ['a stop of everything, with its timers off and its webhook closed', 'warning', /^stop: everything has been stopped for 2 h: nothing is launched/, { breakIt: async (all) => { await stop(all, null); await sweepWas(all, 7_200_000, '0 1'); const timer = called(all, 'ci-reaper').triggers.find(({ type }) => type === 'timer'); Object.assign(timer?.config ?? {}, { enable: false }); Object.assign(called(all, 'ci-webhook').triggers[0] ?? {}, { config: { authType: 'anonymous', disableURLInternet: true } }); } }],
  ['a stop of one repository', 'warning', /^stop: my-org\/app has been stopped for 2 h/, { breakIt: (all) => stop(all, ['my-org/app']) }],
  ['a function that is not deployed', 'wrong', /^functions: ci-mirror is not deployed/, { breakIt: ({ management }) => management.functions.delete('ci-mirror') }],
  ['a function of another release', 'warning', /^functions: ci-reaper is 0\.0\.9 aaa, not 0\.1\.0 /, { breakIt: (all) => Object.assign(called(all, 'ci-reaper'), { description: '0.0.9 aaa' }) }],
  ['a function from another runners.yaml', 'warning', /^functions: ci-reaper was deployed from another runners\.yaml/, { breakIt: (all) => Object.assign(called(all, 'ci-reaper'), { description: '0.1.0 aaa of 0123456789ab' }) }],
  ['functions that do not call from the fixed address', 'wrong', /^functions: ci-launcher does not call from control\.fixedAddress/, { config: ({ control }) => ({ control: { ...control, fixedAddress: { cidr: '10.89.0.0/24', zone: 'b', vpc: 'vpc-f', vSwitch: 'vsw-f', securityGroup: 'sg-f' } } }), breakIt: (all) => { for (const kind of ['webhook', 'launcher', 'reaper', 'mirror']) Object.assign(called(all, `ci-${kind}`), { internetAccess: kind === 'launcher', vpcConfig: { vpcId: 'vpc-f' } }); } }],
  ['sweeps that fail', 'wrong', /^sweeps: the last 7 failed: GitHub answered 401 to GET \/app\/hook\/deliveries/, { breakIt: (all) => sweepWas(all, 9000, '7 1 GitHub answered 401 to GET /app/hook/deliveries') }],
  ['a sweep that failed', 'warning', /^sweeps: the last one failed: found: timed out/, { breakIt: (all) => sweepWas(all, 9000, '1 1 found: timed out') }],
  ['sweeps that stopped', 'wrong', /^sweeps: the last one ended 1 h ago, and there is one each minute/, { breakIt: (all) => sweepWas(all, 3_600_000, '0 1') }],
  ['sweeps that never were', 'warning', /^sweeps: there was none yet/, { breakIt: (all) => all.note('sweep', '') }],
  ['a first sweep that is under way', 'warning', /^sweeps: the first one began 2 min( \d+ s)? ago/, { breakIt: (all) => all.note('sweep', `0 0 ${ago(120_000)}`) }],
  ['a sweep that never ended', 'wrong', /^sweeps: none has ended/, { breakIt: (all) => all.note('sweep', '0 0 1') }],
  ["GitHub's calls that were short", 'warning', /^GitHub calls: my-org: 5000 calls an hour, enough for about 2500 jobs; in 2 days down to 13 % of an even pace \(2026-11-28\)/, { breakIt: (all) => all.note('github:my-org', JSON.stringify({ limit: 5000, lows: { '2026-11-27': 6, '2026-11-28': 1 } })) }],
  ["GitHub's calls that nobody noted", 'warning', /^GitHub calls: my-org: no sweep has noted/, { breakIt: (all) => all.note('github:my-org', '') }],
  ['another key in the functions', 'wrong', /^deployed secrets: ci-launcher, ci-reaper: another private key than the App's: nothing can start/, { breakIt: ({ held }) => Object.assign(held, { privateKey: stranger.privateKey }) }],
  ['another App in the functions', 'wrong', /^deployed secrets: ci-launcher, ci-reaper: the id of another App/, { breakIt: ({ held }) => Object.assign(held, { appId: '43' }) }],
  ['a key that the functions cannot read', 'wrong', /^deployed secrets: ci-launcher, ci-reaper: no key of the App, because the secret kms:lost could not be read: NotFound/, { breakIt: ({ held }) => Object.assign(held, { privateKey: 'kms:lost' }) }],
  ['a text that is no key in the functions', 'wrong', /^deployed secrets: ci-launcher, ci-reaper: no key of the App, because it is no private key/, { breakIt: ({ held }) => Object.assign(held, { privateKey: 'a-text-that-is-no-key-at-all' }) }],
  ['functions that do not start', 'warning', /^deployed secrets: ci-launcher, ci-reaper: no answer to what is held/, { breakIt: ({ management }) => { const answer = management.onInvoke; management.onInvoke = async (name, event) => { if (name !== 'ci-webhook') throw new Error('exited'); return answer?.(name, event); }; } }],
  ['another secret in the webhook', 'wrong', /^deployed secrets: ci-webhook does not accept what is signed with WEBHOOK_SECRET$/, { breakIt: ({ held }) => { held.webhookSecrets[0] = 'another-secret-of-the-same-App'; } }],
  ['a previous secret that the webhook lacks', 'wrong', /^deployed secrets: ci-webhook does not accept what is signed with WEBHOOK_SECRET_PREVIOUS/, { breakIt: ({ variables }) => Object.assign(variables, { WEBHOOK_SECRET_PREVIOUS: 'the-one-before-this-one' }) }],
  ['no webhook secret at all', 'wrong', /^deployed secrets: WEBHOOK_SECRET is not set/, { breakIt: ({ variables }) => Object.assign(variables, { WEBHOOK_SECRET: '' }) }],
  ['no runner release', 'wrong', /^runner version: the ledger names no runner release: no job can start/, { breakIt: (all) => all.note(RUNNER_RELEASE_NOTE, '') }],
  ['a release that no bucket has', 'warning', /^runner version: the bucket of cn-hangzhou does not have it: each machine there fetches it from GitHub/, { config: placed({ mirrorBucket: 'ci-runners-mirror' }), breakIt: ({ management }) => management.functions.set('ci-mirror-cn-hangzhou', called({ management } as Healthy, 'ci-mirror')) }],
  ['a webhook without an address', 'wrong', /^triggers: ci-webhook has no http trigger/, { breakIt: (all) => Object.assign(called(all, 'ci-webhook'), { triggers: [] }) }],
  ['a webhook that is closed to the Internet', 'wrong', /^triggers: ci-webhook is closed to the Internet/, { breakIt: (all) => Object.assign(called(all, 'ci-webhook').triggers[0] ?? {}, { config: { authType: 'anonymous', disableURLInternet: true } }) }],
  ['a webhook that wants a signature', 'wrong', /^triggers: ci-webhook asks callers for a signature of Alibaba Cloud \(function\)/, { breakIt: (all) => Object.assign(called(all, 'ci-webhook').triggers[0] ?? {}, { config: { authType: 'function' } }) }],
  ['a webhook that takes no POST', 'wrong', /^triggers: ci-webhook takes no POST/, { breakIt: (all) => Object.assign(called(all, 'ci-webhook').triggers[0] ?? {}, { config: { authType: 'anonymous', methods: ['GET'] } }) }],
  ['a timer that is off', 'wrong', /^triggers: the timer of ci-reaper is switched off/, { breakIt: (all) => Object.assign(called(all, 'ci-reaper').triggers[0] ?? {}, { config: { enable: false } }) }],
  ['failed launches that nobody is told of', 'wrong', /^triggers: failed launches are not handed to ci-reaper/, { breakIt: (all) => Object.assign(called(all, 'ci-launcher'), { onFailure: null }) }],
  ['addresses of GitHub that the webhook was not told', 'warning', /^webhook addresses: GitHub’s addresses are others than the webhook was told/, { config: ({ github }) => ({ github: { ...github, hooksOnly: true } }) }],
  ['a GitHub that names no addresses', 'warning', /^webhook addresses: GitHub names no addresses here/, { config: ({ github }) => ({ github: { ...github, hooksOnly: true } }), options: { github: { hooks: null } } }],
  ['the other signature', 'warning', /^signature: acs3 is refused and fc accepted/, { options: { signatures: ['fc'] } }],
  ['no signature', 'wrong', /^signature: neither/, { options: { signatures: [] } }],
  ['another App’s key', 'wrong', /^App: GitHub does not know this App/, { breakIt: ({ variables }) => Object.assign(variables, { GITHUB_PRIVATE_KEY: stranger.privateKey }) }],
  ['no App at all', 'wrong', /^App: GITHUB_APP_ID or GITHUB_PRIVATE_KEY is not set/, { breakIt: ({ variables }) => Object.assign(variables, { GITHUB_APP_ID: '' }) }],
  ['an App that may too little', 'wrong', /^App: the App lacks actions: write$/, { options: { github: { permissions: { ...PERMISSIONS, actions: 'read' } } } }],
  ['an App that is not told of jobs', 'wrong', /^App: the App is not told of workflow_job/, { options: { github: { events: ['push'] } } }],
  ['an App that is suspended', 'wrong', /^App installation: the App’s installation at my-org is suspended/, { breakIt: ({ github, installation }) => github.suspend(installation) }],
  ['an App that is not installed', 'wrong', /^App installation: the App is not installed at other-org/, { config: ({ repositories }) => ({ repositories: { ...repositories, allow: [...repositories.allow, 'other-org/*'] } }) }],
  ['a webhook address of somebody else', 'wrong', /^webhook: GitHub delivers to https:\/\/old\.example, not to/, { breakIt: (all) => all.world().github('PATCH /app/hook/config', { url: 'https://old.example' }, 'app') }],
  ['deliveries that all fail', 'wrong', /^deliveries: .* failed \(401\)/, { options: { deliveryStatus: 401 } }],
  ['a runner group that is not there', 'wrong', /^runner group: my-org has no runner group ci-runners/, { breakIt: (all) => regroup(all, null) }],
  ['a runner group for every repository', 'wrong', /^runner group: ci-runners serves every repository/, { breakIt: (all) => regroup(all, { repositories: 'all' }) }],
  ['a runner group for public repositories', 'wrong', /^runner group: ci-runners serves public repositories/, { breakIt: (all) => regroup(all, { repositories: ['my-org/app', 'my-org/kernel'], allowsPublic: true }) }],
  ['no runner group for public repositories that are allowed', 'wrong', /^runner group: my-org has no runner group ci-runners-public/, { config: PUBLIC_ALLOWED }],
  ['a public runner group that serves no public one', 'wrong', /^runner group: ci-runners-public serves no public repository/, { config: PUBLIC_ALLOWED, breakIt: ({ github }) => github.addGroup({ ...PUBLIC_GROUP, allowsPublic: false }) }],
  ['a public runner group with a foreign repository', 'wrong', /^runner group: ci-runners-public serves my-org\/secret/, { config: PUBLIC_ALLOWED, breakIt: ({ github }) => github.addGroup({ ...PUBLIC_GROUP, repositories: ['my-org/secret'], allowsPublic: true }) }],
  ['a runner group with a foreign repository', 'wrong', /^runner group: ci-runners serves my-org\/secret/, { breakIt: (all) => regroup(all, { repositories: ['my-org/app', 'my-org/kernel', 'my-org/secret'] }) }],
  ['a foreign repository on the second page', 'wrong', /^runner group: ci-runners serves my-org\/zz-foreign/, { breakIt: (all) => { const many = Array.from({ length: 120 }, (_, at) => `my-org/app-${at}`); for (const one of [...many, 'my-org/zz-foreign']) all.github.addRepository(one); regroup(all, { repositories: ['my-org/app', 'my-org/kernel', ...many, 'my-org/zz-foreign'] }); }, config: ({ repositories }) => ({ repositories: { ...repositories, allow: [...repositories.allow, ...Array.from({ length: 120 }, (_, at) => `my-org/app-${at}`)] } }) }],
  ['a runner group without an allowed repository', 'wrong', /^runner group: ci-runners does not serve my-org\/kernel/, { breakIt: (all) => regroup(all, { repositories: ['my-org/app'] }) }],
  ['a runner group narrower than the allow-list', 'warning', /^runner group: ci-runners serves 2 repositories; no runner comes to jobs of others of my-org/, { config: ({ repositories }) => ({ repositories: { ...repositories, allow: ['My-Org/*'] } }) }],
  ['a runner that is not what the jobs’ own host gives', 'warning', /^runner version: 2\.340\.0 is not what acme\.ghe\.com gives: 2\.341\.0/, { config: ({ github }) => ({ github: { ...github, baseUrl: 'https://acme.ghe.com' } }), options: { github: { isOwnHost: true } }, breakIt: (all) => mirrorHolds(all, '2.340.0') }],
  ['a runner that GitHub soon gives no jobs', 'wrong', /^runner version: 2\.340\.0 is behind 2\.341\.0 for 25 days/, { breakIt: (all) => mirrorHolds(all, '2.340.0') }],
];
