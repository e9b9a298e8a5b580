/** Whether a job would find an instance: images, stock, quota, and one launch that is not made. */
import { type Failure, type Meaning, meaningOf } from '../../../shared/adapters/ecs/errors.ts';
import type { Config, PlacementConfig } from '../../../shared/config/config.ts';
import { architecturesOf, parseLabels } from '../../../shared/job/labels.ts';
import { TAG } from '../../../shared/names.ts';
import type { Arch, Requirements } from '../../../shared/nouns.ts';
import { type Check, type CheckOutcome, isDenied, ok, unseen, warning, wrong } from '../finding.ts';
import { type Launch, tryLaunch } from '../try-launch.ts';
import type { DoctorWorld } from '../world.ts';
import { IMAGES_CHECK } from './images.ts';
import { type Markets, marketsOf, stocked } from './stock.ts';

export const CAPACITY_CHECKS: readonly Check[] = [
  IMAGES_CHECK,
  { name: 'stock', needs: ['credentials', 'configuration'], look: stock },
  { name: 'launch', needs: ['credentials', 'configuration', 'vSwitches', 'images', 'stock'], look: dryRun },
  { name: 'quota', needs: ['credentials'], look: quota },
];

interface CheckedRequirements {
  readonly name: string;
  readonly requirements: Requirements;
}

/** What jobs without a profile ask for, and each profile, on each architecture it allows. */
function requirementsToCheck(
  config: Config,
  profiles: readonly string[] = ['', ...Object.keys(config.profiles)],
): CheckedRequirements[] {
  return profiles.flatMap((profile) =>
    architecturesOf(config)
      .filter((arch) => arch === (config.profiles[profile]?.arch ?? arch))
      .flatMap((arch) => requirementsFor(config, profile, arch)),
  );
}

function requirementsFor(config: Config, profile: string, arch: Arch): CheckedRequirements[] {
  const labels = [...config.baseLabels, ...(profile === '' ? [] : [profile]), arch];
  const understood = parseLabels(labels, null, config);
  if (understood.kind !== 'ours') return [];
  return [{ name: `${profile || 'default'} ${arch}`, requirements: understood.requirements }];
}

async function stock(world: DoctorWorld) {
  const markets = await marketsOf(world);
  const findings = requirementsToCheck(world.config).flatMap((one) => stockFor(world, markets, one));
  return findings.length > 0 ? findings : [ok('each profile finds a type')];
}

function stockFor(
  world: DoctorWorld,
  markets: Markets,
  { name, requirements }: CheckedRequirements,
): CheckOutcome[] {
  const { placements, spot } = world.config;
  const found = stocked(world, markets, placements, requirements);
  if (found.some(({ isWidened }) => !isWidened)) return [];
  const what = sizeOf(requirements);
  const advice = 'add zones or a placement, or ask for another size';
  if (found.length > 0) return [warning(`${name}: ${what} is not in stock, only bigger ones are`, advice)];
  const isSpot = requirements.capacityType === 'spot';
  if (
    isSpot &&
    spot.onDemandFallback &&
    stocked(world, markets, placements, requirements, 'on-demand').length > 0
  )
    return [warning(`${name}: ${what} is in stock as pay-as-you-go only`, advice)];
  return [wrong(`${name}: ${what} is not in stock`, advice)];
}

/** `a type of 8 to 32 cores and 8 GiB`, or the type or family that is named. */
function sizeOf({ type, cpu, memoryGiB }: Requirements): string {
  if (type !== null) return `${type} (with ${memoryGiB.min} GiB at least)`;
  const to = cpu.max === null ? ' or more' : cpu.max === cpu.min ? '' : ` to ${cpu.max}`;
  return `a type of ${cpu.min}${to} cores and ${memoryGiB.min} GiB`;
}

/** ECS checks a dry run as it checks a launch, stock included, and answers with an error when all is well. */
async function dryRun(world: DoctorWorld) {
  const markets = await marketsOf(world);
  const findings: CheckOutcome[] = [];
  const taken: string[] = [];
  for (const placement of world.config.placements) {
    const said = await triedIn(world, markets, placement);
    if (said === null) taken.push(placement.region);
    else findings.push(said);
  }
  if (findings.length === 0) return [ok('ECS would take one in each placement')];
  return taken.length > 0 ? [...findings, ok(`ECS would take one in ${taken.join(', ')}`)] : findings;
}

/** With the first that is in stock there, of what jobs ask for. Null: ECS would take it. */
async function triedIn(
  world: DoctorWorld,
  markets: Markets,
  placement: PlacementConfig,
): Promise<CheckOutcome | null> {
  for (const { requirements } of requirementsToCheck(world.config)) {
    const [offering] = stocked(world, markets, [placement], requirements);
    if (offering !== undefined) return whyNotLaunched(world, { placement, offering, requirements });
  }
  return unseen(
    `${placement.region}: no launch was tried, because nothing that jobs ask for is in stock there`,
    'run npm run doctor again when there is: npm run advise shows what is sold',
  );
}

async function whyNotLaunched(
  world: DoctorWorld,
  launch: Omit<Launch, 'tags'>,
): Promise<CheckOutcome | null> {
  const { region } = launch.placement;
  const failure = await tryLaunch(world, { ...launch, tags: tagsOf(world.config) });
  if (failure === null) return null;
  const isForTags = isDenied(failure.code) && (await tryLaunch(world, { ...launch, tags: {} })) === null;
  return isForTags
    ? wrong(`${region}: ${failure.code} for a launch with our tag, and none without it`, TAG_ADVICE)
    : wrong(`${region}: a launch would be refused with ${failure.code}`, adviceFor(failure));
}

/** Alibaba's own example denies ecs:TagResources while it creates tagged instances: this is where that would show. */
const tagsOf = ({ name, tags }: Config) => ({ ...tags, [TAG.deployment]: name });
const TAG_ADVICE =
  'ECS asks for ecs:TagResources where it should not: report this, and see "Tags are rights" in docs/security.md';

/** What a code asks of a person, as the launcher's own table has it. */
function adviceFor(failure: Failure): string {
  // The operator's own right to pass the role, as it is the operator who asks.
  if (isDenied(failure.code) || failure.code === 'InvalidUser.PassRoleForbidden')
    return 'this identity may not run instances; the launcher’s role may';
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

const QUOTAS = ['max-postpaid-instance-vcpu-count', 'max-spot-instance-vcpu-count'];

/** What a plain job takes at least, times the machines that there may be. */
async function quota({ alibaba, config }: DoctorWorld) {
  const each = Math.max(
    0,
    ...requirementsToCheck(config, ['']).map(({ requirements }) => requirements.cpu.min),
  );
  const cores = each * config.limits.runners;
  const findings = [];
  for (const { region } of config.placements) {
    const query = Object.fromEntries(QUOTAS.map((name, at) => [`AttributeName.${at + 1}`, name]));
    const answer = await alibaba.rpc('ecs', region, 'DescribeAccountAttributes', query);
    const { AccountAttributeItem } = answer.AccountAttributeItems as { AccountAttributeItem: Attribute[] };
    for (const name of QUOTAS) {
      const most = largest(AccountAttributeItem.find(({ AttributeName }) => AttributeName === name));
      if (most === null)
        findings.push(warning(`${region}: ECS does not say ${name}`, 'look it up in the Quota Center'));
      else if (most < cores)
        findings.push(
          warning(
            `${region}: ${name} is ${most}, and ${config.limits.runners} runners need ${cores}`,
            'ask for more in the Quota Center, or lower limits.runners',
          ),
        );
    }
  }
  return findings.length > 0 ? findings : [ok(`enough cores for ${config.limits.runners} runners`)];
}

interface Attribute {
  readonly AttributeName: string;
  readonly AttributeValues: { readonly ValueItem: readonly { readonly Value: string }[] };
}

/** Null: it says no number. */
function largest(item: Attribute | undefined): number | null {
  const numbers = (item?.AttributeValues.ValueItem ?? []).map(({ Value }) => Number.parseInt(Value, 10));
  const most = Math.max(...numbers);
  return Number.isFinite(most) ? most : null;
}
