/** What every function may do: read the secrets that it is told of, have its lines kept, and be in a network of its own. */
import type { FunctionKind } from '../shared/config/environment.ts';
import { namesOf } from './names.ts';
import type { Permission, Scope } from './permission.ts';

export function secretReading(kind: FunctionKind, { config, accountId, secrets }: Scope): Permission[] {
  const { region } = config.control;
  const named = (store: string) =>
    (secrets[kind] ?? []).filter((text) => text.startsWith(`${store}:`)).map((text) => text.slice(4));
  const kms = named('kms').map((name) => `acs:kms:${region}:${accountId}:secret/${name}`);
  const oos = named('oos').map((name) => `acs:oos:${region}:${accountId}:secretparameter/${name}`);
  const permissions: Permission[] = [];
  if (kms.length > 0) permissions.push({ action: 'kms:GetSecretValue', resources: kms });
  if (oos.length > 0)
    permissions.push(
      { action: 'oos:GetSecretParameter', resources: oos },
      {
        action: 'kms:GetSecretValue',
        resources: [`acs:kms:${region}:${accountId}:secret/*`],
        implied: {
          by: 'oos:GetSecretParameter',
          source:
            'OOS docs, GetSecretParameter: the caller needs KMS GetSecretValue; the name of the secret behind a parameter is not documented',
        },
      },
    );
  return permissions;
}

export function logWriting({ config, accountId }: Scope): Permission {
  const names = namesOf(config);
  const project = names.logProject(accountId);
  return {
    action: 'log:PostLogStoreLogs',
    resources: [
      `acs:log:${config.control.region}:${accountId}:project/${project}/logstore/${names.logStore}`,
    ],
    implied: {
      by: 'logConfig of the function',
      source:
        'Function Compute docs, "Configure logging": the function role must be allowed to write to the Logstore',
    },
  };
}

/** An interface has no name before it is made, and Function Compute gives it no tag of ours. */
export function networking({ config, accountId }: Scope): Permission[] {
  const { fixedAddress, region } = config.control;
  if (fixedAddress === null) return [];
  const implied = {
    by: 'vpcConfig of the function, where the service-linked role AliyunServiceRoleForFC does not stand in',
    source:
      'Function Compute docs, "Service-linked role of Function Compute": what connecting a function to a VPC takes; a function with a role of its own uses that one',
  };
  const resources = ['ecs', 'vpc'].map((service) => `acs:${service}:${region}:${accountId}:*`);
  return NETWORK_ACTIONS.map((action) => ({ action, resources, implied }));
}

const NETWORK_ACTIONS = [
  'ecs:CreateNetworkInterface',
  'ecs:CreateNetworkInterfacePermission',
  'ecs:DeleteNetworkInterface',
  'ecs:DeleteNetworkInterfacePermission',
  'ecs:DescribeNetworkInterfacePermissions',
  'ecs:DescribeNetworkInterfaces',
  'vpc:DescribeVSwitchAttributes',
  'vpc:DescribeVpcAttribute',
];
