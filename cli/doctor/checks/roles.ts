/** What our roles may do, and who may take them: whole statements, not names of actions, and Deny before Allow. */
import { deployPermissions } from '../../../infra/deploy-policy.ts';
import { FUNCTION_KINDS, namesOf } from '../../../infra/names.ts';
import { instancePermissions, type Permission, permissionsOf, type Scope } from '../../../infra/policies.ts';
import { policyDocument } from '../../../infra/policy-document.ts';
import { secretReferences } from '../../../infra/secrets.ts';
import { AlibabaRefusal } from '../../../shared/adapters/alibaba/call.ts';
import type { Config } from '../../../shared/config/config.ts';
import {
  type RepositoryIds,
  spelledAlike,
  subjectsOf,
  tokenConditions,
} from '../../../shared/github-trust.ts';
import { idsOf } from '../../shared/workflow-trust.ts';
import { type Check, type CheckOutcome, ok, unseen, warning, wrong } from '../finding.ts';
import { conditionText, keptLine, rightsIn, statementsIn, takersIn, withoutIds } from '../rights.ts';
import type { DoctorWorld } from '../world.ts';

export const ROLES_CHECK: Check = {
  name: 'permissions',
  needs: ['credentials', 'configuration'],
  look: roles,
};

async function roles(world: DoctorWorld): Promise<CheckOutcome[]> {
  const { alibaba, config, variables } = world;
  const { AccountId } = await alibaba.rpc('sts', config.control.region, 'GetCallerIdentity');
  const former = await formerRegions(world);
  const scope = {
    ...{ config, accountId: String(AccountId), secrets: secretReferences(variables) },
    formerRegions: [...(former ?? new Map()).keys()],
  };
  const ids = await repositoryIds(world);
  const findings: CheckOutcome[] = [];
  for (const wanted of wantedRoles(scope, ids)) findings.push(...(await role(world, wanted, former)));
  if (scope.secrets.launcher?.some((reference) => reference.startsWith('oos:')))
    findings.push(
      warning(
        `with oos: launcher and reaper may read every KMS secret of ${config.control.region}`,
        'keep the App’s key as kms:NAME',
      ),
    );
  const kept = [...(former ?? [])].map(([region, untilMs]) => ok(keptLine(region, untilMs)));
  const all = ok('each role may exactly what it needs, and is taken by no other');
  return findings.length > 0 ? [...findings, ...kept] : [all, ...kept];
}

/** Of no placement any more: region → until when something of ours may live there. Null: the ledger could not be read, and its own check says why. */
async function formerRegions({
  config,
  regionsInUse,
}: DoctorWorld): Promise<ReadonlyMap<string, number> | null> {
  const inUse = await regionsInUse().catch(() => null);
  if (inUse === null) return null;
  const isFormer = (region: string) => !config.placements.some((placement) => placement.region === region);
  return new Map([...inUse].filter(([region]) => isFormer(region)).sort());
}

/** Null: no workflow deploys, or GitHub does not say now; then only the subject without them can be judged. */
async function repositoryIds({ config, github }: DoctorWorld): Promise<RepositoryIds | null> {
  const { deployFrom } = config.control;
  return deployFrom === null ? null : idsOf(deployFrom.repository, github).catch(() => null);
}

interface WantedRole {
  readonly name: string;
  readonly may: readonly Permission[];
  /** As `takersIn` writes it. */
  readonly taker: string;
  /** The taker's subject may stand beside one with ids, which nobody can judge. */
  readonly lacksIds?: boolean;
}

/** Every role that a deploy makes. */
function wantedRoles(scope: Scope, ids: RepositoryIds | null): WantedRole[] {
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
            taker: `${provider} where ${token(subjectsOf(deployFrom, ids))}`,
            lacksIds: ids === null,
          },
        ]),
    ...(roleName === null
      ? []
      : [{ name: roleName, may: instancePermissions(scope), taker: 'Service ecs.aliyuncs.com' }]),
  ];
}

async function role(
  world: DoctorWorld,
  { name, may, taker, lacksIds = false }: WantedRole,
  former: ReadonlyMap<string, number> | null,
): Promise<CheckOutcome[]> {
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
  const takers = takersIn(trust, 'Allow').join(', ') || 'nobody';
  const isAsWanted = lacksIds ? spelledAlike(withoutIds(takers)) === spelledAlike(taker) : takers === taker;
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
    ...tooWide(name, needless, world.config, former),
    ...(isAsWanted ? [] : [wrong(`role ${name} may be taken by ${takers}`, 'run npm run deploy')]),
  ];
}

/** A deploy takes the rights in a region away once nothing of ours can live there: what is there before that is told as that. */
function tooWide(
  name: string,
  needless: readonly string[],
  { placements }: Config,
  former: ReadonlyMap<string, number> | null,
): CheckOutcome[] {
  const here = new Set(placements.map(({ region }) => region));
  const isElsewhere = (right: string) => regionIn(right) !== null && !here.has(regionIn(right) as string);
  const regions = [...new Set(needless.filter(isElsewhere).map(regionIn))].join(', ');
  const rest = needless.filter((right) => !isElsewhere(right));
  const left = `role ${name} has rights in ${regions}, where there is no placement`;
  const said =
    former === null
      ? unseen(`${left}: the ledger could not be read for what lives on there`)
      : warning(`${left}, and nothing of ours is left`, 'run npm run deploy: it takes them away');
  return [
    ...(regions === '' ? [] : [said]),
    ...(rest.length > 0
      ? [warning(`role ${name} may more than it needs: ${few(rest)}`, 'take it away')]
      : []),
  ];
}

/** Null: it is not of one region. */
const regionIn = (right: string): string | null =>
  / on acs:ecs:([a-z]{2}-[a-z0-9-]+):/.exec(right)?.[1] ?? null;

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

const SHOWN_MAX = 3;
function few(rights: readonly string[]): string {
  const more = rights.length - SHOWN_MAX;
  return `${rights.slice(0, SHOWN_MAX).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

export function nullIfAbsent(error: unknown): null {
  if (error instanceof AlibabaRefusal && error.statusCode === 404) return null;
  throw error;
}
