/** From nothing to the first delivery. Each step is kept before the next begins, and skipped when it is done. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ownInstanceName } from '../../infra/names.ts';
import { writeDotEnv } from '../shared/dot-env.ts';
import { replaceFile } from '../shared/package/replace-file.ts';
import { begin } from './begin.ts';
import { awaitFirstDelivery, confirmInstallation, setWebhookAddress } from './finish.ts';
import { keepSecrets, secretsThere } from './keep-secrets.ts';
import { localPage } from './local-page.ts';
import { broughtNetwork, broughtRest, missingOfNetwork } from './network.ts';
import { type Answers, type Converted, isOwnedBy, type Progress, parseConverted } from './progress.ts';
import { askAll, askPlacement, askRest } from './questions.ts';
import { firstYaml, proposedSpend } from './runners-yaml.ts';
import type { SetupWorld } from './world.ts';

/** 0: all is set up. 1: the operator stopped, or something has to be done first; the next run goes on from there. */
export async function setup(world: SetupWorld): Promise<number> {
  await begin(world);
  const answers = await configured(await answered(world), world);
  if (!(await mayKeep(answers, world))) return 1;
  await created(answers, world);
  if (!(await confirmInstallation(answers, world))) return 1;
  if (!(await deployed(world))) return 1;
  if (!(await setWebhookAddress(world))) return 1;
  if (!(await awaitFirstDelivery(world))) return 1;
  // Who runs it again, after a destroy perhaps, has the App, and wants its address and the rest looked after.
  world.progress.write({ isInstalled: false, isDeployed: false, webhook: null });
  world.say(firstWorkflow(answers));
  world.say('Then: npm run list, and npm run explain -- JOB. npm run doctor checks that everything is well.');
  return 0;
}

async function answered(world: SetupWorld): Promise<Answers> {
  const before = world.progress.read().answers;
  if (before !== null) {
    world.say(`Going on with ${before.name} for ${before.owner}. For another App, delete .setup.json.`);
    return before;
  }
  return askedAgain(null, world);
}

/** Who asks and answers so often has something else to do first. */
const ROUNDS_MAX = 20;

/** Written once it was seen; until then one may go back. Gives the answers that it was written by. */
async function configured(first: Answers, world: SetupWorld): Promise<Answers> {
  const path = join(world.root, 'runners.yaml');
  if (existsSync(path)) {
    world.say('runners.yaml is there and stays as it is.');
    return first;
  }
  tellMissing(world);
  let answers = first;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const placement = (await askPlacement(answers, world)) ?? broughtNetwork(world.variables);
    if (placement === null) throw new Error('no placement');
    const spend = await proposedSpend(placement.region, world.alibaba);
    const { AccountId } = await world.alibaba.rpc('sts', answers.region, 'GetCallerIdentity');
    const instance = ownInstanceName(answers.name, String(AccountId));
    const yaml = firstYaml(answers, placement, broughtRest(world.variables), spend, instance);
    world.say(`\n${yaml}`);
    const next = await world.ask.choose('This is runners.yaml', [
      { value: 'write', name: 'write it' },
      { value: 'network', name: 'back: ask again where runners run' },
      { value: 'all', name: 'back: ask everything again' },
    ]);
    if (next === 'write') {
      replaceFile(path, yaml);
      world.say('runners.yaml is written.');
      return answers;
    }
    if (next === 'all') answers = await askedAgain(answers, world);
  }
  throw new Error('Nothing was written. npm run setup asks again.');
}

/** `before` null: nothing was answered yet. */
async function askedAgain(before: Answers | null, world: SetupWorld): Promise<Answers> {
  const { app, converted } = world.progress.read();
  const isMade = app !== null || converted !== null;
  if (isMade && before !== null)
    world.say(
      `The App is there already: its owner ${before.owner}, the name ${before.name}, the region ${before.region} and where its key is kept stay as they are. To change those, delete the App at GitHub and .setup.json.`,
    );
  const answers = isMade && before !== null ? await askRest(before, world.ask) : await askAll(world);
  world.progress.write({ answers });
  return answers;
}

function tellMissing({ variables, say }: SetupWorld): void {
  const missing = missingOfNetwork(variables);
  if (missing.length > 0)
    say(
      `A network of yours is named in part, and not used: ${missing.join(', ')} is not set. Leave with Ctrl-C and set it, or go on: then a network is made.`,
    );
}

const firstWorkflow = ({ allow }: Answers): string => `All is set up. In a workflow of ${allow[0]}:

jobs:
  first:
    runs-on: [self-hosted, aliyun, arm64]
    steps:
      - run: nproc && uname -m
`;

/** The secrets of another deployment are not written over unasked: its functions would hold a wrong key from then on. */
async function mayKeep(answers: Answers, world: SetupWorld): Promise<boolean> {
  const { app, mayReplace } = world.progress.read();
  if (app !== null || mayReplace) return true;
  const there = await secretsThere(answers, world);
  const isMeant =
    there.length === 0 ||
    (await world.ask.confirm(
      `${there.join(' and ')}: there already, of another deployment or one from before. Write over it?`,
    ));
  if (isMeant) world.progress.write({ mayReplace: true });
  else world.say('Nothing was made. Delete .setup.json, and choose another name with npm run setup.');
  return isMeant;
}

/** What GitHub gives once is on the disk before it is anywhere else, and leaves the disk when it is kept. */
async function created(answers: Answers, world: SetupWorld): Promise<void> {
  const { app, converted } = world.progress.read();
  if (app !== null) return;
  const given = converted ?? (await fromGitHub(answers, world));
  const references = await keepSecrets(answers, given, world);
  writeDotEnv(world.root, { GITHUB_APP_ID: String(given.id), ...references });
  const { id, slug, html_url: url } = given;
  world.progress.write({ app: { id, slug, url }, converted: null, state: null });
  world.say(`The App ${slug} is created; its key is kept as ${references.GITHUB_PRIVATE_KEY}.`);
}

async function fromGitHub(answers: Answers, world: SetupWorld): Promise<Converted> {
  const state = world.progress.read().state ?? world.newState();
  world.progress.write({ state });
  const page = await localPage({
    answers,
    state,
    words: world.words,
    convert: async (code) => {
      const { status, data } = await world.convert(answers.baseUrl, code);
      if (status === 404 || status === 422) return null;
      const converted = parseConverted(data);
      if (converted === null) throw new Error(`GitHub answered ${status}`);
      if (!isOwnedBy(answers, data)) return 'of another';
      world.progress.write({ converted });
      return converted;
    },
  });
  world.say(`Open ${page.url} to create the App at GitHub.`);
  const shutDoor = world.openDoor(page.url);
  try {
    return await page.converted;
  } finally {
    shutDoor();
    await page.close();
  }
}

async function deployed(world: SetupWorld): Promise<boolean> {
  const progress: Progress = world.progress.read();
  if (progress.isDeployed) return true;
  if (!(await world.ask.confirm('Deploy now?'))) {
    world.say('Deploy with npm run deploy, then run npm run setup again: it sets the webhook’s address.');
    return (await world.webhookUrl()) !== null;
  }
  if ((await world.deploy()) !== 0) {
    world.say('Left. The next npm run setup goes on from here.');
    return false;
  }
  world.progress.write({ isDeployed: true });
  return true;
}
