/**
 * Webhook and launcher as they are deployed, secrets by reference, beside the least program that makes the same calls:
 * the same simulated services, the same events, a fresh process each. Times are this machine's; the ratios hold, because floor
 * and ours take turns at each figure: what else this machine does then meets both alike.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, buildAll, ROOT } from '../../build.ts';
import { readRunnersYaml } from '../../cli/shared/runners-yaml.ts';
import { type Measured, measured } from './child.ts';
import { buildFloor } from './floor/build.ts';
import { type HalfCpu, halfCpu } from './half-cpu.ts';
import { type Bench, median, type Row } from './row.ts';
import { KEY, openServices, type Services } from './services.ts';

const ROUNDS = 5;
const WARM_RUNS = { webhook: 400, launcher: 60 } as const;

type Kind = keyof typeof WARM_RUNS;

export const deployed: Bench = {
  title: 'as deployed, and × the floor',
  async run({ folder }) {
    const config = readRunnersYaml(join(ROOT, 'simulator', 'runners.yaml'));
    if (config === null) throw new Error('simulator/runners.yaml is wrong');
    const limits = { ...config.limits, runners: 5_000, mintsPerMinute: 100_000 };
    const bundles = await buildAll({ ...config, limits }, join(folder, 'deployed'));
    const open = () => openServices(join(folder, 'deployed'), config);
    const rows: Row[] = [];
    for (const kind of ['webhook', 'launcher'] as const) {
      const { path } = bundles.find(({ name }) => name === kind) as Bundle;
      const floor = await buildFloor(kind, join(folder, 'floor'));
      const rounds: Round[] = [];
      for (let n = 0; n < ROUNDS; n++) rounds.push(await roundOf(kind, { floor, ours: path }, open));
      rows.push(...rowsOf(kind, rounds), sizeRow(kind, path));
    }
    return rows;
  },
};

function rowsOf(kind: Kind, rounds: readonly Round[]): Row[] {
  const row = (what: string, unit: Row['unit'], of: (figures: Figures) => number, each = 1): Row[] => {
    const runs = rounds.length * each;
    const floor = median(rounds.map((round) => of(round.floor)));
    const ours = median(rounds.map((round) => of(round.ours)));
    const times = median(rounds.map((round) => of(round.ours) / of(round.floor)));
    return [
      { what: `${kind}: ${what}: the floor`, median: floor, unit, runs },
      { what: `${kind}: ${what}`, median: ours, unit, runs, times },
    ];
  };
  const warm = WARM_RUNS[kind];
  return [
    ...row('load and first event', 'ms', ({ coldMs }) => coldMs),
    ...row('calls of the first event', 'calls', ({ coldCalls }) => coldCalls),
    ...row('one event, warm', 'ms', ({ warmMs }) => warmMs, warm),
    ...row('CPU of one event, warm', 'ms', ({ cpuMs }) => cpuMs, warm),
    ...row('calls of one event, warm', 'calls', ({ warmCalls }) => warmCalls, warm),
    ...(rounds.some(({ ours }) => ours.halfMs === null)
      ? []
      : row('load and first event at half a vCPU', 'ms', ({ halfMs }) => halfMs ?? 0)),
    ...row('one event, warm, 50 ms a call', 'ms', ({ farMs }) => farMs, FAR_RUNS),
    ...row('ten at once, warm, 50 ms a call', 'ms', ({ tenMs }) => tenMs),
  ];
}

function sizeRow(kind: Kind, path: string): Row {
  const bytes = uploadedBytes(join(path, '..'));
  return {
    what: `${kind}: uploaded, unpacked, without source maps`,
    median: bytes / 1000,
    unit: 'kB',
    runs: 1,
  };
}

/** What is uploaded, but for the maps. */
function uploadedBytes(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sizes = files.filter((name) => !name.endsWith('.map')).map((name) => statSync(join(folder, name)));
  return sizes.filter((each) => each.isFile()).reduce((sum, { size }) => sum + size, 0);
}

interface Figures {
  readonly coldMs: number;
  readonly coldCalls: number;
  /** Null: this machine cannot halve a processor. */
  readonly halfMs: number | null;
  readonly warmMs: number;
  readonly warmCalls: number;
  readonly cpuMs: number;
  readonly farMs: number;
  readonly tenMs: number;
}

interface Round {
  readonly floor: Figures;
  readonly ours: Figures;
}

/** One of the two, with services of its own: the simulated GitHub takes only so much of anybody in a minute. */
interface Side {
  readonly kind: Kind;
  readonly path: string;
  readonly services: Services;
}

const FAR_RUNS = 8;

async function roundOf(
  kind: Kind,
  { floor, ours }: Readonly<Record<keyof Round, string>>,
  open: () => Promise<Services>,
): Promise<Round> {
  const sides = {
    floor: { kind, path: floor, services: await open() },
    ours: { kind, path: ours, services: await open() },
  };
  try {
    // What a deployment's first event finds out is known afterwards.
    for (const side of [sides.floor, sides.ours]) await handed(side, 1);
    const inTurns = async <T>(step: (side: Side) => Promise<T>): Promise<Record<keyof Round, T>> => ({
      floor: await step(sides.floor),
      ours: await step(sides.ours),
    });
    // In this order: from `far` on, every call is delayed.
    const first = { cold: await inTurns(cold), half: await inTurns(half) };
    const more = { warm: await inTurns(warm), far: await inTurns(far), ten: await inTurns(ten) };
    const figuresOf = (who: keyof Round): Figures => ({
      ...{ ...first.cold[who], ...first.half[who] },
      ...{ ...more.warm[who], ...more.far[who], ...more.ten[who] },
    });
    return { floor: figuresOf('floor'), ours: figuresOf('ours') };
  } finally {
    for (const { services } of [sides.floor, sides.ours]) await services.close();
  }
}

const handed = (
  { kind, path, services }: Side,
  count: number,
  how: 'in turn' | 'at once' = 'in turn',
  within: HalfCpu | null = null,
): Promise<Measured> =>
  measured(
    path,
    { events: services.events(kind, count), credentials: KEY, how },
    services.environment,
    within,
  );

async function cold(side: Side) {
  const before = side.services.calls();
  const { firstMs } = await handed(side, 1);
  return { coldMs: firstMs, coldCalls: side.services.calls() - before };
}

async function half(side: Side) {
  const group = halfCpu();
  if (group === null) return { halfMs: null };
  try {
    return { halfMs: (await handed(side, 1, 'in turn', group)).firstMs };
  } finally {
    group.close();
  }
}

async function warm(side: Side) {
  const before = side.services.calls();
  await handed(side, 1);
  const first = side.services.calls();
  const runs = WARM_RUNS[side.kind];
  const { warmMs, cpuMs } = await handed(side, runs + 1);
  return { warmMs, cpuMs, warmCalls: (side.services.calls() - first - (first - before)) / runs };
}

async function far(side: Side) {
  side.services.delayMs(50);
  return { farMs: (await handed(side, FAR_RUNS + 1)).warmMs };
}

async function ten(side: Side) {
  return { tenMs: (await handed(side, 11, 'at once')).warmMs };
}
