/**
 * Who may do what: one row for each action of each function, why it is there, and how narrow it is.
 * Roles are made of this, simulators refuse by it, and a test holds it against what the functions really call.
 */
import type { Config } from '../shared/config/config.ts';
import type { FunctionKind } from '../shared/config/environment.ts';
import { TAG } from '../shared/names.ts';
import { mirrorPlaces } from '../shared/runner/copies.ts';
import { bakedNames, bakeryOf } from '../shared/runner/images/bake.ts';
import { logWriting, networking, secretReading } from './common-permissions.ts';
import { functionPlaces, namesOf } from './names.ts';
import type { Permission, Scope } from './permission.ts';

export type { Permission, Scope } from './permission.ts';

export function permissionsOf(kind: FunctionKind, scope: Scope): Permission[] {
  const secrets = kind === 'mirror' ? [] : secretReading(kind, scope);
  return [...OWN[kind](scope), ...secrets, logWriting(scope), ...networking(scope)];
}

const OWN: Readonly<Record<FunctionKind, (scope: Scope) => Permission[]>> = {
  webhook: (scope) => [invoke(scope, 'launcher', 'reaper')],
  launcher: (scope) => [
    ...ledger(scope),
    ...running(scope),
    {
      ...invoke(scope, 'reaper'),
      implied: {
        by: 'the on-failure destination of the launcher',
        source:
          'Function Compute docs, "Result callback": the function role must be allowed to call the destination',
      },
    },
  ],
  reaper: (scope) => [
    ...ledger(scope),
    ...surveying(scope),
    ...pricing(),
    ...billing(scope),
    ...baking(scope),
    invoke(scope, 'launcher', 'mirror'),
  ],
  mirror: mirroring,
};

const TABLES = ['ledger', 'history'] as const;

function tables(scope: Scope, names: readonly string[]): string[] {
  const { region } = scope.config.control;
  const instance = namesOf(scope.config).tablestoreInstance;
  return names.map((name) => `acs:ots:${region}:${scope.accountId}:instance/${instance}/table/${name}`);
}

function ledger(scope: Scope): Permission[] {
  const actions = ['GetRow', 'PutRow', 'UpdateRow', 'DeleteRow', 'GetRange'];
  return actions.map((action) => ({ action: `ots:${action}`, resources: tables(scope, TABLES) }));
}

const ours = (config: Config, key: 'acs:RequestTag' | 'acs:ResourceTag') => ({
  StringEquals: { [`${key}/${TAG.deployment}`]: [config.name] },
});

/**
 * ECS checks each resource of a request by itself; the tag condition holds for what is created. No ecs:TagResources: who
 * may tag any instance as ours may have the reaper delete it. Resource Management docs, "Create a resource with a
 * specific tag": instances are created with tags under a Deny on ecs:TagResources.
 */
function running({ config, accountId }: Scope): Permission[] {
  const created = config.placements.flatMap(({ region }) => [
    `acs:ecs:${region}:${accountId}:instance/*`,
    `acs:ecs:${region}:${accountId}:disk/*`,
  ]);
  const used = config.placements.flatMap((placement) => [
    `acs:ecs:${placement.region}:*:image/*`,
    `acs:ecs:${placement.region}:${accountId}:securitygroup/${placement.securityGroup}`,
    ...[...new Set(Object.values(placement.zones))].map(
      (vSwitch) => `acs:vpc:${placement.region}:${accountId}:vswitch/${vSwitch}`,
    ),
    ...(placement.keyPair === null
      ? []
      : [`acs:ecs:${placement.region}:${accountId}:keypair/${placement.keyPair}`]),
  ]);
  return [
    { action: 'ecs:RunInstances', resources: created, condition: ours(config, 'acs:RequestTag') },
    { action: 'ecs:RunInstances', resources: used },
    ...[...passing(config, accountId), ...starting({ config, accountId })],
  ];
}

/** ECS knows no narrower right than one to change an instance. */
function starting({ config, accountId }: Pick<Scope, 'config' | 'accountId'>): Permission[] {
  const instances = config.placements.map(({ region }) => `acs:ecs:${region}:${accountId}:instance/*`);
  return keepsStopped(config) ? tagged(['ModifyInstanceAttribute', 'StartInstance'], instances, config) : [];
}

const keepsStopped = ({ warm }: Config): boolean => warm.some(({ stopped }) => stopped > 0);

function passing(config: Config, accountId: string): Permission[] {
  const { roleName } = config.selfDestruct;
  if (roleName === null) return [];
  return [
    {
      action: 'ram:PassRole',
      resources: [`acs:ram::${accountId}:role/${roleName.toLowerCase()}`],
      condition: { StringEquals: { 'acs:Service': ['ecs.aliyuncs.com'] } },
      implied: {
        by: 'RunInstances with RamRoleName',
        source: 'ECS docs, RunInstances: 403 InvalidUser.PassRoleForbidden without ram:PassRole',
      },
    },
  ];
}

/** Regions where instances of ours may live. */
export const regionsOf = ({ config, formerRegions = [] }: Omit<Scope, 'secrets' | 'accountId'>): string[] => [
  ...new Set([...config.placements.map(({ region }) => region), ...formerRegions]),
];

function surveying(scope: Scope): Permission[] {
  const { config, accountId } = scope;
  const instances = regionsOf(scope).map((region) => `acs:ecs:${region}:${accountId}:instance/*`);
  const acts = ['DeleteInstance', 'DeleteInstances', 'GetInstanceConsoleOutput'];
  return [
    { action: 'ecs:DescribeInstances', resources: instances },
    ...tagged([...acts, ...(keepsStopped(config) ? ['StopInstance'] : [])], instances, config),
  ];
}

const tagged = (actions: readonly string[], resources: readonly string[], config: Config): Permission[] =>
  actions.map((each) => ({ action: `ecs:${each}`, resources, condition: ours(config, 'acs:ResourceTag') }));

/** ECS knows no narrower resource for what is the same for every account (RAM list of ECS: "All Resources"). */
function pricing(): Permission[] {
  const things = ['AvailableResource', 'InstanceTypes', 'Price', 'SpotAdvice', 'SpotPriceHistory'];
  return things.map((thing) => ({ action: `ecs:Describe${thing}`, resources: ['*'] }));
}

/** BssOpenApi knows no narrower resource (docs, "RAM authorization": granularity OPERATION). Nobody who does not ask for it has it. */
function billing({ config }: Scope): Permission[] {
  return config.costs.bill ? [{ action: 'bssapi:DescribeInstanceBill', resources: ['*'] }] : [];
}

/**
 * Builds are begun in one region, as pipelines of ours; an image, and a snapshot, is changed or deleted only with our
 * tag. That the service-linked role of Image Builder is there is a person's to see to: no function changes rights.
 */
function baking({ config, accountId }: Scope): Permission[] {
  if (bakedNames(config).length === 0) return [];
  const pipelines = [`acs:ecs:${bakeryOf(config).region}:${accountId}:imagepipeline/*`];
  const inEach = (kind: string) =>
    config.placements.map(({ region }) => `acs:ecs:${region}:${accountId}:${kind}/*`);
  const condition = ours(config, 'acs:ResourceTag');
  return [
    ...PIPELINE_ACTIONS.map((action) => ({ action: `ecs:${action}`, resources: pipelines })),
    { action: 'ecs:DescribeImages', resources: inEach('image') },
    { action: 'ecs:ModifyImageAttribute', resources: inEach('image'), condition },
    { action: 'ecs:DeleteImage', resources: inEach('image'), condition },
    { action: 'ecs:DeleteSnapshot', resources: inEach('snapshot'), condition },
  ];
}

const PIPELINE_ACTIONS = [
  'CreateImagePipeline',
  'DeleteImagePipeline',
  'DescribeImagePipelineExecutions',
  'DescribeImagePipelines',
  'StartImagePipelineExecution',
];

/** One role in all regions: each mirror reads the source, and fills its own. */
function mirroring({ config, accountId }: Scope): Permission[] {
  const { source, regional } = mirrorPlaces(config, accountId);
  if (source === null) return [];
  const objects = [source, ...regional].map(({ bucket }) => `acs:oss:*:*:${bucket}/*`);
  return ['oss:DeleteObject', 'oss:GetObject', 'oss:PutObject'].map((action) => ({
    action,
    resources: objects,
  }));
}

function invoke({ config, accountId }: Scope, ...kinds: FunctionKind[]): Permission {
  const places = functionPlaces(config).filter(({ kind }) => kinds.includes(kind));
  return {
    action: 'fc:InvokeFunction',
    resources: places.map(({ region, name }) => `acs:fc:${region}:${accountId}:functions/${name}`),
  };
}

/** RAM knows no "only itself": an instance of ours may delete instances of ours. */
export function instancePermissions(scope: Scope): Permission[] {
  const { config, accountId } = scope;
  const instances = regionsOf(scope).map((region) => `acs:ecs:${region}:${accountId}:instance/*`);
  return tagged(['DeleteInstance'], instances, config);
}
