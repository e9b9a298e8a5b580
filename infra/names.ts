/** What everything is called, from `name:` in `runners.yaml`, each checked against its service's rules. */
import { createHash } from 'node:crypto';
import type { Config, PlacementConfig } from '../shared/config/config.ts';
import type { FunctionKind } from '../shared/config/environment.ts';
import { mirrorFunction, mirrorPlaces } from '../shared/runner/copies.ts';

export const FUNCTION_KINDS: readonly FunctionKind[] = ['webhook', 'launcher', 'reaper', 'mirror'];

export interface Names {
  readonly controlStack: string;
  readonly tablestoreInstance: string;
  /** Log projects are unique in a region over all accounts: the account's id is part of the name. */
  logProject(accountId: string): string;
  readonly logStore: string;
  functionOf(kind: FunctionKind): string;
  /** Roles are unique in an account, so they carry the deployment's name, and their policies are called the same. */
  roleOf(kind: FunctionKind | 'deploy' | 'deploying'): string;
  readonly oidcProvider: string;
  placementStack(placement: Pick<PlacementConfig, 'region'>): string;
  vpc(placement: Pick<PlacementConfig, 'region'>): string;
  vSwitch(placement: Pick<PlacementConfig, 'region'>, zone: string): string;
  securityGroup(placement: Pick<PlacementConfig, 'region'>): string;
}

export function namesOf(config: Pick<Config, 'name' | 'control'>): Names {
  const { name } = config;
  return {
    controlStack: `${name}-runner-control`,
    tablestoreInstance: config.control.tablestoreInstance ?? `${name}-run`,
    logProject: (accountId) => `${name}-runner-${accountId}`,
    logStore: 'functions',
    functionOf: (kind) => `${name}-${kind}`,
    roleOf: (kind) => `${name}-runner-${kind}`,
    oidcProvider: config.control.deployFrom?.provider ?? `${name}-runner-github`,
    placementStack: ({ region }) => `${name}-runner-${region}`,
    vpc: () => `vpc-${name}-runner`,
    vSwitch: ({ region }, zone) => `vsw-${name}-runner-${region}-${zone}`,
    securityGroup: () => `sg-${name}-runner`,
  };
}

/**
 * For a deployment that is about to be made: `NAME-run` may be another account's (Tablestore docs, "Instances": a name is
 * unique in its region, whoever has it). With five digits of the account's id, and without the words that the service refuses. Of a
 * name that is too long, its beginning may be another deployment's.
 */
export function ownInstanceName(name: string, accountId: string): string {
  const start =
    name.length > 10 || /ali|ay|ots|taobao|admin/.test(name)
      ? `r${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
      : name;
  return `${start}-${accountId.slice(-5)}`;
}

export interface FunctionPlace {
  readonly kind: FunctionKind;
  readonly name: string;
  readonly region: string;
}

/** All that are deployed: the four in the functions' own region, and a mirror in each other region with a bucket. */
export function functionPlaces(config: Pick<Config, 'name' | 'control' | 'placements'>): FunctionPlace[] {
  const { functionOf } = namesOf(config);
  const home = config.control.region;
  const regional = mirrorPlaces(config, '').regional.map(({ region }) => region);
  return [
    ...FUNCTION_KINDS.map((kind) => ({ kind, name: functionOf(kind), region: home })),
    ...[...new Set(regional)].map((region) => ({
      kind: 'mirror' as const,
      name: mirrorFunction(functionOf('mirror'), region, home),
      region,
    })),
  ];
}

/** A full zone id: cn-hangzhou has cn-hangzhou-b, ap-southeast-1 has ap-southeast-1a. */
export function zoneIdOf(region: string, zone: string): string {
  return /\d$/.test(region) ? `${region}${zone}` : `${region}-${zone}`;
}

interface Rule {
  readonly what: string;
  readonly pattern: RegExp;
  readonly says: string;
}

/** Each from its service's documentation of names. */
const RULES = {
  stack: {
    what: 'stack',
    pattern: /^[A-Za-z][A-Za-z0-9_-]{0,254}$/,
    says: 'starts with a letter; at most 255 letters, digits, - and _',
  },
  instance: {
    what: 'TableStore instance',
    pattern: /^(?!.*(?:ali|ay|ots|taobao|admin))[a-z][a-z0-9-]{1,14}[a-z0-9]$/,
    says: '3-16 characters, a-z 0-9 -, without ali, ay, ots, taobao, admin: set control.tablestoreInstance',
  },
  project: {
    what: 'log project',
    pattern: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    says: '3-63 characters, a-z 0-9 -',
  },
  role: { what: 'RAM role', pattern: /^[A-Za-z0-9.-]{1,64}$/, says: 'at most 64 letters, digits, . and -' },
  function: {
    what: 'function',
    pattern: /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/,
    says: 'starts with a letter or _; at most 64 letters, digits, - and _',
  },
  network: {
    what: 'network resource',
    pattern: /^(?!https?:\/\/)[A-Za-z][A-Za-z0-9._-]{1,127}$/,
    says: '2-128 characters, starts with a letter',
  },
} satisfies Record<string, Rule>;

/** One line for each name that its service would refuse. */
export function nameMistakes(config: Config): string[] {
  const names = namesOf(config);
  const accountId = '0'.repeat(16);
  const checked: readonly [Rule, string][] = [
    [RULES.stack, names.controlStack],
    [RULES.instance, names.tablestoreInstance],
    [RULES.project, names.logProject(accountId)],
    [RULES.role, names.roleOf('deploy')],
    ...functionPlaces(config).flatMap(({ kind, name }): [Rule, string][] => [
      [RULES.function, name],
      [RULES.role, names.roleOf(kind)],
    ]),
    ...config.placements.flatMap((placement): [Rule, string][] => [
      [RULES.stack, names.placementStack(placement)],
      [RULES.network, names.vpc(placement)],
      [RULES.network, names.securityGroup(placement)],
      ...Object.keys(placement.zones).map((zone): [Rule, string] => [
        RULES.network,
        names.vSwitch(placement, zone),
      ]),
    ]),
  ];
  return checked
    .filter(([rule, text]) => !rule.pattern.test(text))
    .map(([rule, text]) => `${rule.what} ${text}: ${rule.says}`);
}
