/**
 * `npm run catalog`: brings data/ecs-catalog.json up to date from answers of ECS, and writes shared/market/catalog.json, its
 * compact form that is bundled with the functions. Without credentials and files it writes the compact form alone.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import * as z from 'zod';
import { operatorKey } from '../cli/shared/alibaba.ts';
import { ROOT } from '../cli/shared/steps.ts';
import { ecsAddress, ecsCall } from '../shared/adapters/ecs/call.ts';
import { ecsMarket } from '../shared/adapters/ecs/market.ts';
import { readTypes, TypesPage } from '../shared/adapters/ecs/market-answers.ts';
import type { MarketType } from '../shared/market/market.ts';
import type { MarketSource } from '../shared/market/source.ts';
import { type FullCatalog, mergeCatalog, type Seen } from './catalog-merge.ts';

const DATA = ['data', 'ecs-catalog.json'];
/** For one region: some 700 prices, one call each. */
const REGION_MAX_MS = 15 * 60_000;

export const readFull = (root = ROOT): FullCatalog => JSON.parse(readFileSync(join(root, ...DATA), 'utf8'));

/** One row a type: name, family, arm64?, cores, GiB, then a price for each region (null: not sold there). */
export function compact(full: FullCatalog): object {
  return {
    about: 'Made from data/ecs-catalog.json by dev/catalog.ts: pay-as-you-go prices in CNY an hour.',
    source: full.source,
    regions: full.regions,
    types: Object.entries(full.types).map(([type, each]) => [
      ...[type, each.family, each.arch === 'arm64', each.cpu, each.memoryGiB],
      ...full.regions.map((region) => each.onDemandCnyPerHour[region] ?? null),
    ]),
  };
}

/** Pages of DescribeInstanceTypes, one in a file or several in an array. */
export function seenIn(texts: readonly string[]): Seen {
  const pages = texts.flatMap((text) => z.union([z.array(TypesPage), TypesPage]).parse(JSON.parse(text)));
  return {
    region: null,
    isWhole: false,
    types: pages.flatMap(readTypes).map((each) => ({ ...each, price: null })),
  };
}

/** What a region sells, and its pay-as-you-go prices, where they are in CNY. `regions`: those of the catalogue. */
export async function seenLive(regions: readonly string[], source: MarketSource, nowMs: () => number) {
  const seen: Seen[] = [];
  const notes: string[] = [];
  for (const region of regions) {
    const query = { prices: [], advice: [], sinceMs: null, deadlineMs: nowMs() + REGION_MAX_MS };
    const listed = await source.refresh(region, null, { ...query, listTypes: true });
    const prices = listed.types.filter(({ isSpecial }) => !isSpecial).map(({ type }) => type);
    const priced = await source.refresh(region, listed, {
      ...query,
      prices,
      listTypes: false,
      withoutStock: true,
    });
    if (priced.currency !== 'CNY')
      notes.push(
        `${region}: prices in ${priced.currency ?? 'no currency'} are left out: the catalogue's are in CNY`,
      );
    if (priced.incomplete !== null) notes.push(`${region}: incomplete because ${priced.incomplete}`);
    const priceOf = (type: MarketType) => (priced.currency === 'CNY' ? onDemandOf(type) : null);
    seen.push({
      ...{ region, isWhole: listed.incomplete === null },
      types: priced.types.map((type) => ({ ...type, price: priceOf(type) })),
    });
  }
  return { seen, notes };
}

const onDemandOf = ({ offers }: MarketType): number | null =>
  offers.find(({ onDemandPrice }) => onDemandPrice !== null)?.onDemandPrice ?? null;

export async function main(args: readonly string[], root = ROOT): Promise<number> {
  const program = new Command('npm run catalog --')
    .description(
      'Brings the offline catalogue of instance types up to date: from ECS, or from files of its answers.',
    )
    .argument(
      '[files...]',
      'answers of DescribeInstanceTypes; none: ECS is asked with your credentials (ECS_ENDPOINT)',
    )
    .exitOverride();
  try {
    return await bringUpToDate(program.parse(args, { from: 'user' }).args, root);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

async function bringUpToDate(files: readonly string[], root: string): Promise<number> {
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const full = readFull(root);
  const { seen, notes } = await look(files, full);
  const day = new Date(Date.now()).toISOString().slice(0, 10);
  const where = seen.flatMap(({ region }) => region ?? []).join(', ') || 'files';
  const { catalog, lines } = mergeCatalog(full, seen, `DescribeInstanceTypes (${where}), ${day}`);
  writeFileSync(join(root, ...DATA), textOf(catalog));
  writeFileSync(join(root, 'shared', 'market', 'catalog.json'), `${JSON.stringify(compact(catalog))}\n`);
  for (const line of [...notes, ...lines]) say(line);
  return 0;
}

async function look(files: readonly string[], { regions }: FullCatalog) {
  if (files.length > 0) return { seen: [seenIn(files.map((file) => readFileSync(file, 'utf8')))], notes: [] };
  try {
    await operatorKey();
  } catch {
    return {
      seen: [],
      notes: ['No credentials of Alibaba Cloud, and no files of answers: nothing was asked.'],
    };
  }
  const call = ecsCall({ credentials: operatorKey, ...ecsAddress(process.env.ECS_ENDPOINT) });
  return seenLive(regions, ecsMarket({ call, clock: { nowMs: Date.now }, spotDuration: 1 }), Date.now);
}

/** A line a value, without spaces: as it is in the repository. */
export const textOf = (catalog: FullCatalog): string =>
  `${JSON.stringify(catalog, null, 1)
    .replace(/^ +/gm, '')
    .replace(/^("(?:[^"\\]|\\.)*"): /gm, '$1:')}`;
