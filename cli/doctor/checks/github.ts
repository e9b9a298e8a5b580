/** GitHub's side: the App, its webhook, the runner group, the age of the runner that we hand out. */
import * as z from 'zod';
import { failed } from '../../../shared/adapters/github/request.ts';
import { inParallel } from '../../../shared/in-parallel.ts';
import { readGitHub } from '../../shared/read-github.ts';
import { type Check, type CheckOutcome, ok, warning, wrong } from '../finding.ts';
import type { DoctorWorld } from '../world.ts';
import { webhookUrl } from './functions.ts';

const DELIVERIES_LOOKED_AT = 50;

export const GITHUB_CHECKS: readonly Check[] = [
  { name: 'App', needs: ['clock'], look: app },
  { name: 'App installation', needs: ['App'], look: installation },
  { name: 'webhook', needs: ['App', 'triggers'], look: webhook },
  { name: 'deliveries', needs: ['App', 'webhook'], look: deliveries },
];

function wantedPermissions({ config }: DoctorWorld): Readonly<Record<string, string>> {
  const own: Readonly<Record<string, string>> =
    config.github.scope === 'organization'
      ? { organization_self_hosted_runners: 'write' }
      : { administration: 'write' };
  return { ...own, actions: config.spot.rerun ? 'write' : 'read', metadata: 'read' };
}

const lackingIn = (given: Readonly<Record<string, string>>, world: DoctorWorld): readonly string[] =>
  Object.entries(wantedPermissions(world))
    .filter(([key, level]) => given[key] !== 'write' && given[key] !== level)
    .map(([key, level]) => `${key}: ${level}`);

const Permissions = z.record(z.string(), z.string());
const App = z.object({ name: z.string(), permissions: Permissions, events: z.array(z.string()) });

async function app(world: DoctorWorld) {
  const answer = await world.github('GET /app', {}, 'app');
  if (answer.status === 401 || answer.status === 404)
    return [wrong('GitHub does not know this App by this key', 'check GITHUB_APP_ID and GITHUB_PRIVATE_KEY')];
  if (answer.status !== 200)
    return [wrong(`GitHub answered ${answer.status}`, 'look at GitHub’s status page')];
  const { permissions, events, name } = App.parse(answer.data);
  const missing = lackingIn(permissions, world);
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

const Installation = z.object({
  id: z.int(),
  /** An enterprise has no login. `type`: such as User. */
  account: z.object({ login: z.string().default(''), type: z.string().default('') }),
  permissions: Permissions,
  suspended_at: z.string().nullable(),
});
type Installation = z.infer<typeof Installation>;

export const ownersOf = ({ config }: DoctorWorld): string[] => [
  ...new Set(config.repositories.allow.map((pattern) => pattern.split('/')[0] as string)),
];

export const listInstallations = ({ github }: DoctorWorld): Promise<readonly Installation[]> =>
  readGitHub(github, 'GET /app/installations', { per_page: 100 }, 'app', z.array(Installation));

/** GitHub docs, "Making a GitHub App public or private": what set-up makes is private. */
const INSTALL =
  'install it there; where it is not its own owner, it must be public first (the App’s settings, “Advanced”)';

async function installation(world: DoctorWorld) {
  const installed = await listInstallations(world);
  const findings = [];
  for (const owner of ownersOf(world)) {
    const found = installed.find(({ account }) => account.login.toLowerCase() === owner.toLowerCase());
    if (found === undefined) findings.push(wrong(`the App is not installed at ${owner}`, INSTALL));
    else if (found.suspended_at !== null)
      findings.push(wrong(`the App’s installation at ${owner} is suspended`, 'an owner can unsuspend it'));
    else findings.push(...notAccepted(owner, lackingIn(found.permissions, world)));
  }
  if (findings.length > 0) return findings;
  const unseen = await unseenRepositories(world);
  return unseen.length > 0 ? unseen : [ok(ownersOf(world).join(', '))];
}

const AT_ONCE = 8;

/** Whose jobs GitHub does not tell the App of: where it was given some of an owner's repositories only, or where a name is wrong. */
async function unseenRepositories({ github, config }: DoctorWorld): Promise<readonly CheckOutcome[]> {
  const named = config.repositories.allow.filter((each) => !each.endsWith('/*'));
  const route = 'GET /repos/{owner}/{repo}/installation';
  const found = await inParallel(named, AT_ONCE, async (repository) => {
    const [owner = '', repo = ''] = repository.split('/');
    const answer = await github(route, { owner, repo }, 'app').catch((error: unknown) => error as Error);
    return { repository, answer };
  });
  return found.flatMap(({ repository, answer }) => {
    if (answer instanceof Error) throw answer;
    if (answer.status < 400) return [];
    if (answer.status !== 404) throw failed(route, answer);
    return [
      wrong(
        `the App does not see ${repository}: GitHub tells it of none of its jobs`,
        'an owner adds it in the settings of the installation; or correct repositories.allow',
      ),
    ];
  });
}

/** GitHub docs: what an App asks for anew is in force where an owner has accepted it. */
const notAccepted = (owner: string, missing: readonly string[]): CheckOutcome[] =>
  missing.length === 0
    ? []
    : [
        wrong(
          `the App’s installation at ${owner} lacks ${missing.join(', ')}`,
          'an owner accepts what the App asks for, in the settings of the installation',
        ),
      ];

/** Without an address the App delivers nowhere. */
const Hook = z.object({ url: z.string().nullish() });

async function webhook(world: DoctorWorld) {
  const { url } = await readGitHub(world.github, 'GET /app/hook/config', {}, 'app', Hook);
  const wanted = await webhookUrl(world);
  if (same(url, wanted)) return [ok(String(wanted))];
  return [
    wrong(
      `GitHub delivers to ${url || 'nowhere'}, not to ${wanted}`,
      'run npm run setup: it sets the address. If another deployment has this App, make one of its own for this',
    ),
  ];
}

const same = (one: unknown, other: string | null): boolean =>
  other !== null && String(one).replace(/\/$/, '') === other.replace(/\/$/, '');

const Delivery = z.object({
  /** Kept when it is sent again. */
  guid: z.string(),
  event: z.string(),
  status_code: z.int(),
});
type Delivery = z.infer<typeof Delivery>;

/** GitHub tells an App of its installations too; nothing is done about those. */
const HEEDED = ['ping', 'workflow_job'];

const isAccepted = ({ status_code }: Delivery) => status_code >= 200 && status_code <= 299;

async function deliveries({ github }: DoctorWorld) {
  const params = { per_page: DELIVERIES_LOOKED_AT };
  const newest = await readGitHub(github, 'GET /app/hook/deliveries', params, 'app', z.array(Delivery));
  const all = newest.filter(({ event }) => HEEDED.includes(event));
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
