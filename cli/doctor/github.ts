/** GitHub's side: the App, its webhook, the runner group, the age of the runner that we hand out. */
import type { GitHubAnswer } from '../../shared/adapters/github-request.ts';
import { isAllowed } from '../../shared/labels.ts';
import { type Check, ok, warning, wrong } from './finding.ts';
import { webhookUrl } from './functions.ts';
import type { DoctorWorld } from './world.ts';

const DELIVERIES_LOOKED_AT = 50;
const PAGE = 100;

export const GITHUB_CHECKS: readonly Check[] = [
  { name: 'App', needs: ['clock'], look: app },
  { name: 'App installation', needs: ['App'], look: installation },
  { name: 'webhook', needs: ['App', 'triggers'], look: webhook },
  { name: 'deliveries', needs: ['App', 'webhook'], look: deliveries },
  { name: 'runner group', needs: ['App installation'], look: runnerGroup },
];

type Permissions = Readonly<Record<string, string>>;

function wantedPermissions({ config }: DoctorWorld): Permissions {
  const own: Permissions =
    config.github.scope === 'organization'
      ? { organization_self_hosted_runners: 'write' }
      : { administration: 'write' };
  return { ...own, actions: config.spot.rerun ? 'write' : 'read', metadata: 'read' };
}

const dataOf = ({ data }: GitHubAnswer) => data as Record<string, unknown>;

async function app(world: DoctorWorld) {
  const answer = await world.github('GET /app', {}, 'app');
  if (answer.status === 401 || answer.status === 404)
    return [wrong('GitHub does not know this App by this key', 'check GITHUB_APP_ID and GITHUB_PRIVATE_KEY')];
  if (answer.status !== 200)
    return [wrong(`GitHub answered ${answer.status}`, 'look at GitHub’s status page')];
  const { permissions, events, name } = dataOf(answer) as {
    permissions: Permissions;
    events: string[];
    name: string;
  };
  const missing = Object.entries(wantedPermissions(world))
    .filter(([key, level]) => permissions[key] !== 'write' && permissions[key] !== level)
    .map(([key, level]) => `${key}: ${level}`);
  const findings = [];
  if (missing.length > 0)
    findings.push(
      wrong(`the App lacks ${missing.join(', ')}`, 'add it in the App’s settings, then accept it'),
    );
  if (!events.includes('workflow_job'))
    findings.push(
      wrong('the App is not told of workflow_job', 'subscribe to “Workflow job” in its settings'),
    );
  return findings.length > 0 ? findings : [ok(name)];
}

interface Installation {
  readonly id: number;
  readonly account: { readonly login: string };
  readonly permissions: Permissions;
  readonly suspended_at: string | null;
}

const ownersOf = ({ config }: DoctorWorld): string[] => [
  ...new Set(config.repositories.allow.map((pattern) => pattern.split('/')[0] as string)),
];

async function installationsOf({ github }: DoctorWorld): Promise<readonly Installation[]> {
  const answer = await github('GET /app/installations', { per_page: 100 }, 'app');
  return answer.data as Installation[];
}

async function installation(world: DoctorWorld) {
  const installed = await installationsOf(world);
  const findings = [];
  for (const owner of ownersOf(world)) {
    const found = installed.find(({ account }) => account.login.toLowerCase() === owner.toLowerCase());
    if (found === undefined) findings.push(wrong(`the App is not installed at ${owner}`, 'install it there'));
    else if (found.suspended_at !== null)
      findings.push(wrong(`the App’s installation at ${owner} is suspended`, 'an owner can unsuspend it'));
  }
  return findings.length > 0 ? findings : [ok(ownersOf(world).join(', '))];
}

async function webhook(world: DoctorWorld) {
  const { url } = dataOf(await world.github('GET /app/hook/config', {}, 'app'));
  const wanted = await webhookUrl(world);
  if (same(url, wanted)) return [ok(String(wanted))];
  return [
    wrong(
      `GitHub delivers to ${url || 'nowhere'}, not to ${wanted}`,
      'run npm run setup: it sets the address',
    ),
  ];
}

const same = (one: unknown, other: string | null): boolean =>
  other !== null && String(one).replace(/\/$/, '') === other.replace(/\/$/, '');

interface Delivery {
  readonly status_code: number;
  readonly event: string;
}

async function deliveries({ github }: DoctorWorld) {
  const { data } = await github('GET /app/hook/deliveries', { per_page: DELIVERIES_LOOKED_AT }, 'app');
  const all = data as Delivery[];
  if (all.length === 0)
    return [warning('there was none yet', 'ask for a ping in the App’s settings, “Advanced”')];
  const failed = all.filter(({ status_code }) => status_code < 200 || status_code > 299);
  if (failed.length === 0) return [ok(`the last ${all.length} were accepted`)];
  const codes = [...new Set(failed.map(({ status_code }) => status_code || 'no answer'))].join(', ');
  const advice = codes.includes('401')
    ? 'WEBHOOK_SECRET is not the App’s: set both alike'
    : 'look at the webhook’s log; the sweep asks for them again';
  const text = `${failed.length} of the last ${all.length} failed (${codes})`;
  return [failed.length === all.length ? wrong(text, advice) : warning(text, advice)];
}

interface Group {
  readonly id: number;
  readonly name: string;
  readonly visibility: string;
  readonly allows_public_repositories: boolean;
}

async function runnerGroup(world: DoctorWorld) {
  const { config } = world;
  if (config.github.scope === 'repository') return [ok('not used: runners register at each repository')];
  const findings = [];
  const owners = ownersOf(world).map((owner) => owner.toLowerCase());
  for (const { id, account } of await installationsOf(world))
    if (owners.includes(account.login.toLowerCase()))
      findings.push(...(await groupOf(world, id, account.login)));
  return findings.length > 0
    ? findings
    : [ok(`${config.github.runnerGroup} is restricted to the allow-list`)];
}

async function groupOf(world: DoctorWorld, installation: number, org: string) {
  const { github, config } = world;
  const { runnerGroup: name } = config.github;
  const page = await github(
    'GET /orgs/{org}/actions/runner-groups',
    { org, per_page: 100 },
    { installation },
  );
  const groups = (dataOf(page).runner_groups ?? []) as Group[];
  const group = groups.find((each) => each.name === name);
  if (group === undefined)
    return [wrong(`${org} has no runner group ${name}`, 'make it in the organisation’s settings, “Actions”')];
  const open =
    group.allows_public_repositories && config.repositories.public === 'refuse'
      ? [wrong(`${name} serves public repositories`, 'switch that off in the group’s settings')]
      : [];
  return [...open, ...(await servedBy(world, installation, org, group))];
}

/** Too many are served: strangers get runners. Too few: runners are launched for jobs that they are not shown to. */
async function servedBy({ github, config }: DoctorWorld, installation: number, org: string, group: Group) {
  const { id, name, visibility } = group;
  const allowed = config.repositories.allow.filter((each) =>
    each.toLowerCase().startsWith(`${org.toLowerCase()}/`),
  );
  const isWhole = allowed.some((each) => each.endsWith('/*'));
  // Or `private`: GitHub docs, REST "Self-hosted runner groups".
  if (visibility !== 'selected')
    return isWhole
      ? []
      : [wrong(`${name} serves every repository of ${org}`, 'restrict it to the allow-list')];
  const route = 'GET /orgs/{org}/actions/runner-groups/{runner_group_id}/repositories';
  const listed = await github(route, { org, runner_group_id: id, per_page: PAGE }, { installation });
  const names = ((dataOf(listed).repositories ?? []) as { full_name: string }[]).map((each) =>
    each.full_name.toLowerCase(),
  );
  const foreign = names.filter((each) => !isAllowed(each, config.repositories.allow));
  const missing = allowed.filter((each) => !each.endsWith('/*') && !names.includes(each.toLowerCase()));
  const findings = [];
  if (foreign.length > 0)
    findings.push(
      wrong(`${name} serves ${foreign.join(', ')}, which is not allowed`, 'take it off the group'),
    );
  if (missing.length > 0 && names.length < PAGE)
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
