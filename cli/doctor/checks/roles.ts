/** What our roles may do, and who may take them: whole statements, not names of actions, and Deny before Allow. */
import { deployPermissions } from '../../../infra/deploy-policy.ts';
import { FUNCTION_KINDS, namesOf } from '../../../infra/names.ts';
import { instancePermissions, type Permission, permissionsOf, type Scope } from '../../../infra/policies.ts';
import { policyDocument } from '../../../infra/policy-document.ts';
import { secretReferences } from '../../../infra/secrets.ts';
import { AlibabaRefusal } from '../../../shared/adapters/alibaba/call.ts';
import { subjectsOf, tokenConditions } from '../../../shared/github-trust.ts';
import { type Check, type CheckOutcome, ok, warning, wrong } from '../finding.ts';
import type { DoctorWorld } from '../world.ts';

export const ROLES_CHECK: Check = {
  name: 'permissions',
  needs: ['credentials', 'configuration'],
  look: roles,
};

async function roles(world: DoctorWorld): Promise<CheckOutcome[]> {
  const { alibaba, config, variables } = world;
  const { AccountId } = await alibaba.rpc('sts', config.control.region, 'GetCallerIdentity');
  const scope = { config, accountId: String(AccountId), secrets: secretReferences(variables) };
  const findings: CheckOutcome[] = [];
  for (const wanted of wantedRoles(scope)) findings.push(...(await role(world, wanted)));
  if (scope.secrets.launcher?.some((reference) => reference.startsWith('oos:')))
    findings.push(
      warning(
        `with oos: launcher and reaper may read every KMS secret of ${config.control.region}`,
        'keep the App’s key as kms:NAME',
      ),
    );
  return findings.length > 0
    ? findings
    : [ok('each role may exactly what it needs, and is taken by no other')];
}

interface WantedRole {
  readonly name: string;
  readonly may: readonly Permission[];
  /** As `takersIn` writes it. */
  readonly taker: string;
}

/** Every role that a deploy makes. */
function wantedRoles(scope: Scope): WantedRole[] {
  const { config, accountId } = scope;
  const names = namesOf(config);
  const { deployFrom } = config.control;
  const { roleName } = config.selfDestruct;
  const provider = `Federated acs:ram::${accountId}:oidc-provider/${names.oidcProvider}`;
  const token = (subjects: readonly string[]) => conditionText({ StringEquals: tokenConditions(subjects) });
  return [
    ...FUNCTION_KINDS.map((kind) => ({
      name: names.roleOf(kind),
      may: permissionsOf(kind, scope),
      taker: 'Service fc.aliyuncs.com',
    })),
    ...(deployFrom === null
      ? []
      : [
          {
            name: names.roleOf('deploy'),
            may: deployPermissions(config, accountId),
            taker: `${provider} where ${token(subjectsOf(deployFrom, null))}`,
          },
        ]),
    ...(roleName === null
      ? []
      : [{ name: roleName, may: instancePermissions(scope), taker: 'Service ecs.aliyuncs.com' }]),
  ];
}

async function role(world: DoctorWorld, { name, may, taker }: WantedRole): Promise<CheckOutcome[]> {
  const { alibaba, config } = world;
  const found = await alibaba
    .rpc('ram', config.control.region, 'GetRole', { RoleName: name })
    .catch(nullIfAbsent);
  if (found === null) return [wrong(`role ${name} does not exist`, 'run npm run deploy')];
  const { AssumeRolePolicyDocument } = found.Role as { AssumeRolePolicyDocument: string };
  const trust = statementsIn(JSON.parse(AssumeRolePolicyDocument));
  const held = (await documentsOf(world, name)).flatMap(statementsIn);
  const has = rightsIn(held);
  const needs = rightsIn(policyDocument(may).Statement);
  const missing = [...needs].filter((right) => !has.has(right));
  const needless = [...has].filter((right) => !needs.has(right));
  const denied = [
    ...rightsIn(held, 'Deny'),
    ...takersIn(trust, 'Deny').map((one) => `being taken by ${one}`),
  ];
  const takers = withoutIds(takersIn(trust, 'Allow').join(', ') || 'nobody');
  return [
    ...(missing.length > 0 ? [wrong(`role ${name} may not ${few(missing)}`, 'run npm run deploy')] : []),
    ...(denied.length > 0
      ? [
          wrong(
            `role ${name} is denied ${few(denied)}`,
            'take the Deny statement away: it outweighs what is allowed',
          ),
        ]
      : []),
    ...(needless.length > 0
      ? [warning(`role ${name} may more than it needs: ${few(needless)}`, 'take it away')]
      : []),
    ...(takers === taker ? [] : [wrong(`role ${name} may be taken by ${takers}`, 'run npm run deploy')]),
  ];
}

/** Every policy of the role. */
async function documentsOf({ alibaba, config }: DoctorWorld, role: string): Promise<unknown[]> {
  const { region } = config.control;
  const listed = await alibaba.rpc('ram', region, 'ListPoliciesForRole', { RoleName: role });
  const { Policy } = listed.Policies as { Policy: { PolicyName: string; PolicyType: string }[] };
  const documents = [];
  for (const { PolicyName, PolicyType } of Policy) {
    const answer = await alibaba.rpc('ram', region, 'GetPolicy', { PolicyName, PolicyType });
    const { PolicyDocument } = answer.DefaultPolicyVersion as { PolicyDocument: string };
    documents.push(JSON.parse(PolicyDocument));
  }
  return documents;
}

type Words = string | readonly string[];
type Effect = 'Allow' | 'Deny';
interface Statement {
  readonly Effect: string;
  readonly Action?: Words;
  readonly NotAction?: Words;
  readonly Resource?: Words;
  readonly NotResource?: Words;
  readonly Condition?: unknown;
  readonly Principal?: Readonly<Record<string, Words>>;
}

const statementsIn = (document: unknown): readonly Statement[] =>
  (document as { Statement?: readonly Statement[] }).Statement ?? [];
const listOf = (words: Words | undefined): readonly string[] =>
  words === undefined ? [] : typeof words === 'string' ? [words] : words;
const allBut = (words: Words | undefined) => listOf(words).map((each) => `all but ${each}`);
const whenOf = ({ Condition }: Statement) =>
  Condition === undefined ? '' : ` where ${conditionText(Condition)}`;

/** Pure. One text for each action on each resource; what is spelt otherwise and means the same is the same. */
export function rightsIn(statements: readonly Statement[], effect: Effect = 'Allow'): Set<string> {
  const rights = statements
    .filter(({ Effect }) => Effect === effect)
    .flatMap((statement) => {
      const resources = [...listOf(statement.Resource), ...allBut(statement.NotResource)];
      return [...listOf(statement.Action), ...allBut(statement.NotAction)].flatMap((action) =>
        resources.map((resource) => `${action} on ${resource}${whenOf(statement)}`),
      );
    });
  return new Set(rights);
}

/** RAM takes one value or a list of them. */
function conditionText(condition: unknown): string {
  return Object.entries(condition as Record<string, Record<string, Words>>)
    .flatMap(([how, keys]) =>
      Object.entries(keys).map(([key, values]) => `${key} ${how} ${[...listOf(values)].sort().join(' or ')}`),
    )
    .sort()
    .join(' and ');
}

/** Who may assume the role, whoever else is named, and on what conditions. */
function takersIn(statements: readonly Statement[], effect: Effect): string[] {
  const takers = statements
    .filter(({ Effect }) => Effect === effect)
    .flatMap((statement) =>
      Object.entries(statement.Principal ?? {}).flatMap(([kind, who]) =>
        listOf(who).map((each) => `${kind} ${each}${whenOf(statement)}`),
      ),
    );
  return [...new Set(takers)].sort();
}

/** The subject with ids stands beside the same one without (`subjectsOf`); only GitHub could say them here. */
const withoutIds = (takers: string): string =>
  takers.replace(/(repo:([^@/\s]+)\/([^@:\s]+):(\S+)) or repo:\2@\d+\/\3@\d+:\4(?=$|\s|,)/g, '$1');

const SHOWN_MAX = 3;
function few(rights: readonly string[]): string {
  const more = rights.length - SHOWN_MAX;
  return `${rights.slice(0, SHOWN_MAX).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

export function nullIfAbsent(error: unknown): null {
  if (error instanceof AlibabaRefusal && error.statusCode === 404) return null;
  throw error;
}
