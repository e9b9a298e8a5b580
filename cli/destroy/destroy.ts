/** Removes all that a deploy made, after showing it; not while a runner is busy. */
import { namesOf } from '../../infra/names.ts';
import type { Config } from '../../shared/config/config.ts';
import { formerMirrors, regionsGranted } from '../deploy/former-regions.ts';
import { type Live, liveFunctions } from '../deploy/functions.ts';
import { whyElsewhere } from '../deploy/neighbours/elsewhere.ts';
import { removeFunction, removeTriggers } from '../deploy/remove-function.ts';
import type { Alibaba } from '../shared/alibaba.ts';
import { removeRole } from '../shared/session/role.ts';
import { findStackId, outputsOf, removeStack } from '../shared/stacks.ts';
import { buildsIn, type Images, imagesIn, removeAllImages, stopBuilds } from './images.ts';

export interface DestroyWorld {
  readonly alibaba: Alibaba;
  readonly config: Config;
  /** Names of runners that may be running a job, by the ledger and by the cloud in these regions at least. Throws when that cannot be known. */
  readonly busyRunners: (regions: readonly string[], hasLedger: boolean) => Promise<readonly string[]>;
  /** Everybody's machines in that network, in words. */
  readonly machinesIn: (region: string, vpc: string) => Promise<readonly string[]>;
  /** Writes into the ledger, as `npm run stop -- --all` does, that nothing is launched. */
  readonly refuseLaunches: () => Promise<void>;
  readonly images: Images;
  readonly say: (line: string) => void;
  /** True when the operator wrote the deployment's name. */
  readonly confirm: (name: string) => Promise<boolean>;
  readonly sleep: (ms: number) => Promise<void>;
}

interface Stack {
  readonly stackName: string;
  readonly region: string;
  readonly stackId: string;
}

interface Found {
  readonly functions: readonly { readonly name: string; readonly region: string }[];
  readonly stacks: readonly Stack[];
  /** Of placements, and of those that were taken out of runners.yaml since the last deploy. */
  readonly regions: readonly string[];
  /** It goes with the control stack. */
  readonly hasLedger: boolean;
}

export async function destroy(world: DestroyWorld): Promise<number> {
  const live = await liveFunctions(world.alibaba, world.config);
  const why = await whyElsewhere(world, world.config, live);
  if (why === null) return destroyFound(world, await find(world, live));
  world.say(`${why} Nothing was removed.`);
  return 1;
}

async function destroyFound(world: DestroyWorld, found: Found): Promise<number> {
  const { config, say } = world;
  const { functions, stacks, regions } = found;
  const images = await imagesIn(regions, world.images);
  const builds = await buildsIn(regions, world.images);
  if (functions.length + stacks.length + images.length + builds.length === 0) {
    say(`There is nothing of ${config.name}.`);
    return 0;
  }
  show(found, say);
  for (const { name, region } of images) say(`- image ${name} in ${region}, with its snapshots`);
  for (const { name, region } of builds) say(`- the build ${name} in ${region}, which is stopped`);
  if (await isInUse(world, found, builds)) return 1;
  if (!(await world.confirm(config.name))) {
    say(`That is not ${config.name}: nothing was removed.`);
    return 1;
  }
  // What Function Compute has accepted, and tries again, finds the mark; what was on its way shows itself in the looks.
  if (found.hasLedger) await world.refuseLaunches();
  for (const each of functions) await removeTriggers(world, each);
  if (await isBusy(world, found)) return halfWay(say);
  if (!(await stopBuilds(await buildsIn(regions, world.images), world.images, world))) return halfWay(say);
  // Again: what was built may have come to its image meanwhile.
  await removeAllImages(await imagesIn(regions, world.images), world.images, say);
  // Stopping a build takes minutes.
  if (await isInUse(world, found, [])) return halfWay(say);
  await removeAll(world, found);
  // Of a deploy that was killed.
  await removeRole(
    { rpc: world.alibaba.rpc, region: config.control.region },
    namesOf(config).roleOf('deploying'),
  );
  say('Left: the GitHub App, its secrets, runners.yaml and .env. Delete the App in its settings.');
  return 0;
}

function halfWay(say: DestroyWorld['say']): number {
  say(
    'Deliveries and timers are off, and nothing is launched. Run npm run destroy again when their machines are gone (npm run stop -- --all ends them now).',
  );
  say(
    'To keep the deployment instead: npm run deploy makes the triggers again, npm run setup tells GitHub the webhook’s new address, and npm run resume lets launches go on.',
  );
  return 1;
}

async function find(world: DestroyWorld, deployed: readonly Live[]): Promise<Found> {
  const { config } = world;
  const all = deployed.filter(({ release }) => release !== null);
  for (const { name, region } of all.filter(({ strange }) => strange !== null))
    world.say(`${name} in ${region} stays: it is a function of somebody else`);
  const live = all.filter(({ strange }) => strange === null);
  const granted = (await regionsGranted(world, config)) ?? [];
  const regions = [...new Set([...config.placements.map(({ region }) => region), ...granted])];
  const stacks = await stacksOf(world, regions);
  const { controlStack } = namesOf(config);
  return {
    functions: [...live, ...(await formerMirrors(world, config))],
    ...{ stacks, regions },
    hasLedger: stacks.some(({ stackName }) => stackName === controlStack),
  };
}

function show({ functions, stacks, hasLedger }: Found, say: DestroyWorld['say']): void {
  for (const { name } of functions) say(`- function ${name}`);
  for (const { stackName, region } of stacks) say(`- stack ${stackName} in ${region}, and all its resources`);
  if (hasLedger) say('The ledger and its history go with it. Nobody can bring them back.');
}

async function removeAll(world: DestroyWorld, { functions, stacks }: Found): Promise<void> {
  for (const each of functions) await removeFunction(world, each);
  for (const { stackName, region, stackId } of stacks) {
    await removeStack(world, region, stackId);
    world.say(`${stackName} is gone`);
  }
}

/**
 * Those of former regions first: which they are, only the control stack's roles tell. Then that one, whose policies name the
 * networks.
 */
async function stacksOf(world: DestroyWorld, regions: readonly string[]): Promise<Stack[]> {
  const { config } = world;
  const names = namesOf(config);
  const isFormer = (region: string) => config.placements.every((each) => each.region !== region);
  const placement = (region: string) => ({ stackName: names.placementStack({ region }), region });
  const wanted = [
    ...regions.filter(isFormer).map(placement),
    { stackName: names.controlStack, region: config.control.region },
    ...regions.filter((region) => !isFormer(region)).map(placement),
  ];
  const found = await Promise.all(
    wanted.map(async (each) => ({ ...each, stackId: await findStackId(world, each) })),
  );
  return found.filter((each): each is Stack => each.stackId !== null);
}

async function isBusy({ busyRunners, say }: DestroyWorld, { regions, hasLedger }: Found): Promise<boolean> {
  const names = await busyRunners(regions, hasLedger);
  if (names.length === 0) return false;
  const which = names.length === 1 ? 'a runner' : `${names.length} runners`;
  say(
    `Not now: ${which} may be busy: ${names.slice(0, 10).join(', ')}. Wait until their machines are gone, a minute or two after the last job. To end all of them now, with what they run: npm run stop -- --all`,
  );
  return true;
}

/** A build has a machine in the network, too, of Image Builder's own making. */
const isInUse = async (world: DestroyWorld, found: Found, builds: readonly unknown[]): Promise<boolean> =>
  (await isBusy(world, found)) || (builds.length === 0 && (await hasMachines(world, found)));

/** Not ours, who are no more: another deployment's, say, that was given the ids of a network which a deploy of this one made. */
async function hasMachines(world: DestroyWorld, { stacks }: Found): Promise<boolean> {
  for (const { stackName, region, stackId } of stacks) {
    const { VpcId } = await outputsOf(world, region, stackId);
    const machines = VpcId === undefined ? [] : await world.machinesIn(region, VpcId);
    if (machines.length === 0) continue;
    world.say(
      `Not now: ${machines.slice(0, 3).join(', ')}${machines.length > 3 ? ` and ${machines.length - 3} more` : ''}: in the network ${VpcId}, which goes with the stack ${stackName}. Its way out would go first, and ECS keeps a vSwitch that has a machine. End them, or give them another network.`,
    );
    return true;
  }
  return false;
}
