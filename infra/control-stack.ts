/** What the functions need and s.yaml cannot make: the ledger, logs, roles, and on request a fixed address. */
import * as ros from '@alicloud/ros-cdk-core';
import * as ecs from '@alicloud/ros-cdk-ecs';
import * as oss from '@alicloud/ros-cdk-oss';
import * as ots from '@alicloud/ros-cdk-ots';
import * as sls from '@alicloud/ros-cdk-sls';
import { HISTORY_TABLE, LEDGER_TABLE } from '../shared/adapters/tablestore/tables.ts';
import type { Config } from '../shared/config/config.ts';
import { mirrorPlaces } from '../shared/runner/copies.ts';
import { egressRules } from './egress.ts';
import { namesOf, zoneIdOf } from './names.ts';
import { natEgress } from './nat.ts';
import { output, tagList } from './placement-stack.ts';
import { makeRoles, type StackScope } from './roles.ts';

const LOGS_KEPT_DAYS = 30;
/** The functions speak with a few APIs in small messages. */
const FIXED_ADDRESS_MBIT = 20;

/** The instance of the ledger, in the template. */
export const LEDGER_RESOURCE = 'Ledger';

export class ControlStack extends ros.Stack {
  constructor(scope: ros.Construct, about: StackScope) {
    const { config } = about;
    const stackName = namesOf(config).controlStack;
    super(scope, stackName, { stackName, description: `The functions of ${config.name} and their ledger` });
    makeLedger(this, config);
    makeLogs(this, config);
    makeRoles(this, about);
    makeSource(this, config);
    if (config.control.fixedAddress !== null) makeFixedAddress(this, config, config.control.fixedAddress);
  }
}

/** ROS's type says 20, its older one and the service's own call 5. */
const LEDGER_TAGS_MAX = 5;

function makeLedger(stack: ros.Stack, config: Config): void {
  const instance = new ots.InstanceV2(stack, LEDGER_RESOURCE, {
    instanceName: namesOf(config).tablestoreInstance,
    instanceDescription: `What ${config.name} has promised`,
    clusterType: 'SSD',
    // Tablestore docs, "Network ACL" (2024-11): a new instance refuses the Internet, from where the functions call.
    networkTypeAcl: ['VPC', 'CLASSIC', 'INTERNET'],
    networkSourceAcl: ['TRUST_PROXY'],
    tags: tagList(config, LEDGER_TAGS_MAX),
  });
  for (const shape of [LEDGER_TABLE, HISTORY_TABLE])
    new ots.Table(stack, `Table${shape.name[0]?.toUpperCase()}${shape.name.slice(1)}`, {
      instanceName: instance.attrInstanceName,
      tableName: shape.name,
      primaryKey: shape.keys.map((name) => ({ name, type: 'STRING' })),
      timeToLive: shape.timeToLiveS,
      maxVersions: 1,
      reservedThroughput: { read: 0, write: 0 },
    });
  output(stack, 'TablestoreInstance', instance.attrInstanceName);
}

function makeLogs(stack: ros.Stack, config: Config): void {
  const names = namesOf(config);
  const project = new sls.Project(stack, 'Logs', {
    name: names.logProject(ros.RosPseudo.tenantId),
    description: `Logs of ${config.name}`,
    tags: tagList(config),
  });
  const store = new sls.Logstore(stack, 'LogStore', {
    projectName: project.attrName,
    logstoreName: names.logStore,
    ttl: LOGS_KEPT_DAYS,
    shardCount: 1,
    autoSplit: true,
    maxSplitShard: 8,
    appendMeta: true,
  });
  const index = new sls.Index(stack, 'LogIndex', {
    projectName: project.attrName,
    logstoreName: store.attrLogstoreName,
    fullTextIndex: { enable: true, includeChinese: false, caseSensitive: false },
  });
  index.addDependency(store);
  output(stack, 'LogProject', project.attrName);
}

/** Where mirrors of other regions copy from; read by their role alone. A placement's own bucket here serves as well. */
function makeSource(stack: ros.Stack, config: Config): void {
  const { source } = mirrorPlaces(config, ros.RosPseudo.tenantId);
  if (source === null || config.placements.some(({ mirrorBucket }) => mirrorBucket === source.bucket)) return;
  new oss.Bucket(stack, 'MirrorSource', {
    bucketName: source.bucket,
    accessControl: 'private',
    tags: Object.fromEntries(tagList(config).map(({ key, value }) => [key, value])),
    // What the mirror can fetch again is no reason to refuse a destroy.
    deletionForce: true,
  });
}

function makeFixedAddress(
  stack: ros.Stack,
  config: Config,
  { cidr, zone }: NonNullable<Config['control']['fixedAddress']>,
): void {
  const tags = tagList(config);
  const name = `${config.name}-runner-functions`;
  const vpc = new ecs.Vpc(stack, 'Vpc', { vpcName: `vpc-${name}`, cidrBlock: cidr, tags });
  const vSwitch = new ecs.VSwitch(stack, 'VSwitch', {
    vSwitchName: `vsw-${name}`,
    vpcId: vpc.attrVpcId,
    zoneId: zoneIdOf(config.control.region, zone),
    cidrBlock: cidr,
    tags,
  });
  const group = new ecs.SecurityGroup(stack, 'SecurityGroup', {
    securityGroupName: `sg-${name}`,
    vpcId: vpc.attrVpcId,
    securityGroupType: 'enterprise',
    securityGroupEgress: egressRules(null, []),
    tags,
  });
  const address = natEgress(stack, {
    name,
    vpcId: vpc.attrVpcId,
    vSwitches: [vSwitch],
    bandwidthMbit: FIXED_ADDRESS_MBIT,
  });
  output(stack, 'FunctionsVpcId', vpc.attrVpcId);
  output(stack, 'FunctionsVSwitchId', vSwitch.attrVSwitchId);
  output(stack, 'FunctionsSecurityGroupId', group.attrSecurityGroupId);
  output(stack, 'FunctionsAddress', address.attrEipAddress);
}
