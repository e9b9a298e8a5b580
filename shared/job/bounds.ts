/** What labels may ask for at most. What the operator wrote, under `profiles` or `defaults`, is his word: it is not bound. Pure. */
import type { Config, ProfileConfig } from '../config/config.ts';
import type { MarketType } from '../market/market.ts';
import { familyOf, holds, matchesType } from '../market/type-names.ts';
import type { Requirements } from '../nouns.ts';
import { type LabelValues, Refusal } from './label-words.ts';

type Asked = Pick<Requirements, 'cpu' | 'diskGiB' | 'profile' | 'type'>;

const isExact = (type: string): boolean => type.split('.').length > 2;

/** The upper end of what the operator wrote; `8+` has none. */
const topOf = (cores: string | number | undefined): number =>
  Number(
    String(cores ?? 0)
      .replace('+', '')
      .split('-')
      .at(-1),
  );

/** A machine has no more cores than this, whatever was asked; the exact type that a profile names, and no other, has its own. */
export function coresMax({ profile, type }: Pick<Requirements, 'profile' | 'type'>, config: Config): number {
  const own = config.profiles[profile ?? ''];
  if (own?.type !== undefined && isExact(own.type) && own.type === type) return Number.MAX_SAFE_INTEGER;
  return Math.max(config.limits.cpu, topOf(own?.cpu), topOf(config.defaults.cpu));
}

/** Throws a Refusal that names the key which may be raised. */
export function refuseBeyond(values: LabelValues, asked: Asked, config: Config): void {
  const { limits, profiles, defaults } = config;
  const own = profiles[asked.profile ?? ''];
  const cores = asked.cpu.max ?? asked.cpu.min;
  if (values.cpu !== undefined && cores > coresMax(asked, config))
    throw new Refusal(`it asks for ${cores} cores, and limits.cpu is ${limits.cpu}`);
  const disk = Math.max(limits.disk, own?.disk ?? 0, defaults.disk);
  if (asked.diskGiB > disk)
    throw new Refusal(`it asks for a disk of ${asked.diskGiB} GiB, and limits.disk is ${limits.disk}`);
  refuseLabels(values, own, config);
  if (values.type !== undefined && own?.type !== values.type && !isListed(values.type, limits.types))
    throw new Refusal(`limits.types does not have ${values.type}`);
}

/** What the operator has to allow before anybody may ask for it. */
function refuseLabels(
  values: LabelValues,
  own: ProfileConfig | undefined,
  { spot, defaults }: Pick<Config, 'spot' | 'defaults'>,
): void {
  if (values.capacity === 'on-demand' && spot.onDemandLabel === 'refuse' && own?.capacity !== 'on-demand')
    throw new Refusal(
      "the label 'on-demand' is not taken here: spot.onDemandLabel is refuse, or a profile may have it",
    );
  if (values.debug !== undefined && defaults.debug === 'refuse')
    throw new Refusal("the label 'debug' is not taken here: defaults.debug is refuse");
}

/** Whether a label may name it: a family that is listed, one of its types, or what holds a listed type. */
const isListed = (name: string, types: readonly string[] | null): boolean =>
  types === null || types.some((each) => matchesType(name, each) || holds(name, each.replace('*', '')));

type Sold = Pick<MarketType, 'type' | 'family' | 'cpu' | 'isSpecial'>;

/** Why a job may not have a type, whatever its price: a lower-case clause; null: it may. */
export function whyKeptBack(
  { type, family, cpu, isSpecial }: Sold,
  { profile }: Pick<Requirements, 'profile'>,
  config: Config,
): string | null {
  const { limits, profiles } = config;
  if (cpu > coresMax({ profile, type }, config)) return `limits.cpu is ${limits.cpu}`;
  const names = [type, familyOf(type), family];
  const own = profiles[profile ?? '']?.type;
  if (own !== undefined && names.some((name) => matchesType(name, own))) return null;
  if (isSpecial) return 'it has a GPU or FPGA, or is bare metal, and no profile of the job names it';
  if (limits.types?.every((each) => !names.some((name) => matchesType(name, each))) !== true) return null;
  return 'limits.types does not have it';
}
