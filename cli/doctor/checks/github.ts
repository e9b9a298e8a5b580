/** GitHub's side: the App, its webhook, the runner group, the age of the runner that we hand out. */
import type { GitHubAnswer } from '../../../shared/adapters/github/request.ts';
import { type Check, ok, warning, wrong } from '../finding.ts';
import type { DoctorWorld } from '../world.ts';
import { webhookUrl } from './functions.ts';

const DELIVERIES_LOOKED_AT = 50;

export const GITHUB_CHECKS: readonly Check[] = [
  { name: 'App', needs: ['clock'], look: app },
  { name: 'App installation', needs: ['App'], look: installation },
  { name: 'webhook', needs: ['App', 'triggers'], look: webhook },
  { name: 'deliveries', needs: ['App', 'webhook'], look: deliveries },
];

type Permissions = Readonly<Record<string, string>>;

function wantedPermissions({ config }: DoctorWorld): Permissions {
  const own: Permissions =
    config.github.scope === 'organization'
      ? { organization_self_hosted_runners: 'write' }
      : { administration: 'write' };
  return { ...own, actions: config.spot.rerun ? 'write' : 'read', metadata: 'read' };
}

export const dataOf = ({ data }: GitHubAnswer) => data as Record<string, unknown>;

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

export const ownersOf = ({ config }: DoctorWorld): string[] => [
  ...new Set(config.repositories.allow.map((pattern) => pattern.split('/')[0] as string)),
];

export async function listInstallations({ github }: DoctorWorld): Promise<readonly Installation[]> {
  const answer = await github('GET /app/installations', { per_page: 100 }, 'app');
  return answer.data as Installation[];
}

async function installation(world: DoctorWorld) {
  const installed = await listInstallations(world);
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
  /** Kept when it is sent again. */
  readonly guid: string;
  readonly event: string;
  readonly status_code: number;
}

/** GitHub tells an App of its installations too; nothing is done about those. */
const HEEDED = ['ping', 'workflow_job'];

const isAccepted = ({ status_code }: Delivery) => status_code >= 200 && status_code <= 299;

async function deliveries({ github }: DoctorWorld) {
  const { data } = await github('GET /app/hook/deliveries', { per_page: DELIVERIES_LOOKED_AT }, 'app');
  const all = (data as Delivery[]).filter(({ event }) => HEEDED.includes(event));
  if (all.length === 0)
    return [warning('there was none yet', 'ask for a ping in the App’s settings, “Advanced”')];
  const accepted = new Set(all.filter(isAccepted).map(({ guid }) => guid));
  const failed = all.filter(({ guid }) => !accepted.has(guid));
  if (failed.length === 0) return [ok(`each of the last ${accepted.size} was accepted, at once or later`)];
  const codes = [...new Set(failed.map(({ status_code }) => status_code || 'no answer'))].join(', ');
  const advice = codes.includes('401')
    ? 'WEBHOOK_SECRET is not the App’s: set both alike'
    : 'look at the webhook’s log; the sweep asks for them again';
  const text = `${failed.length} of the last ${all.length} failed (${codes})`;
  return [failed.length === all.length ? wrong(text, advice) : warning(text, advice)];
}
