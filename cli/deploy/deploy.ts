/** Shows what would change, then changes it: networks, then the ledger and roles, then the functions. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Found, synthesise, type Template } from '../../infra/app.ts';
import { functionsIn, renderFunctionsYaml } from '../../infra/functions-yaml.ts';
import { namesOf } from '../../infra/names.ts';
import { releaseOf } from '../../infra/release.ts';
import { secretReferences } from '../../infra/secrets.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseYaml } from '../../shared/config/parse.ts';
import { webhookUrl } from '../doctor/checks/functions.ts';
import { hookRangesAt } from '../doctor/checks/hook-ranges.ts';
import { replaceFile } from '../shared/package/replace-file.ts';
import { type KeyWorld, type RunTool, withShortLivedKey } from '../shared/session/short-lived-key.ts';
import { apply, compareStack, type StackChange } from '../shared/stacks.ts';
import { type TrustWorld, workflowTrust } from '../shared/workflow-trust.ts';
import { formerMirrors, formerRegions, type RegionsWorld } from './former-regions.ts';
import { keepVersion, type Live, liveFunctions } from './functions.ts';
import { isPending, withFixedAddress, withNetwork } from './ids.ts';
import { type ConfigurationWorld, changedKeys } from './live-configuration.ts';
import { whyNotToBegin } from './neighbours/why-not.ts';
import { changelogIn, newsSince } from './news.ts';
import { type Plan, show } from './plan.ts';
import { removeFunction } from './remove-function.ts';
import { settingsLacking, withGiven } from './settings.ts';
import { standingCosts } from './standing-costs.ts';
import { deployVariables, haveTold, missing, secretMistakes } from './variables.ts';

export interface DeployWorld extends RegionsWorld, TrustWorld, ConfigurationWorld, KeyWorld {
  /** Holds `runners.yaml`, and what `file:` names. */
  readonly root: string;
  /** Holds our `package.json` and `s.yaml`. */
  readonly ours: string;
  /** Where the functions are built, and deployed from. */
  readonly made: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly confirm: (question: string) => Promise<boolean>;
  readonly build: (config: Config) => Promise<void>;
  /** Brings the functions to what `file` says. Exit code. */
  readonly deployFunctions: RunTool;
  /** Has the reaper look for the newest runner now, without which no launch knows which one to install, and note the deployment. */
  readonly startMirror: (functionName: string) => Promise<void>;
}

/** 0: deployed, or nothing to do. 1: refused by the operator, or it failed; another run goes on from there. */
export async function deploy(world: DeployWorld): Promise<number> {
  const lacking = missing(world.variables);
  const mistakes =
    lacking.length > 0
      ? [`${lacking.join(', ')}: not set. npm run setup makes the App and writes them into .env.`]
      : secretMistakes(world.variables);
  for (const line of mistakes) world.say(line);
  if (mistakes.length > 0) return 1;
  const found = {
    formerRegions: await formerRegions(world, read(world)),
    workflow: await workflowTrust(read(world), world),
  };
  const before = await planOf(world, read(world), found);
  const why = await whyNotToBegin(world, before);
  if (why !== null) world.say(why);
  if (why !== null) return 1;
  show(before, world);
  if (before.isEmpty) return await endWith(world, before.config);
  if (!(await world.confirm('Go on?'))) {
    world.say('Nothing was changed.');
    return 1;
  }
  // Before the roles change: they are what names them.
  for (const each of before.formerMirrors) await removeFunction(world, each);
  const config = await networks(world, before);
  await control(world, config, found);
  const code = await functions(world, read(world));
  if (code === 0 && before.settings.some(({ what }) => what === 'trigger github'))
    world.say('If that address is a new one, npm run setup tells GitHub of it.');
  return code;
}

function read({ root }: DeployWorld): Config {
  const parsed = parseYaml(readFileSync(join(root, 'runners.yaml'), 'utf8'));
  if (parsed.kind === 'wrong') throw new Error(`runners.yaml has mistakes:\n${parsed.mistakes.join('\n')}`);
  return parsed.config;
}

async function planOf(world: DeployWorld, config: Config, found: Found): Promise<Plan> {
  const stacks = await Promise.all(
    templatesFor(world, config, found).map((each) => compareStack(world, each)),
  );
  const live = await liveFunctions(world.alibaba, config);
  const former = await formerMirrors(world, config);
  const isComplete = !isPending(config);
  if (isComplete) await world.build(config);
  const release = isComplete ? releaseOf(world.ours, world.made) : null;
  // In any case: a secret that cannot be had is told before anything changes.
  const isTold = haveTold(live, await variablesOf(world, config, live, ''));
  const settings = isComplete
    ? await settingsLacking(functionsIn(rendered(world, config)), live, { ...world, config })
    : [];
  const isSame =
    release !== null && isTold && settings.length === 0 && live.every((each) => each.release === release);
  return {
    config,
    stacks,
    functions: live,
    settings,
    formerMirrors: former,
    release,
    standing: standingCosts(
      stacks.filter(({ lines }) => lines.includes('+ Nat')).map(({ template }) => template.region),
    ),
    keys: await changedKeys(config, live, world),
    news: release === null ? [] : newsSince(live[0]?.release ?? null, release, changelogIn(world.ours)),
    isEmpty: isSame && former.length === 0 && stacks.every(({ way }) => way === 'leave'),
  };
}

function templatesFor({ variables, made }: DeployWorld, config: Config, found: Found): Template[] {
  return synthesise(config, secretReferences(variables), join(made, 'cdk.out'), found);
}

async function variablesOf(
  { variables, root, alibaba: cloud, github, say }: DeployWorld,
  config: Config,
  live: readonly Live[],
  release: string,
): Promise<Record<string, string>> {
  const { AccountId } = await cloud.rpc('sts', config.control.region, 'GetCallerIdentity');
  const hookRanges = config.github.hooksOnly ? await hookRangesAt(github) : [];
  const accountId = String(AccountId);
  return deployVariables({ config, accountId, release, variables, root, cloud, hookRanges, live, say });
}

/** Their ids stand in `runners.yaml` before anything is built on them. */
async function networks(world: DeployWorld, { config, stacks }: Plan): Promise<Config> {
  const path = join(world.root, 'runners.yaml');
  for (const change of stacks.filter(({ template }) => isPlacement(template, config))) {
    toBegin(world, change);
    const outputs = await apply(world, change);
    const { region } = change.template;
    const placement = config.placements.find((each) => each.region === region);
    if (placement?.network)
      replaceFile(path, withNetwork(readFileSync(path, 'utf8'), config, region, outputs));
    world.say(`${change.template.stackName}: done`);
  }
  return read(world);
}

function toBegin({ say }: DeployWorld, { way, template }: StackChange): void {
  if (way !== 'leave')
    say(`${template.stackName}: is being ${way === 'change' ? 'changed' : 'made'}, which takes minutes …`);
}

const isPlacement = ({ stackName }: Template, config: Config) => stackName !== namesOf(config).controlStack;

async function control(world: DeployWorld, config: Config, found: Found): Promise<void> {
  const template = templatesFor(world, config, found).find((each) => !isPlacement(each, config)) as Template;
  const change = await compareStack(world, template);
  toBegin(world, change);
  const outputs = await apply(world, change);
  const path = join(world.root, 'runners.yaml');
  if (config.control.fixedAddress !== null)
    replaceFile(path, withFixedAddress(readFileSync(path, 'utf8'), outputs));
  world.say(`${template.stackName}: done`);
  if (outputs.FunctionsAddress) world.say(`The functions call from ${outputs.FunctionsAddress}.`);
}

const rendered = ({ ours }: DeployWorld, config: Config): string =>
  renderFunctionsYaml(readFileSync(join(ours, 's.yaml'), 'utf8'), config);

async function functions(world: DeployWorld, config: Config): Promise<number> {
  const { alibaba, ours, made, say } = world;
  await world.build(config);
  const release = releaseOf(ours, made);
  if (release === null) throw new Error('not every function was built');
  const live = await liveFunctions(alibaba, config);
  for (const each of live) if (each.release !== release) await keepVersion(alibaba, each);
  const file = '.s.deploy.yaml';
  writeFileSync(join(made, file), await withGiven(rendered(world, config), live, { alibaba, config }));
  // The plan has said already what there is to say of them.
  const filled = await variablesOf({ ...world, say: () => undefined }, config, live, release);
  const code = await withShortLivedKey(world, config, (key) => world.deployFunctions(file, filled, key));
  if (code !== 0) {
    say(
      `Serverless Devs ended with ${code}. Run npm run deploy again: it goes on from there; with --own-key if it said that a right is missing.`,
    );
    return 1;
  }
  return endWith(world, config);
}

/** Also where nothing changed here: what was mended elsewhere lets go the jobs that got no further runner. */
async function endWith(world: DeployWorld, config: Config): Promise<number> {
  await world.startMirror(namesOf(config).functionOf('reaper'));
  world.say(`The webhook: ${(await webhookUrl({ alibaba: world.alibaba, config })) ?? 'has no address yet'}`);
  return 0;
}
