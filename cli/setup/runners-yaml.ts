/** The first `runners.yaml`, from the answers and what the account pays. */
import { stringify } from 'yaml';
import * as z from 'zod';
import type { Alibaba } from '../shared/alibaba.ts';
import type { BroughtNetwork, BroughtRest } from './network.ts';
import type { Answers } from './progress.ts';
import type { PlacementAnswer } from './questions.ts';

export function firstYaml(
  answers: Answers,
  placement: PlacementAnswer | BroughtNetwork,
  { images, selfDestructRole }: BroughtRest,
  { currency, ...spend }: Spend = USUAL,
  instance: string | null = null,
): string {
  const registryMirror = 'registryMirror' in placement ? placement.registryMirror : null;
  const content = {
    name: answers.name,
    control: { region: answers.region, ...(instance === null ? {} : { tablestoreInstance: instance }) },
    github: { baseUrl: answers.baseUrl.replace(/\/+$/, ''), scope: answers.scope },
    repositories: { allow: answers.allow },
    ...(registryMirror === null ? {} : { defaults: { registryMirror } }),
    limits: spend,
    ...(images === null ? {} : { images }),
    placements: ['securityGroup' in placement ? brought(placement) : made(placement)],
    ...(selfDestructRole === null ? {} : { selfDestruct: { roleName: selfDestructRole } }),
  };
  return `# Every key and its default: docs/configure.md
${currency === null ? UNASKED : `# limits.spendPerHour and spendPerDay are a proposal, in ${currency}:`}
# raise them when jobs wait for them.
# yaml-language-server: $schema=./runners.schema.json
${stringify(content)}`;
}

/** The bounds count in the account's currency, whatever they were thought of in. */
const UNASKED = `# limits.spendPerHour and spendPerDay are a proposal by prices in CNY: yours could not be asked.
# They count in your account's currency: where that is dollars, write a seventh of them, and`;

/** A hundred machines of eight cores for an hour, at half of pay-as-you-go; and six such hours a day. */
export interface Spend {
  readonly spendPerHour: number;
  readonly spendPerDay: number;
  /** Null: it could not be asked. */
  readonly currency: string | null;
}

/** By what eight cores cost in CNY. */
const USUAL: Spend = { spendPerHour: 50, spendPerDay: 300, currency: null };
/** Where no price is known; a dollar is about seven yuan. */
const USUAL_IN: Readonly<Record<string, Spend>> = {
  CNY: { ...USUAL, currency: 'CNY' },
  USD: { spendPerHour: 7, spendPerDay: 42, currency: 'USD' },
};

/** Of eight cores; one of them is sold in most regions. */
const ASKED_FOR = ['ecs.c8y.2xlarge', 'ecs.c7.2xlarge', 'ecs.c6.2xlarge', 'ecs.c9i.2xlarge'];
/** The currency is told of a type that is not sold there, too. */
const Prices = z.object({
  Currency: z.string().regex(/^[A-Z]{3}$/),
  SpotPrices: z.object({ SpotPriceType: z.array(z.object({ OriginPrice: z.number() })) }),
});

/** In what the account pays, by its prices there. What cannot be asked is proposed as usual: the operator reads it. */
export async function proposedSpend(region: string, { rpc }: Pick<Alibaba, 'rpc'>): Promise<Spend> {
  let usual = USUAL;
  for (const InstanceType of ASKED_FOR) {
    const query = { InstanceType, NetworkType: 'vpc', OSType: 'linux' };
    const answer = await rpc('ecs', region, 'DescribeSpotPriceHistory', query).catch(() => null);
    const { success, data } = Prices.safeParse(answer);
    if (!success) continue;
    const price = data.SpotPrices.SpotPriceType[0]?.OriginPrice ?? 0;
    if (price > 0) return spendFor(price, data.Currency);
    usual = USUAL_IN[data.Currency] ?? USUAL;
  }
  return usual;
}

/** One digit that means something: it is a proposal. Pure. */
function spendFor(pricePerHour: number, currency: string): Spend {
  const spendPerHour = Number((50 * pricePerHour).toPrecision(1));
  return { spendPerHour, spendPerDay: Number((6 * spendPerHour).toPrecision(2)), currency };
}

/** `npm run deploy` makes it and fills in the ids. */
function made({ region, zones, mirrorBucket }: PlacementAnswer) {
  return {
    region,
    network: { cidr: '10.88.0.0/16' },
    zones: Object.fromEntries(zones.map((zone) => [zone, 'vsw-pending'])),
    securityGroup: 'sg-pending',
    ...(mirrorBucket === null ? {} : { mirrorBucket }),
  };
}

function brought({ region, vpc, zones, securityGroup, keyPair, proxy }: BroughtNetwork) {
  return {
    region,
    ...(vpc === null ? {} : { vpc }),
    zones,
    securityGroup,
    ...(keyPair === null ? {} : { keyPair }),
    ...(proxy === null ? {} : { proxy }),
  };
}
