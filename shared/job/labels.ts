/** What a job's labels ask for: pure. The table of labels is part of the public contract (docs/configure.md). */
import type { Config } from '../config/config.ts';
import type { Arch, CapacityType, Job, Requirements } from '../nouns.ts';
import { refuseBeyond } from './bounds.ts';
import { guardsOf } from './guards.ts';
import { KIND_NAMES, type LabelValues, nearestOf, parseLabel, Refusal } from './label-words.ts';
import { coresOf, diskOf, memoryFor, memoryOf } from './sizes.ts';

export type ParsedLabels =
  | { readonly kind: 'ours'; readonly requirements: Requirements }
  /** Has our base labels, but asks for what we do not understand or do not have, or (`isForbidden`) keep for others. */
  | { readonly kind: 'refused'; readonly because: string; readonly isForbidden: boolean }
  | { readonly kind: 'foreign' };

/** True when the labels contain all base labels. Case does not matter. */
export function hasBaseLabels(labels: readonly string[], baseLabels: readonly string[]): boolean {
  const given = new Set(labels.map((label) => label.toLowerCase()));
  return baseLabels.every((label) => given.has(label.toLowerCase()));
}

/** True when a runner with these labels may be given a job that asks for those. GitHub's rule. */
export function covers(runnerLabels: readonly string[], jobLabels: readonly string[]): boolean {
  return hasBaseLabels(runnerLabels, jobLabels);
}

/** `repository`: who asks; null: whoever may. */
export function parseLabels(
  labels: readonly string[],
  repository: string | null,
  config: Config,
): ParsedLabels {
  if (!hasBaseLabels(labels, config.baseLabels)) return { kind: 'foreign' };
  try {
    const requirements = requirementsOf(read(labels, config), config);
    const because = repository === null ? null : whyKept(requirements, repository, config);
    return because === null
      ? { kind: 'ours', requirements }
      : { kind: 'refused', because, isForbidden: true };
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return { kind: 'refused', because: refusal.message, isForbidden: false };
  }
}

function whyKept(requirements: Requirements, repository: string, config: Config): string | null {
  const guard = guardsOf(requirements, config).find((each) => !isAllowed(repository, each.repositories));
  if (guard === undefined) return null;
  return `${guard.what} is not for the repository ${repository}: ${guard.key} keeps it for others`;
}

function read(labels: readonly string[], config: Config): LabelValues {
  const base = new Set(config.baseLabels.map((label) => label.toLowerCase()));
  const values: Record<string, string> = {};
  const profiles = new Map(Object.keys(config.profiles).map((name) => [name.toLowerCase(), name]));
  for (const label of new Set(labels.map((each) => each.toLowerCase()))) {
    if (base.has(label)) continue;
    const { kind, value } = parseLabel(label, profiles);
    const had = values[kind];
    if (had !== undefined && had !== value)
      throw new Refusal(`its labels name ${KIND_NAMES[kind]} twice: ${had} and ${value}`);
    values[kind] = value;
  }
  return values as LabelValues;
}

function requirementsOf(values: LabelValues, config: Config): Requirements {
  const profile = config.profiles[values.profile ?? ''];
  // Explicit labels override the profile, and the profile the defaults.
  const asked = { ...fallbacks(config), ...given(profile ?? {}), ...given(values) };
  if (asked.image !== undefined) requireImage(asked.image, config);
  const arch = archOf(asked, config);
  const cpu = coresOf(asked.cpu);
  const diskGiB = diskOf(asked.disk);
  const type = asked.type ?? null;
  refuseBeyond(values, { cpu, diskGiB, profile: values.profile ?? null, type }, config);
  return {
    arch,
    cpu,
    memoryGiB: asked.memory === undefined ? memoryFor(cpu, arch) : memoryOf(asked.memory),
    capacityType: asked.capacity,
    type,
    diskGiB,
    image: imageOf(asked.image, arch, config),
    profile: values.profile ?? null,
    docker: asked.docker,
    sudo: asked.sudo,
    lifetimeMs: asked.lifetime,
  };
}

type Given<Asks> = { [Key in keyof Asks]?: Exclude<Asks[Key], undefined> };

/** Only what was said, so that nothing unsaid hides a fallback. */
function given<Asks extends object>(asks: Asks): Given<Asks> {
  return Object.fromEntries(Object.entries(asks).filter(([, value]) => value !== undefined)) as Given<Asks>;
}

function fallbacks({ defaults, limits }: Config) {
  const { cpu, disk, docker, sudo } = defaults;
  return { cpu, disk, docker, sudo, lifetime: limits.lifetime, capacity: 'spot' as CapacityType };
}

/** The architectures that the deployment has images for. */
export function architecturesOf(config: Config): readonly Arch[] {
  return (['amd64', 'arm64'] as const).filter((arch) => config.images[arch] !== undefined);
}

interface AskedArch {
  readonly arch?: Arch | undefined;
  readonly image?: string | undefined;
  readonly type?: string | undefined;
}

function archOf(asked: AskedArch, config: Config): Arch {
  const offered = architecturesOf(config);
  const ofImage =
    asked.image === undefined ? undefined : (requireImage(asked.image, config).imageArch as Arch);
  const arch = asked.arch ?? ofImage;
  if (arch !== undefined && !offered.includes(arch) && ofImage !== arch)
    throw new Refusal(`the architecture ${arch} is not offered here`);
  if (arch !== undefined) return arch;
  const [only, other] = offered;
  if (only === undefined) throw new Refusal('no image is configured for any architecture');
  if (other !== undefined && !config.allowAnyArchitecture) throw new Refusal(whyNoArch(asked.type));
  return only;
}

/** A type has one, but GitHub gives the job to any runner that has its labels: they have to say it. */
const whyNoArch = (type: string | undefined): string =>
  type === undefined
    ? 'its labels name no architecture, and both are offered: add arm64 or amd64'
    : `its labels name no architecture, and both are offered: add that of ${type}, arm64 or amd64`;

function imageOf(image: string | undefined, arch: Arch, config: Config): string {
  if (image === undefined) return arch;
  const { name, imageArch } = requireImage(image, config);
  if (imageArch !== arch) throw new Refusal(`the image '${name}' is not for ${arch}`);
  return name;
}

function requireImage(image: string, config: Config): { name: string; imageArch: string } {
  const found = Object.entries(config.images).find(([name]) => name.toLowerCase() === image.toLowerCase());
  if (found !== undefined) return { name: found[0], imageArch: found[1].arch ?? found[0] };
  const meant = nearestOf(image, Object.keys(config.images));
  const named = image.slice(0, 64);
  throw new Refusal(
    meant === null
      ? `there is no image '${named}' in runners.yaml`
      : `there is no image '${named}' in runners.yaml; is '${meant}' meant?`,
  );
}

/** Why jobs of this repository are not taken; null: they are. */
export function whyNotAllowed(
  { repository, isPublic }: Pick<Job, 'repository' | 'isPublic'>,
  {
    repositories,
  }: { readonly repositories: { readonly allow: readonly string[]; readonly public: 'refuse' | 'allow' } },
): string | null {
  if (!isAllowed(repository, repositories.allow)) return 'the repository is not under repositories.allow';
  if (isPublic && repositories.public === 'refuse')
    return 'the repository is public and repositories.public says refuse';
  return null;
}

/** A job that asks for us, and may. */
export function isForUs(
  job: Pick<Job, 'labels' | 'repository' | 'isPublic'>,
  config: Pick<Config, 'baseLabels' | 'repositories'>,
): boolean {
  return hasBaseLabels(job.labels, config.baseLabels) && whyNotAllowed(job, config) === null;
}

/** `owner/name` or `owner/*`; GitHub's names have no case. */
export function isAllowed(repository: string, patterns: readonly string[]): boolean {
  const name = repository.toLowerCase();
  return patterns.some((each) => {
    const pattern = each.toLowerCase();
    return pattern.endsWith('/*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  });
}
