/** What the roles of our functions may do, and who may take them: whole statements, not names of actions. */
import { FUNCTION_KINDS, namesOf } from '../../../infra/names.ts';
import { type Permission, permissionsOf } from '../../../infra/policies.ts';
import { policyDocument } from '../../../infra/policy-document.ts';
import { secretReferences } from '../../../infra/secrets.ts';
import { AlibabaRefusal } from '../../../shared/adapters/alibaba/call.ts';
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
  for (const kind of FUNCTION_KINDS)
    findings.push(...(await role(world, namesOf(config).roleOf(kind), permissionsOf(kind, scope))));
  if (scope.secrets.launcher?.some((reference) => reference.startsWith('oos:')))
    findings.push(
      warning(
        `with oos: launcher and reaper may read every KMS secret of ${config.control.region}`,
        'keep the App’s key as kms:NAME',
      ),
    );
  return findings.length > 0
    ? findings
    : [ok('each role may exactly what its function needs, and only Function Compute takes it')];
}

async function role(
  world: DoctorWorld,
  name: string,
  wanted: readonly Permission[],
): Promise<CheckOutcome[]> {
  const { alibaba, config } = world;
  const found = await alibaba
    .rpc('ram', config.control.region, 'GetRole', { RoleName: name })
    .catch(nullIfAbsent);
  if (found === null) return [wrong(`role ${name} does not exist`, 'run npm run deploy')];
  const has = rightsIn((await documentsOf(world, name)).flatMap(statementsIn));
  const needs = rightsIn(policyDocument(wanted).Statement);
  const missing = [...needs].filter((right) => !has.has(right));
  const needless = [...has].filter((right) => !needs.has(right));
  const { AssumeRolePolicyDocument } = found.Role as { AssumeRolePolicyDocument: string };
  const takers = takersIn(statementsIn(JSON.parse(AssumeRolePolicyDocument)));
  return [
    ...(missing.length > 0 ? [wrong(`role ${name} may not ${few(missing)}`, 'run npm run deploy')] : []),
    ...(needless.length > 0
      ? [warning(`role ${name} may more than it needs: ${few(needless)}`, 'take it away')]
      : []),
    ...(takers === TAKER ? [] : [wrong(`role ${name} may be taken by ${takers}`, 'run npm run deploy')]),
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
interface Statement {
  readonly Effect: string;
  readonly Action?: Words;
  readonly NotAction?: Words;
  readonly Resource?: Words;
  readonly Condition?: unknown;
  readonly Principal?: Readonly<Record<string, Words>>;
}

const statementsIn = (document: unknown): readonly Statement[] =>
  (document as { Statement?: readonly Statement[] }).Statement ?? [];
const listOf = (words: Words | undefined): readonly string[] =>
  words === undefined ? [] : typeof words === 'string' ? [words] : words;

/** Pure. One text for each action on each resource; what is spelt otherwise and means the same is the same. */
export function rightsIn(statements: readonly Statement[]): Set<string> {
  const rights = statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, NotAction, Resource, Condition }) => {
      const when = Condition === undefined ? '' : ` where ${conditionText(Condition)}`;
      const actions = [...listOf(Action), ...listOf(NotAction).map((each) => `all but ${each}`)];
      return actions.flatMap((action) =>
        listOf(Resource).map((resource) => `${action} on ${resource}${when}`),
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

const TAKER = 'Service fc.aliyuncs.com';

/** Who may assume the role, whoever else is named. */
function takersIn(statements: readonly Statement[]): string {
  const takers = statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Principal = {} }) =>
      Object.entries(Principal).flatMap(([kind, who]) => listOf(who).map((each) => `${kind} ${each}`)),
    );
  return [...new Set(takers)].sort().join(', ') || 'nobody';
}

const SHOWN_MAX = 3;
function few(rights: readonly string[]): string {
  const more = rights.length - SHOWN_MAX;
  return `${rights.slice(0, SHOWN_MAX).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

export function nullIfAbsent(error: unknown): null {
  if (error instanceof AlibabaRefusal && error.statusCode === 404) return null;
  throw error;
}
