/** After the App is created: where it is installed, where it delivers to, and its first delivery. */
import * as z from 'zod';
import { readGitHub } from '../shared/read-github.ts';
import { NOT_DEPLOYED_YET } from './manifest.ts';
import type { Answers } from './progress.ts';
import { prepareRunnerGroup } from './runner-group.ts';
import type { SetupWorld } from './world.ts';

const PING_LOOKS_MAX = 60;
const PING_PAUSE_MS = 2_000;
/** A role that was just made may take a while to be believed: the ping is asked for again, at leisure. */
const LOOKS_AN_ASK = 10;

export async function confirmInstallation(answers: Answers, world: SetupWorld): Promise<boolean> {
  const { owner } = answers;
  const { app, isInstalled } = world.progress.read();
  if (isInstalled || app === null) return isInstalled;
  let installation = await installationAt(owner, world);
  if (installation === null) world.say(`Install it: ${app.url}/installations/new`);
  // GitHub docs, "Making a GitHub App public or private".
  if (installation === null && answers.scope === 'repository')
    world.say(
      `Where GitHub offers no ${owner} there: the App is of who made it, and private; make it public in its settings, “Advanced”.`,
    );
  while (installation === null) {
    if (!(await world.ask.confirm(`It is not installed at ${owner} yet. Look again?`))) {
      world.say('Left. The next npm run setup goes on from here.');
      return false;
    }
    installation = await installationAt(owner, world);
  }
  await prepareRunnerGroup(answers, installation, world);
  world.progress.write({ isInstalled: true });
  return true;
}

/** Its id; null: there is none yet. */
async function installationAt(owner: string, world: SetupWorld): Promise<number | null> {
  const { status, data } = await world.github()('GET /app/installations', { per_page: 100 }, 'app');
  if (status !== 200) throw new Error(`GitHub answered ${status}: does it know the App by this key?`);
  // That of an enterprise has no login.
  const all = data as { readonly id: number; readonly account: { readonly login?: string } }[];
  return all.find(({ account }) => account.login?.toLowerCase() === owner.toLowerCase())?.id ?? null;
}

export async function setWebhookAddress(world: SetupWorld): Promise<boolean> {
  const url = await world.webhookUrl();
  if (url === null) {
    world.say('The webhook is not deployed: npm run deploy, then npm run setup again.');
    return false;
  }
  if (world.progress.read().webhook === url) return true;
  if (!(await mayMove(url, world))) return false;
  const change = { url, content_type: 'json' };
  const { status } = await world.github()('PATCH /app/hook/config', change, 'app');
  if (status !== 200) throw new Error(`GitHub answered ${status} when told the webhook's address`);
  world.progress.write({ webhook: url });
  world.say(`GitHub delivers to ${url}.`);
  return true;
}

const Hook = z.object({ url: z.string().nullish() });

/** An App has one address: in a copied folder it is that of the deployment that was copied, which would be told of no job any more. */
async function mayMove(url: string, world: SetupWorld): Promise<boolean> {
  const now = (await readGitHub(world.github(), 'GET /app/hook/config', {}, 'app', Hook)).url ?? '';
  if (['', url, NOT_DEPLOYED_YET].includes(now)) return true;
  const isMeant = await world.ask.confirm(
    `GitHub delivers to ${now} now: of this deployment before a destroy, or of another one, which would be told of no job any more. Shall it deliver to ${url}?`,
  );
  if (!isMeant)
    world.say(
      'The address stays. Delete .setup.json here, and npm run setup makes this deployment an App of its own.',
    );
  return isMeant;
}

const Delivery = z.object({
  /** Beyond 2^53 it is a bigint: the client's JSON. */
  id: z.union([z.int(), z.bigint()]).transform(String),
  event: z.string(),
  status_code: z.int(),
});
type Delivery = z.output<typeof Delivery>;

/** GitHub sends `ping` when it makes an App: to the address of that time, so it is asked to send it once more. */
export async function awaitFirstDelivery(world: SetupWorld): Promise<boolean> {
  world.say('Waiting for the first delivery …');
  // One that was taken before may have gone to an address of then.
  let old: readonly string[] | null = null;
  for (let look = 0; look < PING_LOOKS_MAX; look++) {
    const pings = await pingsOf(world);
    old ??= pings.map(({ id }) => id);
    if (pings.some(({ id, status_code }) => status_code >= 200 && status_code < 300 && !old?.includes(id)))
      return true;
    const [newest] = pings;
    if (newest !== undefined && look % LOOKS_AN_ASK === 0) await again(newest, world);
    await world.sleep(PING_PAUSE_MS);
  }
  world.say('GitHub’s ping did not arrive. npm run doctor says why; then run npm run setup again.');
  return false;
}

async function pingsOf(world: SetupWorld): Promise<Delivery[]> {
  const all = await readGitHub(
    world.github(),
    ...(['GET /app/hook/deliveries', { per_page: 100 }, 'app', z.array(Delivery)] as const),
  );
  return all.filter(({ event }) => event === 'ping');
}

/** GitHub may not do it, and is asked anew. */
async function again({ id }: Delivery, world: SetupWorld): Promise<void> {
  const route = 'POST /app/hook/deliveries/{delivery_id}/attempts';
  await world.github()(route, { delivery_id: id }, 'app');
}
