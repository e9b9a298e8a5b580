import { describe, expect, test } from 'vitest';
import { subnets } from '../../infra/subnets.ts';
import fc from '../fast-check.ts';
import {
  BROUGHT,
  configOf,
  FULL,
  MADE,
  ofType,
  resourcesOf,
  statementsOf,
  templatesOf,
} from './deployment.ts';

const templates = templatesOf(FULL);

/** Deployments as operators might write them. */
const anyConfig = fc
  .record({
    name: fc
      .stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/)
      .filter((name) => !/ali|ay|ots|admin/.test(name)),
    zones: fc.uniqueArray(fc.constantFrom(...'abcdefghijk'), { minLength: 1, maxLength: 5 }),
    egress: fc.constantFrom('nat', 'public-ip'),
    isMade: fc.boolean(),
    hasFixedAddress: fc.boolean(),
    hasDeployRole: fc.boolean(),
    roleName: fc.option(fc.constant('ci-instance')),
    mirrorBucket: fc.option(fc.constant('a-mirror')),
  })
  .map(({ name, zones, egress, isMade, hasFixedAddress, hasDeployRole, roleName, mirrorBucket }) =>
    configOf({
      name,
      control: {
        ...(hasFixedAddress ? { fixedAddress: { cidr: '10.89.0.0/24', zone: 'b' } } : {}),
        ...(hasDeployRole ? { deployFrom: { repository: 'my-org/infra' } } : {}),
      },
      selfDestruct: { roleName },
      placements: [
        {
          ...MADE,
          network: isMade ? MADE.network : null,
          vpc: isMade ? null : 'vpc-1a',
          securityGroup: isMade ? MADE.securityGroup : 'sg-1a',
          zones: Object.fromEntries(zones.map((zone) => [zone, `vsw-${zone}0`])),
          egress,
          mirrorBucket,
        },
      ],
    }),
  );

describe('whatever the deployment', () => {
  test('no action is a wildcard, and no security group lets anyone in', () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const made = templatesOf(config);
        const actions = ofType(made, 'ALIYUN::RAM::Role')
          .flatMap(statementsOf)
          .flatMap(({ Action }) => Action);
        expect(actions.length).toBeGreaterThan(0);
        expect(actions.filter((action) => action.includes('*'))).toEqual([]);
        for (const group of ofType(made, 'ALIYUN::ECS::SecurityGroup')) {
          expect(group.Properties.SecurityGroupIngress).toBeUndefined();
          expect(group.Properties.SecurityGroupType).toBe('enterprise');
        }
        const types = made.flatMap(resourcesOf).map(({ Type }) => Type);
        expect(types.filter((type) => /Ingress|AccessKey|RAM::User/.test(type))).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  test('every name carries the deployment, so that two in one account never clash', () => {
    fc.assert(
      fc.property(anyConfig, anyConfig, (one, other) => {
        fc.pre(one.name !== other.name);
        const names = (config: typeof one) => [
          ...templatesOf({ ...config, selfDestruct: { roleName: null } }).flatMap((template) => [
            `stack ${template.region} ${template.stackName}`,
            ...resourcesOf(template).flatMap(uniqueNames),
          ]),
        ];
        const taken = new Set(names(other));
        const shared = names(one).filter((name) => taken.has(name));
        expect(shared.filter((name) => !name.includes('a-mirror'))).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});

function uniqueNames({ Type, Properties }: ReturnType<typeof resourcesOf>[number]): string[] {
  const keys = ['RoleName', 'InstanceName', 'Name', 'BucketName', 'OIDCProviderName'];
  if (!/RAM::|OTS::Instance|SLS::Project|OSS::/.test(Type)) return [];
  return keys.flatMap((key) => (key in Properties ? [`${Type} ${JSON.stringify(Properties[key])}`] : []));
}

test('the ledger lets in the Internet, from where functions call; a new instance does not', () => {
  const [instance] = ofType(templates, 'ALIYUN::OTS::InstanceV2');
  expect(instance?.Properties).toMatchObject({
    NetworkTypeACL: ['VPC', 'CLASSIC', 'INTERNET'],
    NetworkSourceACL: ['TRUST_PROXY'],
  });
});

test('the tables have the keys and the time to live that the ledger expects', () => {
  const tables = ofType(templates, 'ALIYUN::OTS::Table').map(({ Properties }) => Properties);
  expect(tables).toMatchObject([
    { TableName: 'ledger', TimeToLive: -1, PrimaryKey: [{ Name: 'kind' }, { Name: 'id' }] },
    { TableName: 'history', TimeToLive: 90 * 86_400, PrimaryKey: [{ Name: 'day' }, { Name: 'jobId' }] },
  ]);
  for (const table of tables) expect(table.MaxVersions).toBe(1);
});

test('a placement that is made has a vSwitch in each zone, each with a way out', () => {
  const vSwitches = ofType(templates, 'ALIYUN::ECS::VSwitch').map(({ Properties }) => Properties.VSwitchName);
  expect(vSwitches).toEqual([
    'vsw-ci-runner-cn-hangzhou-b',
    'vsw-ci-runner-cn-hangzhou-k',
    'vsw-ci-runner-functions',
  ]);
  expect(ofType(templates, 'ALIYUN::VPC::SnatEntry')).toHaveLength(3);
  expect(ofType(templates, 'ALIYUN::VPC::EIP')).toHaveLength(2);
});

test('a placement that is brought gets nothing made', () => {
  expect(templates.map(({ region }) => region)).toEqual(['cn-hangzhou', 'cn-hongkong']);
});

test('only the runners’ own network reads the mirror', () => {
  const [bucket] = ofType(templates, 'ALIYUN::OSS::Bucket');
  expect(bucket?.Properties.AccessControl).toBe('private');
  expect(bucket?.Properties.Policy).toMatchObject({
    Statement: [
      {
        Action: ['oss:GetObject'],
        Condition: { StringEquals: { 'acs:SourceVpc': [{ 'Fn::GetAtt': ['Vpc', 'VpcId'] }] } },
      },
    ],
  });
  const unknown = configOf({ placements: [{ ...BROUGHT, mirrorBucket: 'a-mirror' }] });
  expect(() => templatesOf(unknown)).toThrow('mirrorBucket needs vpc');
});

test('with public addresses there is no NAT gateway to pay for', () => {
  const config = configOf({ placements: [{ ...MADE, egress: 'public-ip' }] });
  expect(ofType(templatesOf(config), 'ALIYUN::VPC::NatGateway')).toEqual([]);
});

test('runners reach no private network but those listed, and their proxy', () => {
  const proxy = { https: 'http://10.7.7.7:3128', noProxy: [] };
  const made = templatesOf(configOf({ placements: [{ ...MADE, proxy }] }));
  const [group] = ofType(made, 'ALIYUN::ECS::SecurityGroup');
  const rules = group?.Properties.SecurityGroupEgress as Record<string, unknown>[];
  const by = (policy: string) => rules.filter((each) => each.Policy === policy);
  expect(by('drop').map((each) => each.DestCidrIp)).toEqual([
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
  ]);
  expect(by('accept').map((each) => [each.DestCidrIp, each.Priority])).toEqual([
    ['10.1.0.0/16', 1],
    ['10.7.7.7/32', 1],
    ['0.0.0.0/0', 100],
  ]);
  expect(by('drop').every((each) => each.Priority === 10)).toBe(true);
});

test('a name that its service would refuse is told before anything is made', () => {
  expect(() => templatesOf(configOf({ name: 'railway' }))).toThrow(
    /TableStore instance railway-run: 3-16 characters.*set control.tablestoreInstance/,
  );
  const renamed = configOf({ name: 'railway', control: { tablestoreInstance: 'rw-ledger' } });
  expect(ofType(templatesOf(renamed), 'ALIYUN::OTS::InstanceV2')[0]?.Properties.InstanceName).toBe(
    'rw-ledger',
  );
});

test('a network is cut the same whatever zones are asked for', () => {
  expect(subnets('10.88.0.0/16', ['b'])).toEqual({ b: '10.88.8.0/21' });
  expect(subnets('10.88.0.0/16', ['a', 'b', 'z'])).toEqual({
    a: '10.88.0.0/21',
    b: '10.88.8.0/21',
    z: '10.88.200.0/21',
  });
  expect(() => subnets('10.88.0.0/26', ['a'])).toThrow('too small');
});

test('brought and made placements can stand side by side', () => {
  expect(templatesOf(configOf({ placements: [BROUGHT] })).map(({ stackName }) => stackName)).toEqual([
    'ci-runner-control',
  ]);
});
