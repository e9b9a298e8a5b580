/**
 * Webhook and launcher as they are deployed, secrets by reference, beside the least program that makes the same calls:
 * the same simulated services, the same events, a fresh process each. Times are this machine's; the ratios hold.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, buildAll, ROOT } from '../../build.ts';
import { readRunnersYaml } from '../../cli/shared/runners-yaml.ts';
import { measured } from './child.ts';
import { buildFloor } from './floor/build.ts';
import { halfCpu } from './half-cpu.ts';
import { type Bench, median, type Row } from './row.ts';
import { KEY, openServices, type Services } from './services.ts';

const COLD_RUNS = 5;
const WARM_RUNS = { webhook: 400, launcher: 60 } as const;

type Kind = keyof typeof WARM_RUNS;

export const deployed: Bench = {
  title: 'as deployed, and × the floor',
  async run({ folder }) {
    const config = readRunnersYaml(join(ROOT, 'simulator', 'runners.yaml'));
    if (config === null) throw new Error('simulator/runners.yaml is wrong');
    const limits = { ...config.limits, runners: 5_000, mintsPerMinute: 100_000 };
    const bundles = await buildAll({ ...config, limits }, join(folder, 'deployed'));
    const rows: Row[] = [];
    for (const kind of ['webhook', 'launcher'] as const) {
      const bundle = bundles.find(({ name }) => name === kind) as Bundle;
      const floor = await buildFloor(kind, join(folder, 'floor'));
      rows.push(...(await rowsOf(kind, bundle, floor, () => openServices(join(folder, 'deployed'), config))));
    }
    return rows;
  },
};

async function rowsOf(
  kind: Kind,
  bundle: Bundle,
  floor: string,
  open: () => Promise<Services>,
): Promise<Row[]> {
  const least = await measure(kind, floor, open);
  const ours = await measure(kind, bundle.path, open);
  const row = (what: string, unit: Row['unit'], of: (figures: Figures) => number): Row[] => [
    { what: `${kind}: ${what}: the floor`, median: of(least), unit, runs: ours.runs },
    { what: `${kind}: ${what}`, median: of(ours), unit, runs: ours.runs, times: of(ours) / of(least) },
  ];
  const bytes = (path: string) => uploadedBytes(join(path, '..')) / 1000;
  const size = { unit: 'kB', runs: 1 } as const;
  return [
    ...row('load and first event', 'ms', ({ coldMs }) => coldMs),
    ...row('calls of the first event', 'calls', ({ coldCalls }) => coldCalls),
    ...row('one event, warm', 'ms', ({ warmMs }) => warmMs),
    ...row('CPU of one event, warm', 'ms', ({ cpuMs }) => cpuMs),
    ...row('calls of one event, warm', 'calls', ({ warmCalls }) => warmCalls),
    ...(ours.halfMs === null
      ? []
      : row('load and first event at half a vCPU', 'ms', ({ halfMs }) => halfMs ?? 0)),
    ...row('one event, warm, 50 ms a call', 'ms', ({ farMs }) => farMs),
    ...row('ten at once, warm, 50 ms a call', 'ms', ({ tenMs }) => tenMs),
    { what: `${kind}: uploaded, unpacked, without source maps`, median: bytes(bundle.path), ...size },
  ];
}

/** What is uploaded, but for the maps. */
function uploadedBytes(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sizes = files.filter((name) => !name.endsWith('.map')).map((name) => statSync(join(folder, name)));
  return sizes.filter((each) => each.isFile()).reduce((sum, { size }) => sum + size, 0);
}

interface Figures {
  readonly coldMs: number;
  /** Null: this machine cannot halve a processor. */
  readonly halfMs: number | null;
  readonly coldCalls: number;
  readonly warmMs: number;
  readonly warmCalls: number;
  readonly cpuMs: number;
  readonly farMs: number;
  readonly tenMs: number;
  readonly runs: number;
}

async function measure(kind: Kind, path: string, open: () => Promise<Services>): Promise<Figures> {
  const services = await open();
  try {
    const once = (events: readonly string[], how: 'in turn' | 'at once' = 'in turn') =>
      measured(path, { events, credentials: KEY, how }, services.environment);
    const cold = [];
    for (let run = 0; run < COLD_RUNS; run++) cold.push((await once(services.events(kind, 1))).firstMs);
    const half = await atHalf(path, () => services.events(kind, 1), services.environment);
    const callsBefore = services.calls();
    await once(services.events(kind, 1));
    const coldCalls = services.calls() - callsBefore;
    const runs = WARM_RUNS[kind];
    const warmBefore = services.calls();
    const warm = await once(services.events(kind, runs + 1));
    const warmCalls = (services.calls() - warmBefore - coldCalls) / runs;
    services.delayMs(50);
    const far = await once(services.events(kind, 8));
    const ten = await once(services.events(kind, 11), 'at once');
    const { warmMs, cpuMs } = warm;
    return {
      ...{ coldMs: median(cold), halfMs: half, coldCalls, warmMs, warmCalls, cpuMs },
      ...{ farMs: far.warmMs, tenMs: ten.warmMs, runs },
    };
  } finally {
    await services.close();
  }
}

async function atHalf(
  path: string,
  events: () => readonly string[],
  environment: Services['environment'],
): Promise<number | null> {
  const group = halfCpu();
  if (group === null) return null;
  const cold = [];
  try {
    for (let run = 0; run < COLD_RUNS; run++) {
      const asked = { events: events(), credentials: KEY, how: 'in turn' } as const;
      cold.push((await measured(path, asked, environment, group)).firstMs);
    }
  } finally {
    group.close();
  }
  return median(cold);
}
