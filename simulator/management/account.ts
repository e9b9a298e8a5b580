/** Identity, rights, networks and quotas, as their services' SDK models answer. */
import { ROLE_ACTS } from './roles.ts';
import type { RpcAct } from './stacks.ts';
import { ManagementRefusal, needed, type Query } from './state.ts';
import { STS_ACTS } from './sts.ts';

/** By RAM action: the service's short name, then the API. */
export const ACCOUNT_ACTS: Readonly<Record<string, RpcAct>> = {
  ...ROLE_ACTS,
  ...STS_ACTS,
  'sts:GetCallerIdentity': ({ accountId, identity }) => ({
    AccountId: accountId,
    Arn: `acs:ram::${accountId}:${identity}`,
    IdentityType: 'RAMUser',
    PrincipalId: '2000',
  }),
  'vpc:DescribeVSwitches': ({ vSwitches }, query) => {
    const id = needed(query, 'VSwitchId');
    const one = vSwitches.get(id);
    const VSwitch =
      one === undefined || one.region !== query.RegionId
        ? []
        : [
            {
              VSwitchId: id,
              VpcId: one.vpc,
              ZoneId: one.zone,
              AvailableIpAddressCount: one.freeIps,
              Status: 'Available',
            },
          ];
    return { TotalCount: VSwitch.length, VSwitches: { VSwitch } };
  },
  'ecs:DescribeSecurityGroupAttribute': ({ groups }, query) => {
    const id = needed(query, 'SecurityGroupId');
    const group = groups.get(id);
    if (group === undefined || group.region !== query.RegionId)
      throw new ManagementRefusal(
        404,
        'InvalidSecurityGroupId.NotFound',
        'The SecurityGroupId does not exist.',
      );
    const Permission = group.rules.map(({ direction, policy, cidr, priority, protocol, ports, group }) => ({
      Direction: direction,
      Policy: policy,
      Priority: priority,
      IpProtocol: protocol ?? 'ALL',
      PortRange: ports ?? '-1/-1',
      DestGroupId: direction === 'egress' ? (group ?? '') : '',
      SourceCidrIp: direction === 'ingress' ? cidr : '',
      DestCidrIp: direction === 'egress' ? cidr : '',
    }));
    const { vpc: VpcId, innerAccess: InnerAccessPolicy } = group;
    return { SecurityGroupId: id, VpcId, InnerAccessPolicy, Permissions: { Permission } };
  },
  'ecs:DescribeAccountAttributes': ({ quotas }, query) => ({
    AccountAttributeItems: {
      AccountAttributeItem: namesIn(query, 'AttributeName').flatMap((AttributeName) => {
        const Value = quotas.get(AttributeName);
        return Value === undefined ? [] : [{ AttributeName, AttributeValues: { ValueItem: [{ Value }] } }];
      }),
    },
  }),
  'ram:GetRole': ({ roles }, query) => {
    const RoleName = needed(query, 'RoleName');
    const role = roles.get(RoleName);
    if (role === undefined) throw new ManagementRefusal(404, 'EntityNotExist.Role', 'The role not exists.');
    return { Role: { RoleName, AssumeRolePolicyDocument: JSON.stringify(role.trust) } };
  },
  'ram:ListPoliciesForRole': ({ roles }, query) => {
    const role = roles.get(needed(query, 'RoleName'));
    if (role === undefined) throw new ManagementRefusal(404, 'EntityNotExist.Role', 'The role not exists.');
    const Policy = [...role.policies.keys()].map((PolicyName) => ({ PolicyName, PolicyType: 'Custom' }));
    return { Policies: { Policy } };
  },
  'ram:GetPolicy': ({ roles }, query) => {
    const name = needed(query, 'PolicyName');
    const document = [...roles.values()].map(({ policies }) => policies.get(name)).find(Boolean);
    if (document === undefined)
      throw new ManagementRefusal(404, 'EntityNotExist.Policy', 'The policy not exists.');
    return { DefaultPolicyVersion: { PolicyDocument: JSON.stringify(document), VersionId: 'v1' } };
  },
  'oos:CreateSecretParameter': ({ secrets }, query) => {
    const name = needed(query, 'Name');
    if (secrets.has(name))
      throw new ManagementRefusal(409, 'EntityAlreadyExists.Parameter', 'The parameter already exists.');
    secrets.set(name, needed(query, 'Value'));
    return { Parameter: { Name: name, Type: needed(query, 'Type') } };
  },
  'oos:UpdateSecretParameter': ({ secrets }, query) => {
    const name = needed(query, 'Name');
    if (!secrets.has(name))
      throw new ManagementRefusal(404, 'EntityNotExists.Parameter', 'no such parameter');
    secrets.set(name, needed(query, 'Value'));
    return { Parameter: { Name: name } };
  },
  'oos:GetSecretParameter': ({ secrets }, query) => {
    const Value = secrets.get(needed(query, 'Name'));
    if (Value === undefined)
      throw new ManagementRefusal(404, 'EntityNotExists.Parameter', 'no such parameter');
    return {
      Parameter: { Name: query.Name, Type: 'Secret', Value: query.WithDecryption === 'true' ? Value : '' },
    };
  },
  'ecs:DescribeZones': (_state, query) => ({
    Zones: { Zone: ['b', 'h', 'k'].map((letter) => ({ ZoneId: `${needed(query, 'RegionId')}-${letter}` })) },
  }),
  'kms:GetSecretValue': ({ secrets }, query) => {
    const SecretData = secrets.get(needed(query, 'SecretName'));
    if (SecretData === undefined)
      throw new ManagementRefusal(404, 'Forbidden.ResourceNotFound', 'Resource not found.');
    return { SecretName: query.SecretName, SecretData };
  },
  'kms:DescribeSecret': ({ secrets }, query) => {
    if (!secrets.has(needed(query, 'SecretName')))
      throw new ManagementRefusal(404, 'Forbidden.ResourceNotFound', 'Resource not found.');
    return { SecretName: query.SecretName, SecretType: 'Generic' };
  },
  'kms:CreateSecret': ({ secrets }, query) => {
    const name = needed(query, 'SecretName');
    if (secrets.has(name))
      throw new ManagementRefusal(409, 'Rejected.ResourceExist', 'The resource already exists.');
    secrets.set(name, needed(query, 'SecretData'));
    return { SecretName: name };
  },
  'kms:PutSecretValue': ({ secrets }, query) => {
    const name = needed(query, 'SecretName');
    if (!secrets.has(name))
      throw new ManagementRefusal(404, 'Forbidden.ResourceNotFound', 'Resource not found.');
    secrets.set(name, needed(query, 'SecretData'));
    return { SecretName: name };
  },
};

const namesIn = (query: Query, prefix: string): string[] =>
  Object.entries(query).flatMap(([key, value]) => (key.startsWith(`${prefix}.`) ? [value] : []));
