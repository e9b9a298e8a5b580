/** One launch as the launcher would make it, down its ladder of disks, and not made: ECS's DryRun. */
import { AlibabaRefusal } from '../../shared/adapters/alibaba/call.ts';
import { type Failure, type Meaning, meaningOf } from '../../shared/adapters/ecs/errors.ts';
import { DISKS, type Disk, type RunSetting, runParameters } from '../../shared/adapters/ecs/request.ts';
import type { Config, PlacementConfig } from '../../shared/config/config.ts';
import { TAG } from '../../shared/names.ts';
import type { Offering, Requirements, RunnerName } from '../../shared/nouns.ts';
import { isDenied } from '../shared/alibaba.ts';
import { type CheckOutcome, unseen, wrong } from './finding.ts';
import type { DoctorWorld } from './world.ts';

interface Launch {
  readonly placement: PlacementConfig;
  readonly offering: Offering;
  readonly requirements: Requirements;
  readonly tags: Readonly<Record<string, string>>;
}

/** Null: ECS would have launched it. */
export async function tryLaunch(world: DoctorWorld, launch: Launch): Promise<Failure | null> {
  let last: Failure | null = { code: 'NothingAsked', status: null };
  let refused = '';
  for (const disk of DISKS) {
    if (disk.category === refused) continue;
    last = await tryWith(disk, world, launch);
    const kind = last === null ? null : meaningOf(last).meaning.kind;
    if (kind !== 'other-disk' && kind !== 'other-level') return last;
    if (kind === 'other-disk') refused = disk.category;
  }
  return last;
}

async function tryWith(disk: Disk, world: DoctorWorld, launch: Launch): Promise<Failure | null> {
  const { config, nowMs } = world;
  const setting: RunSetting = {
    ...{ placements: [launch.placement], images: config.images, spotDuration: config.spot.duration },
    ...{ ramRole: config.selfDestruct.roleName, diskEncryption: config.defaults.diskEncryption },
  };
  const params = runParameters(requestOf(world, launch), disk, setting, nowMs());
  return typeof params === 'string'
    ? { code: params, status: null }
    : dryRun(world, launch.placement.region, params);
}

const RELEASE_MS = 60 * 60_000;

function requestOf({ nowMs, config }: DoctorWorld, { offering, requirements, tags }: Launch) {
  return {
    candidate: { ...offering, priceLimit: null, expectedCostPerHour: null, because: 'it is in stock' },
    name: `${config.name}-doctor` as RunnerName,
    clientToken: `${config.name}-doctor-${nowMs()}`,
    ...{ userData: '', releaseAtMs: nowMs() + RELEASE_MS, tags },
    ...{ diskGiB: requirements.diskGiB, image: requirements.image },
  };
}

async function dryRun(
  { alibaba }: DoctorWorld,
  region: string,
  params: Readonly<Record<string, string>>,
): Promise<Failure | null> {
  try {
    await alibaba.rpc('ecs', region, 'RunInstances', { ...params, DryRun: 'true' });
    return { code: 'no DryRunOperation', status: null };
  } catch (error) {
    if (!(error instanceof AlibabaRefusal)) throw error;
    return error.code === 'DryRunOperation' ? null : { code: error.code, status: error.statusCode };
  }
}

export type TriedLaunch = Omit<Launch, 'tags'>;

export async function whyRefused(
  world: DoctorWorld,
  launch: TriedLaunch,
  failure: Failure,
): Promise<CheckOutcome> {
  const { region } = launch.placement;
  const isForTags = isDenied(failure.code) && (await tryLaunch(world, { ...launch, tags: {} })) === null;
  if (isForTags)
    return wrong(`${region}: ${failure.code} for a launch with our tag, and none without it`, TAG_ADVICE);
  // It is the operator who asks: of the launcher that says nothing.
  if (isOurs(failure)) return unseen(`${region}: no launch was tried (${failure.code})`, OUR_RIGHT);
  return wrong(`${region}: a launch would be refused with ${failure.code}`, adviceFor(failure));
}

/** Alibaba's own example denies ecs:TagResources while it creates tagged instances: this is where that would show. */
export const tagsOf = ({ name, tags }: Config) => ({ ...tags, [TAG.deployment]: name });
const TAG_ADVICE =
  'ECS asks for ecs:TagResources where it should not: report this, and see "Tags are rights" in docs/security.md';

/** The operator's own rights, and that to pass the role. */
const isOurs = ({ code }: Failure): boolean => isDenied(code) || code === 'InvalidUser.PassRoleForbidden';
const OUR_RIGHT = 'this identity may not run instances; the launcher’s role may';

/** What a code asks of a person, as the launcher's own table has it. */
function adviceFor(failure: Failure): string {
  const { meaning, isKnown } = meaningOf(failure);
  if ('advice' in meaning && meaning.advice !== undefined) return meaning.advice;
  return isKnown ? ADVICE[meaning.kind] : 'report this code: it has no meaning to the launcher yet';
}

const PLACE =
  'correct this placement in runners.yaml: a network, key pair or resource group that it names is not there';
const ADVICE: Readonly<Record<Meaning['kind'], string>> = {
  unavailable: PLACE,
  image: 'correct that image in runners.yaml',
  'used-up': 'ask for a higher quota in the Quota Center',
  refused: 'correct defaults.disk in runners.yaml: ECS takes no such disk',
  'other-disk': 'add zones or a placement: this type takes no kind of disk there',
  'other-level': 'add zones or a placement: this type takes no kind of disk there',
  throttled: 'run npm run doctor again in a minute: ECS is asked too often now',
  again: 'run npm run doctor again in a minute: ECS did not say',
  unknown: 'run npm run doctor again in a minute: ECS did not say',
  fatal: 'look at the account in the Alibaba Cloud console',
};
