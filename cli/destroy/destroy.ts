/** Removes all that a deploy made, after showing it; not while a runner is busy. */
import { namesOf } from '../../infra/names.ts';
import type { Config } from '../../shared/config/config.ts';
import { type Live, liveFunctions } from '../deploy/functions.ts';
import { removeFunction, removeTriggers } from '../deploy/remove-function.ts';
import type { Alibaba } from '../shared/alibaba.ts';
import { removeRole } from '../shared/session/role.ts';
import { findStackId, removeStack } from '../shared/stacks.ts';
import { buildsIn, type Images, imagesIn, removeAllImages, stopBuilds } from './images.ts';

export interface DestroyWorld {
  readonly alibaba: Alibaba;
  readonly config: Config;
  /** Names of runners that may be running a job, by the ledger and by the cloud. Throws when that cannot be known. */
  readonly busyRunners: () => Promise<readonly string[]>;
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

export async function destroy(world: DestroyWorld): Promise<number> {
  const { config, say } = world;
  const live = (await liveFunctions(world.alibaba, config)).filter(({ release }) => release !== null);
  const stacks = await stacksOf(world);
  const regions = config.placements.map(({ region }) => region);
  const images = await imagesIn(regions, world.images);
  const builds = await buildsIn(regions, world.images);
  if (live.length + stacks.length + images.length + builds.length === 0) {
    say(`There is nothing of ${config.name}.`);
    return 0;
  }
  show(live, stacks, say);
  for (const { name, region } of images) say(`- image ${name} in ${region}, with its snapshots`);
  for (const { name, region } of builds) say(`- the build ${name} in ${region}, which is stopped`);
  if (await isBusy(world)) return 1;
  if (!(await world.confirm(config.name))) return 1;
  // From here on nothing new is launched; what was on its way shows itself in the second look.
  for (const each of live) await removeTriggers(world, each);
  if (await isBusy(world)) {
    say(
      'Deliveries and timers are off. Run npm run destroy again when their machines are gone (npm run stop -- --all ends them now).',
    );
    return 1;
  }
  if (!(await stopBuilds(await buildsIn(regions, world.images), world.images, world))) return 1;
  // Again: what was built may have come to its image meanwhile.
  await removeAllImages(await imagesIn(regions, world.images), world.images, say);
  await removeAll(world, live, stacks);
  // Of a deploy that was killed.
  await removeRole(
    { rpc: world.alibaba.rpc, region: config.control.region },
    namesOf(config).roleOf('deploying'),
  );
  say('Left: the GitHub App, its secrets, runners.yaml and .env. Delete the App in its settings.');
  return 0;
}

function show(live: readonly Live[], stacks: readonly Stack[], say: DestroyWorld['say']): void {
  for (const { name } of live) say(`- function ${name}`);
  for (const { stackName, region } of stacks) say(`- stack ${stackName} in ${region}, and all its resources`);
  if (stacks.length > 0) say('The ledger and its history go with it. Nobody can bring them back.');
}

async function removeAll(
  world: DestroyWorld,
  live: readonly Live[],
  stacks: readonly Stack[],
): Promise<void> {
  for (const each of live) await removeFunction(world, each);
  for (const { stackName, region, stackId } of stacks) {
    await removeStack(world, region, stackId);
    world.say(`${stackName} is gone`);
  }
}

/** The functions' own stack first: its policies name the networks. */
async function stacksOf(world: DestroyWorld): Promise<Stack[]> {
  const names = namesOf(world.config);
  const wanted = [
    { stackName: names.controlStack, region: world.config.control.region },
    ...world.config.placements.map((each) => ({
      stackName: names.placementStack(each),
      region: each.region,
    })),
  ];
  const found = await Promise.all(
    wanted.map(async (each) => ({ ...each, stackId: await findStackId(world, each) })),
  );
  return found.filter((each): each is Stack => each.stackId !== null);
}

async function isBusy({ busyRunners, say }: DestroyWorld): Promise<boolean> {
  const names = await busyRunners();
  if (names.length === 0) return false;
  const which = names.length === 1 ? 'a runner' : `${names.length} runners`;
  say(
    `Not now: ${which} may be busy: ${names.slice(0, 10).join(', ')}. Wait until their machines are gone, a minute or two after the last job. To end all of them now, with what they run: npm run stop -- --all`,
  );
  return true;
}
