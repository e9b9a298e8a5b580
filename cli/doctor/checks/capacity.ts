/** Whether a job would find an instance: images, stock, quota, and one launch that is not made. */

import { type Failure, meaningOf } from '../../../shared/adapters/ecs/errors.ts';
import type { Config, PlacementConfig } from '../../../shared/config/config.ts';
import { architecturesOf, parseLabels } from '../../../shared/job/labels.ts';
import { UNAVAILABLE_MS } from '../../../shared/limits.ts';
import type { Arch, Requirements } from '../../../shared/nouns.ts';
import { type Check, type CheckOutcome, ok, unseen, warning, wrong } from '../finding.ts';
import { type TriedLaunch, tagsOf, tryLaunch, whyRefused } from '../try-launch.ts';
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
    const offerings = stocked(world, markets, [placement], requirements).slice(0, OFFERS_TRIED_MAX);
    if (offerings.length > 0)
      return whyNoneLaunched(
        world,
        offerings.map((offering) => ({ placement, offering, requirements })),
      );
  }
  return unseen(
    `${placement.region}: no launch was tried, because nothing that jobs ask for is in stock there`,
    'run npm run doctor again when there is: npm run advise shows what is sold',
  );
}

/** Of what the market says is there: it may be gone a moment later. */
const OFFERS_TRIED_MAX = 3;
const LATER =
  'run npm run doctor again in some minutes; if it stays so, add zones or a placement to runners.yaml';

async function whyNoneLaunched(
  world: DoctorWorld,
  launches: readonly TriedLaunch[],
): Promise<CheckOutcome | null> {
  const codes = [];
  for (const launch of launches) {
    const failure = await tryLaunch(world, { ...launch, tags: tagsOf(world.config) });
    if (failure === null) return null;
    if (!isSoonOver(failure)) return whyRefused(world, launch, failure);
    codes.push(failure.code);
  }
  const region = launches[0]?.placement.region ?? '';
  return warning(
    `${region}: nothing of the best ${codes.length} offers is available now (${codes[0]})`,
    LATER,
  );
}

/** A launch goes on to the next offer, and nobody has to do anything. */
function isSoonOver(failure: Failure): boolean {
  const { meaning } = meaningOf(failure);
  return meaning.kind === 'unavailable' && meaning.advice === undefined && meaning.forMs <= UNAVAILABLE_MS;
}

const SPOT_QUOTA = 'max-spot-instance-vcpu-count';
const QUOTAS = ['max-postpaid-instance-vcpu-count', SPOT_QUOTA];
const ASK_FOR_MORE = 'ask for more in the Quota Center, or lower limits.runners';

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
      findings.push(...tooFew(region, name, most, { cores, runners: config.limits.runners }));
    }
  }
  return findings.length > 0 ? findings : [ok(`enough cores for ${config.limits.runners} runners`)];
}

/** Pure. `most` null: ECS does not say. */
function tooFew(
  region: string,
  name: string,
  most: number | null,
  { cores, runners }: { readonly cores: number; readonly runners: number },
): CheckOutcome[] {
  if (most === null)
    return [warning(`${region}: ECS does not say ${name}`, 'look it up in the Quota Center')];
  if (most === 0 && name === SPOT_QUOTA)
    return [wrong(`${region}: ${name} is 0: no spot instance can be launched`, ASK_FOR_MORE)];
  return most < cores
    ? [warning(`${region}: ${name} is ${most}, and ${runners} runners need ${cores}`, ASK_FOR_MORE)]
    : [];
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
