/** Whether a job would find an instance: images, stock, quota, and one launch that is not made. */
import { AlibabaRefusal } from '../../../shared/adapters/alibaba/call.ts';
import type { Config, PlacementConfig } from '../../../shared/config/config.ts';
import { architecturesOf, parseLabels } from '../../../shared/job/labels.ts';
import { TAG } from '../../../shared/names.ts';
import type { Arch, Requirements } from '../../../shared/nouns.ts';
import { type Check, ok, warning, wrong } from '../finding.ts';
import type { DoctorWorld } from '../world.ts';
import { IMAGES_CHECK } from './images.ts';
import { typesInStock } from './stock.ts';

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
  const findings = [];
  for (const { name, requirements } of requirementsToCheck(world.config)) {
    const counts = await Promise.all(
      world.config.placements.map(
        async (placement) => (await typesInStock(world, placement, requirements)).length,
      ),
    );
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total === 0)
      findings.push(
        wrong(
          `${name}: no type of ${requirements.cpu.min} cores and ${requirements.memoryGiB.min} GiB is in stock`,
          'add zones or a placement, or ask for another size',
        ),
      );
  }
  return findings.length > 0 ? findings : [ok('each profile finds a type')];
}

/** ECS checks a dry run as it checks a launch, stock included, and answers with an error when all is well. */
async function dryRun(world: DoctorWorld) {
  const findings = [];
  for (const placement of world.config.placements) {
    const code = await tryLaunch(world, placement, tagged(world.config));
    if (code === 'nothing in stock' || code === 'DryRunOperation') continue;
    const isForTags = isDenied(code) && (await tryLaunch(world, placement, {})) === 'DryRunOperation';
    findings.push(
      isForTags
        ? wrong(`${placement.region}: ${code} for a launch with our tag, and none without it`, TAG_ADVICE)
        : wrong(`${placement.region}: a launch would be refused with ${code}`, adviceFor(code)),
    );
  }
  return findings.length > 0 ? findings : [ok('ECS would take one in each placement')];
}

/** Alibaba's own example denies ecs:TagResources while it creates tagged instances: this is where that would show. */
const tagged = ({ name }: Config) => ({ 'Tag.1.Key': TAG.deployment, 'Tag.1.Value': name });
const TAG_ADVICE =
  'ECS asks for ecs:TagResources where it should not: report this, and see "Tags are rights" in docs/security.md';

const isDenied = (code: string): boolean => /Forbidden|NoPermission/.test(code);

async function tryLaunch(
  world: DoctorWorld,
  placement: PlacementConfig,
  tags: Readonly<Record<string, string>>,
): Promise<string> {
  const [first] = requirementsToCheck(world.config);
  if (first === undefined) return 'nothing in stock';
  const [found] = await typesInStock(world, placement, first.requirements);
  const image = world.config.images[first.requirements.image];
  if (found === undefined || image === undefined) return 'nothing in stock';
  const query = {
    DryRun: 'true',
    Amount: '1',
    InstanceType: found.type,
    VSwitchId: placement.zones[found.zone.slice(-1)] as string,
    SecurityGroupId: placement.securityGroup,
    ...(image.id === undefined ? { ImageFamily: image.family as string } : { ImageId: image.id }),
    ...(placement.keyPair === null ? {} : { KeyPairName: placement.keyPair }),
    ...(placement.resourceGroup === null ? {} : { ResourceGroupId: placement.resourceGroup }),
    InstanceChargeType: 'PostPaid',
    SpotStrategy: 'SpotAsPriceGo',
    'SystemDisk.Category': 'cloud_essd',
    'SystemDisk.Size': String(first.requirements.diskGiB),
    ...tags,
  };
  try {
    await world.alibaba.rpc('ecs', placement.region, 'RunInstances', query);
    return 'no DryRunOperation';
  } catch (error) {
    if (error instanceof AlibabaRefusal) return error.code;
    throw error;
  }
}

function adviceFor(code: string): string {
  if (isDenied(code)) return 'this identity may not run instances; the launcher’s role may';
  if (/Quota/.test(code)) return 'ask for a higher quota in the Quota Center';
  if (/Balance|Arrearage|Payment/.test(code)) return 'the account cannot pay: top it up';
  return 'look this code up in the documentation of RunInstances';
}

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
