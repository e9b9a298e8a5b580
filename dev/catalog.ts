/**
 * Writes shared/market/catalog.json, the compact form of data/ecs-catalog.json that is bundled with the functions.
 * Run it after the catalogue changed: `npx tsx dev/catalog.ts`. A test compares the two.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../cli/shared/steps.ts';

interface FullCatalog {
  readonly source: string;
  readonly regions: readonly string[];
  readonly types: Readonly<
    Record<
      string,
      {
        readonly family: string;
        readonly cpu: number;
        readonly memoryGiB: number;
        readonly arch: string;
        readonly onDemandCnyPerHour: Readonly<Record<string, number>>;
      }
    >
  >;
}

export const readFull = (): FullCatalog =>
  JSON.parse(readFileSync(join(ROOT, 'data', 'ecs-catalog.json'), 'utf8'));

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

if (import.meta.filename === process.argv[1])
  writeFileSync(join(ROOT, 'shared', 'market', 'catalog.json'), `${JSON.stringify(compact(readFull()))}\n`);
