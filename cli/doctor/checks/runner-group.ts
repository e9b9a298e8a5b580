/** Whose jobs the runner group serves, against the allow-list. */
import * as z from 'zod';
import { isAllowed } from '../../../shared/job/labels.ts';
import { isRunnerName, runnerGroupOf } from '../../../shared/names.ts';
import { readGitHub } from '../../shared/read-github.ts';
import { type Check, ok, warning, wrong } from '../finding.ts';
import type { DoctorWorld } from '../world.ts';
import { listInstallations, ownersOf } from './github.ts';

export const RUNNER_GROUP_CHECK: Check = {
  name: 'runner group',
  needs: ['App installation'],
  look: runnerGroup,
};

const PAGE = 100;
/** GitHub docs: an organisation has at most 10,000 repositories in such a list. */
const PAGES_MAX = 100;

const Group = z.object({
  id: z.int(),
  name: z.string(),
  visibility: z.string(),
  allows_public_repositories: z.boolean(),
});
type Group = z.infer<typeof Group>;
const Groups = z.object({ runner_groups: z.array(Group) }).transform(({ runner_groups }) => runner_groups);
const Repositories = z
  .object({ repositories: z.array(z.object({ full_name: z.string() })) })
  .transform(({ repositories }) => repositories.map(({ full_name }) => full_name.toLowerCase()));

const Runners = z
  .object({
    runners: z.array(z.object({ name: z.string(), labels: z.array(z.object({ name: z.string() })) })),
  })
  .transform(({ runners }) =>
    runners.map((each) => ({
      name: each.name,
      labels: each.labels.map(({ name }) => name.toLowerCase()),
    })),
  );
/** Of a group that two deployments have, each would be told to take the other's repositories off. */
const RESTRICT =
  'restrict it to the allow-list; if another deployment has that group, give this one its own (github.runnerGroup)';
const TAKE_OFF =
  'take it off the group; if another deployment has that group, give this one its own (github.runnerGroup)';

async function runnerGroup(world: DoctorWorld) {
  const { config } = world;
  if (config.github.scope === 'repository') return [ok('not used: runners register at each repository')];
  const findings = [];
  // Jobs of public repositories, where they are taken, have a group that no private one's runner is in.
  const kinds = config.repositories.public === 'allow' ? [false, true] : [false];
  const owners = ownersOf(world).map((owner) => owner.toLowerCase());
  for (const { id, account } of await listInstallations(world)) {
    if (!owners.includes(account.login.toLowerCase())) continue;
    if (account.type === 'User') findings.push(ofPerson(account.login));
    else findings.push(...(await ofOrganisation(world, id, account.login, kinds)));
  }
  if (findings.length > 0) return findings;
  const names = kinds.map((isPublic) => runnerGroupOf({ isPublic }, config)).join(' and ');
  return [ok(`${names} ${kinds.length > 1 ? 'are' : 'is'} restricted to the allow-list`)];
}

const ofPerson = (login: string) =>
  wrong(
    `${login} is a personal account, which has runners at its repositories alone`,
    'set github.scope: repository, or leave it to a deployment of its own',
  );

async function ofOrganisation(world: DoctorWorld, id: number, org: string, kinds: readonly boolean[]) {
  const findings = [];
  for (const isPublic of kinds) findings.push(...(await groupOf(world, id, org, isPublic)));
  return [...findings, ...(await runnersOfOthers(world, id, org))];
}

/** GitHub gives a job to any runner that has its labels: nothing tells other fleets' jobs from ours. */
async function runnersOfOthers(world: DoctorWorld, installation: number, org: string) {
  const { name: deployment, baseLabels } = world.config;
  const route = 'GET /orgs/{org}/actions/runners';
  const { things } = await listed(world, installation, route, { org }, Runners);
  const takesOurs = (labels: readonly string[]) =>
    baseLabels.every((label) => labels.includes(label.toLowerCase()));
  const others = things.filter(({ name, labels }) => !isRunnerName(deployment, name) && takesOurs(labels));
  const [first] = others;
  return first === undefined
    ? []
    : [
        warning(
          `${others.length} runners of ${org} that are not ours take jobs with ${baseLabels.join(', ')}, too, such as ${first.name}`,
          'where two answer the same jobs, each launches for all of them: give this deployment another base label in place of the common one (baseLabels: [self-hosted, aliyun-2])',
        ),
      ];
}

async function groupOf(world: DoctorWorld, installation: number, org: string, isPublic: boolean) {
  const name = runnerGroupOf({ isPublic }, world.config);
  const route = 'GET /orgs/{org}/actions/runner-groups';
  const { things: groups } = await listed(world, installation, route, { org }, Groups);
  // As the launcher looks for it.
  const group = groups.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (group === undefined)
    return [wrong(`${org} has no runner group ${name}`, 'make it in the organisation’s settings, “Actions”')];
  if (isPublic) return servedByPublic(world, installation, org, group);
  const open = group.allows_public_repositories
    ? [wrong(`${name} serves public repositories`, 'switch that off in the group’s settings')]
    : [];
  return [...open, ...(await servedBy(world, installation, org, group))];
}

/** Which of the allowed repositories are public, nobody has said: those that it serves are to be allowed ones. */
async function servedByPublic(world: DoctorWorld, installation: number, org: string, group: Group) {
  if (!group.allows_public_repositories)
    return [wrong(`${group.name} serves no public repository`, 'switch that on in the group’s settings')];
  const findings = await servedBy(world, installation, org, group);
  return findings.filter(({ text }) => !text.includes('does not serve') && !text.includes('no runner comes'));
}

/** All pages, up to a bound that GitHub's own lists do not reach. */
async function listed<Thing>(
  { github }: DoctorWorld,
  installation: number,
  route: string,
  params: Readonly<Record<string, string | number>>,
  shape: z.ZodType<readonly Thing[]>,
): Promise<{ readonly things: readonly Thing[]; readonly isWhole: boolean }> {
  const things: Thing[] = [];
  for (let page = 1; page <= PAGES_MAX; page++) {
    const found = await readGitHub(
      github,
      route,
      { ...params, per_page: PAGE, page },
      { installation },
      shape,
    );
    things.push(...found);
    if (found.length < PAGE) return { things, isWhole: true };
  }
  return { things, isWhole: false };
}

/** Too many are served: strangers get runners. Too few: runners are launched for jobs that they are not shown to. */
async function servedBy(world: DoctorWorld, installation: number, org: string, group: Group) {
  const { id, name, visibility } = group;
  const { config } = world;
  const allowed = config.repositories.allow.filter((each) =>
    each.toLowerCase().startsWith(`${org.toLowerCase()}/`),
  );
  const isWhole = allowed.some((each) => each.endsWith('/*'));
  // Or `private`: GitHub docs, REST "Self-hosted runner groups".
  if (visibility !== 'selected')
    return isWhole ? [] : [wrong(`${name} serves every repository of ${org}`, RESTRICT)];
  const route = 'GET /orgs/{org}/actions/runner-groups/{runner_group_id}/repositories';
  const served = await listed(world, installation, route, { org, runner_group_id: id }, Repositories);
  const names = served.things;
  const foreign = names.filter((each) => !isAllowed(each, config.repositories.allow));
  const missing = allowed.filter((each) => !each.endsWith('/*') && !names.includes(each.toLowerCase()));
  const findings = [];
  if (foreign.length > 0)
    findings.push(wrong(`${name} serves ${foreign.join(', ')}, which is not allowed`, TAKE_OFF));
  if (!served.isWhole)
    findings.push(
      warning(
        `${name} serves more repositories than were looked at (${names.length})`,
        'look at the rest by hand',
      ),
    );
  if (missing.length > 0 && served.isWhole)
    findings.push(
      wrong(
        `${name} does not serve ${missing.join(', ')}: no runner comes to its jobs`,
        'add it to the group',
      ),
    );
  if (isWhole)
    findings.push(
      warning(
        `${name} serves ${names.length} repositories; no runner comes to jobs of others of ${org}`,
        'open the group to all private repositories, or name the same ones under repositories.allow',
      ),
    );
  return findings;
}
