/** Shows what would change, then changes it: networks, then the ledger and roles, then the functions. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Found, synthesise, type Template } from '../../infra/app.ts';
import { renderFunctionsYaml } from '../../infra/functions-yaml.ts';
import { namesOf } from '../../infra/names.ts';
import { releaseOf } from '../../infra/release.ts';
import { secretReferences } from '../../infra/secrets.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseYaml } from '../../shared/config/parse.ts';
import { webhookUrl } from '../doctor/checks/functions.ts';
import { hookRangesAt } from '../doctor/checks/hook-ranges.ts';
import { apply, compareStack, type StackChange } from '../shared/stacks.ts';
import { type TrustWorld, workflowTrust } from '../shared/workflow-trust.ts';
import { formerMirrors } from './former-mirrors.ts';
import { formerRegions, type RegionsWorld } from './former-regions.ts';
import { keepVersion, type Live, liveFunctions } from './functions.ts';
import { withFixedAddress, withNetwork } from './ids.ts';
import { type ConfigurationWorld, changedKeys } from './live-configuration.ts';
import { newsSince } from './news.ts';
import { type Plan, show } from './plan.ts';
import { removeFunction } from './remove-function.ts';
import { type KeyWorld, type RunTool, withShortLivedKey } from './short-lived-key.ts';
import { standingCosts } from './standing-costs.ts';
import { deployVariables, type Filling, missing, secretMistakes } from './variables.ts';

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
  /** Has the reaper look for the newest runner now: without it no launch knows which one to install. */
  readonly startMirror: (functionName: string, accountId: string) => Promise<void>;
}

/** 0: deployed, or nothing to do. 1: refused by the operator, or it failed; another run goes on from there. */
export async function deploy(world: DeployWorld): Promise<number> {
  const lacking = missing(world.variables);
  if (lacking.length > 0) {
    world.say(`${lacking.join(', ')}: not set. npm run setup makes the App and writes them into .env.`);
    return 1;
  }
  const mistakes = secretMistakes(world.variables);
  for (const line of mistakes) world.say(line);
  if (mistakes.length > 0) return 1;
  const found = {
    formerRegions: await formerRegions(world, read(world)),
    workflow: await workflowTrust(read(world), world),
  };
  const before = await planOf(world, read(world), found);
  show(before, world);
  if (before.isEmpty) return await printWebhookUrl(world, before.config);
  if (!(await world.confirm('Go on?'))) {
    world.say('Nothing was changed.');
    return 1;
  }
  // Before the roles change: they are what names them.
  for (const each of before.formerMirrors) await removeFunction(world, each);
  const config = await networks(world, before);
  await control(world, config, found);
  return functions(world, read(world));
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
  const isSame =
    release !== null && live.every((each) => each.release === release) && (await isTold(world, config, live));
  return {
    config,
    stacks,
    functions: live,
    formerMirrors: former,
    release,
    standing: standingCosts(
      stacks.filter(({ lines }) => lines.includes('+ Nat')).map(({ template }) => template.region),
    ),
    keys: await changedKeys(config, live, world),
    news: release === null ? [] : newsSince(live[0]?.release ?? null, release, changelogOf(world)),
    isEmpty: isSame && former.length === 0 && stacks.every(({ lines }) => lines.length === 0),
  };
}

function changelogOf({ ours }: DeployWorld): string {
  const path = join(ours, 'CHANGELOG.md');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Networks that are still to be made have ids that stand for them. */
function isPending({ placements, control }: Config): boolean {
  const hasPending = /"(?:vsw|sg)-pending"/.test(JSON.stringify(placements));
  return hasPending || (control.fixedAddress !== null && control.fixedAddress.vpc === null);
}

function templatesFor({ variables, made }: DeployWorld, config: Config, found: Found): Template[] {
  return synthesise(config, secretReferences(variables), join(made, 'cdk.out'), found);
}

/** Compares values without showing them. */
async function isTold(world: DeployWorld, config: Config, live: readonly Live[]): Promise<boolean> {
  const { alibaba } = world;
  const { AccountId } = await alibaba.rpc('sts', config.control.region, 'GetCallerIdentity');
  const wanted = await deployVariables(await fillingOf(world, config, String(AccountId), ''));
  return live.every((each) =>
    Object.entries(each.variables).every(([name, value]) => !(name in wanted) || wanted[name] === value),
  );
}

async function fillingOf(
  { variables, root, alibaba, github }: DeployWorld,
  config: Config,
  accountId: string,
  release: string,
): Promise<Filling> {
  const ranges = config.github.hooksOnly ? await hookRangesAt(github) : [];
  return { config, accountId, release, variables, root, cloud: alibaba, hookRanges: ranges };
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
      writeFileSync(path, withNetwork(readFileSync(path, 'utf8'), config, region, outputs));
    world.say(`${change.template.stackName}: done`);
  }
  return read(world);
}

function toBegin({ say }: DeployWorld, { stackId, lines, template }: StackChange): void {
  if (lines.length > 0)
    say(`${template.stackName}: is being ${stackId === null ? 'made' : 'changed'}, which takes minutes …`);
}

const isPlacement = ({ stackName }: Template, config: Config) => stackName !== namesOf(config).controlStack;

async function control(world: DeployWorld, config: Config, found: Found): Promise<void> {
  const template = templatesFor(world, config, found).find((each) => !isPlacement(each, config)) as Template;
  const change = await compareStack(world, template);
  toBegin(world, change);
  const outputs = await apply(world, change);
  const path = join(world.root, 'runners.yaml');
  if (config.control.fixedAddress !== null)
    writeFileSync(path, withFixedAddress(readFileSync(path, 'utf8'), outputs));
  world.say(`${template.stackName}: done`);
  if (outputs.FunctionsAddress) world.say(`The functions call from ${outputs.FunctionsAddress}.`);
}

async function functions(world: DeployWorld, config: Config): Promise<number> {
  const { alibaba, ours, made, say } = world;
  await world.build(config);
  const release = releaseOf(ours, made);
  if (release === null) throw new Error('not every function was built');
  const { region } = config.control;
  for (const live of await liveFunctions(alibaba, config))
    if (live.release !== release) await keepVersion(alibaba, live);
  const { AccountId } = await alibaba.rpc('sts', region, 'GetCallerIdentity');
  const file = '.s.deploy.yaml';
  writeFileSync(join(made, file), renderFunctionsYaml(readFileSync(join(ours, 's.yaml'), 'utf8'), config));
  const filled = await deployVariables(await fillingOf(world, config, String(AccountId), release));
  const code = await withShortLivedKey(world, config, (key) => world.deployFunctions(file, filled, key));
  if (code !== 0) {
    say(
      `Serverless Devs ended with ${code}. Run npm run deploy again: it goes on from there; with --own-key if it said that a right is missing.`,
    );
    return 1;
  }
  await world.startMirror(namesOf(config).functionOf('reaper'), String(AccountId));
  return printWebhookUrl(world, config);
}

async function printWebhookUrl(world: DeployWorld, config: Config): Promise<number> {
  world.say(`The webhook: ${(await webhookUrl({ alibaba: world.alibaba, config })) ?? 'has no address yet'}`);
  return 0;
}
