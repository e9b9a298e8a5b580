/** How answers of the cloud change the catalogue: pure. */
import type { TypeFacts } from '../shared/market/merge.ts';
import type { CatalogEntry } from '../simulator/ecs/region/catalogue.ts';

export interface FullCatalog {
  readonly about: string;
  readonly source: string;
  readonly regions: readonly string[];
  readonly types: Readonly<Record<string, CatalogEntry>>;
}

export interface Seen {
  /** Null: files of answers, which tell neither a region nor a price. */
  readonly region: string | null;
  /** Everything that is sold there: what is not among it is gone. */
  readonly isWhole: boolean;
  readonly types: readonly (Omit<TypeFacts, 'isSpecial'> & {
    readonly isSpecial: boolean;
    readonly price: number | null;
  })[];
}

/** Burstable and local-disk families; GPU, FPGA and bare metal are special. As the catalogue's own words have it. */
const LEFT_OUT = /^ecs\.(t\d|i\d|d\d)/;
/** Newer than these the cloud has had for a year and more. */
const WANTED = [9];

/** The catalogue after the answers, and a line for each thing to be told. */
export function mergeCatalog(full: FullCatalog, seen: readonly Seen[], source: string) {
  const types = new Map(Object.entries(full.types));
  for (const look of seen)
    for (const each of look.types.filter((one) => !one.isSpecial && !LEFT_OUT.test(one.type)))
      types.set(each.type, entryOf(each, types.get(each.type), look.region));
  for (const look of seen) dropUnsold(types, look);
  const before = new Map(Object.entries(full.types));
  const isOther = (type: string) => JSON.stringify(before.get(type)) !== JSON.stringify(types.get(type));
  const added = [...types.keys()].filter((type) => !before.has(type));
  const changed = [...types.keys()].filter((type) => before.has(type) && isOther(type));
  const gone = [...before.keys()].filter((type) => !types.has(type));
  const sorted = [...types].sort(([a], [b]) => (a < b ? -1 : 1));
  const isNew = [...added, ...changed, ...gone].length > 0;
  const catalog: FullCatalog = {
    ...full,
    source: isNew ? `${full.source}; ${source}` : full.source,
    types: Object.fromEntries(sorted),
  };
  return {
    catalog,
    lines: [told('added', added), told('changed', changed), told('gone', gone), ...lacks(catalog)],
  };
}

function entryOf(
  { family, cpu, memoryGiB, arch, price }: Seen['types'][0],
  before: CatalogEntry | undefined,
  region: string | null,
): CatalogEntry {
  const known = before?.onDemandCnyPerHour ?? {};
  const onDemandCnyPerHour = region === null || price === null ? known : { ...known, [region]: price };
  return { family, cpu, memoryGiB, arch, onDemandCnyPerHour };
}

/** A list that was cut, or told no region, proves nothing gone. A type that no region sells any more goes with its last price. */
function dropUnsold(types: Map<string, CatalogEntry>, { region, isWhole, types: sold }: Seen): void {
  if (region === null || !isWhole) return;
  const names = new Set(sold.map(({ type }) => type));
  for (const [type, entry] of types) {
    if (names.has(type) || entry.onDemandCnyPerHour[region] === undefined) continue;
    const { [region]: _gone, ...rest } = entry.onDemandCnyPerHour;
    if (Object.keys(rest).length === 0) types.delete(type);
    else types.set(type, { ...entry, onDemandCnyPerHour: rest });
  }
}

function told(what: string, all: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const type of all) {
    const family = type.slice(0, type.lastIndexOf('.'));
    counts.set(family, (counts.get(family) ?? 0) + 1);
  }
  const named = [...counts].map(([family, count]) => `${family} (${count})`).join(', ');
  return `${what}: ${all.length} types${all.length === 0 ? '' : `: ${named}`}`;
}

/** What whoever reads it should not look for in it. */
function lacks({ types, regions }: FullCatalog): string[] {
  const families = new Set(Object.values(types).map(({ family }) => family));
  const without = WANTED.filter(
    (generation) => ![...families].some((family) => new RegExp(`^ecs\\.[a-z]+${generation}`).test(family)),
  );
  const unpriced = Object.values(types).filter((each) => Object.keys(each.onDemandCnyPerHour).length === 0);
  return [
    ...without.map((generation) => `lacks: generation ${generation}, of which it has no family`),
    ...(unpriced.length === 0
      ? []
      : [`lacks: the price of ${unpriced.length} types in any region: they stand in nowhere that it knows`]),
    `lacks: zones (which zone sells a type), stock, spot prices, and regions other than ${regions.join(', ')}`,
  ];
}
