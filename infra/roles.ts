/** One role for each function, one for a workflow that deploys, one for an instance that deletes itself. */
import * as ros from '@alicloud/ros-cdk-core';
import * as ram from '@alicloud/ros-cdk-ram';
import type { Config } from '../shared/config/config.ts';
import {
  AUDIENCE,
  fingerprintsOf,
  GITHUB_ISSUER,
  subjectsOf,
  tokenConditions,
  type WorkflowTrust,
} from '../shared/github-trust.ts';
import { deployPermissions } from './deploy-policy.ts';
import { FUNCTION_KINDS, namesOf } from './names.ts';
import { output } from './placement-stack.ts';
import { instancePermissions, type Permission, permissionsOf, type Scope } from './policies.ts';
import { policyDocument } from './policy-document.ts';

export type StackScope = Required<Omit<Scope, 'accountId'>> & { readonly workflow: WorkflowTrust | null };

type Trust = ram.RosRole.AssumeRolePolicyDocumentProperty;

export function makeRoles(stack: ros.Stack, { config, secrets, formerRegions, workflow }: StackScope): void {
  const names = namesOf(config);
  const scope = { config, accountId: ros.RosPseudo.tenantId, secrets, formerRegions };
  for (const kind of FUNCTION_KINDS)
    makeRole(stack, kind, names.roleOf(kind), trusted('fc.aliyuncs.com'), permissionsOf(kind, scope));
  const { deployFrom } = config.control;
  if (deployFrom !== null) makeDeployRole(stack, config, deployFrom, workflow ?? knownTrust(deployFrom));
  if (config.selfDestruct.roleName !== null)
    makeRole(
      stack,
      'instance',
      config.selfDestruct.roleName,
      trusted('ecs.aliyuncs.com'),
      instancePermissions(scope),
    );
}

function makeRole(
  stack: ros.Stack,
  id: string,
  roleName: string,
  trust: Trust,
  permissions: readonly Permission[],
): ram.Role {
  const { Version, Statement } = policyDocument(permissions);
  const title = `${id[0]?.toUpperCase()}${id.slice(1)}`;
  const role = new ram.Role(stack, `Role${title}`, {
    roleName,
    description: `${id} of ${roleName}`,
    assumeRolePolicyDocument: trust,
    policies: [
      {
        policyName: roleName,
        policyDocument: {
          version: Version,
          statement: Statement.map(({ Effect, Action, Resource, Condition }) => ({
            effect: Effect,
            action: [...Action],
            resource: [...Resource],
            ...(Condition === undefined ? {} : { condition: Condition }),
          })),
        },
      },
    ],
    deletionForce: true,
  });
  output(stack, `RoleArn${title}`, role.attrArn);
  return role;
}

const trusted = (service: string): Trust => ({
  version: '1',
  statement: [{ action: 'sts:AssumeRole', effect: 'Allow', principal: { service: [service] } }],
});

type DeployFrom = NonNullable<Config['control']['deployFrom']>;

/** Without a network: what is known of GitHub's roots, and the subject that needs no ids. */
const knownTrust = (deployFrom: DeployFrom): WorkflowTrust => ({
  fingerprints: fingerprintsOf(null),
  subjects: subjectsOf(deployFrom, null),
});

function makeDeployRole(
  stack: ros.Stack,
  config: Config,
  { repository, provider }: DeployFrom,
  { fingerprints, subjects }: WorkflowTrust,
): void {
  const names = namesOf(config);
  if (provider === null)
    new ram.OIDCProvider(stack, 'GitHubProvider', {
      oidcProviderName: names.oidcProvider,
      issuerUrl: GITHUB_ISSUER,
      clientIds: [AUDIENCE],
      fingerprints: [...fingerprints],
      description: `Workflows of ${repository}`,
    });
  const trust: Trust = {
    version: '1',
    statement: [
      {
        action: 'sts:AssumeRole',
        effect: 'Allow',
        principal: { federated: [`acs:ram::${ros.RosPseudo.tenantId}:oidc-provider/${names.oidcProvider}`] },
        condition: { stringEquals: tokenConditions(subjects) },
      },
    ],
  };
  makeRole(stack, 'deploy', names.roleOf('deploy'), trust, deployPermissions(config, ros.RosPseudo.tenantId));
}
