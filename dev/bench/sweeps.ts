/** The reaper as it is deployed, beside a program that only looks; and how soon idle machines go, by the virtual clock. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Bundle, buildAll, ROOT } from '../../build.ts';
import { readRunnersYaml } from '../../cli/shared/runners-yaml.ts';
import { sweepsOf } from '../../test/functions/reaper/going-away-world.ts';
import { measured } from './child.ts';
import { LABELS } from './events.ts';
import { buildFloor } from './floor/build.ts';
import { type Bench, median, type Row } from './row.ts';
import { KEY, openServices, type Services } from './services.ts';

const COLD_RUNS = 5;
const WARM_RUNS = 20;
const BUSY = 50;
const GIVE_UP_MS = 120_000;
const TIMER = JSON.stringify({ triggerName: 'sweep', triggerTime: '2026-01-05T00:00:00Z', payload: '' });

export const sweeps: Bench = {
  title: 'sweeps, and × the floor',
  async run({ folder }) {
    const config = readRunnersYaml(join(ROOT, 'simulator', 'runners.yaml'));
    if (config === null) throw new Error('simulator/runners.yaml is wrong');
    const place = join(folder, 'sweeps');
    const limits = { ...config.limits, runners: 5_000 };
    const bundles = await buildAll({ ...config, limits }, place);
    const pathOf = (name: string) => (bundles.find((bundle) => bundle.name === name) as Bundle).path;
    const floor = await buildFloor('reaper', join(folder, 'floor'));
    const open = (quick = {}) => openServices(place, config, quick);
    const least = await restingSweeps(floor, await open());
    const ours = await restingSweeps(pathOf('reaper'), await open());
    const busy = await busySweep(pathOf, await open({ bootMs: [1_000, 2_000] }));
    return [...rowsOf(least, ours, busy), ...(await goingAway(50)), ...(await goingAway(500))];
  },
};

interface Figures {
  readonly firstMs: number;
  readonly firstCpuMs: number;
  readonly warmMs: number;
  readonly cpuMs: number;
  readonly calls: number;
}

/** Nothing is alive and nothing waits. */
async function restingSweeps(path: string, services: Services): Promise<Figures> {
  try {
    services.github.cancelRun(services.queuedRun);
    const sweep = (times: number) => sweepsIn(path, times, services);
    // What a deployment's first sweep finds out is known afterwards.
    await sweep(2);
    const cold = [];
    for (let run = 0; run < COLD_RUNS; run++) cold.push(await sweep(1));
    const callsBefore = services.calls();
    await sweep(1);
    const callsOfFirst = services.calls() - callsBefore;
    const { warmMs, cpuMs } = await sweep(WARM_RUNS + 1);
    const calls = (services.calls() - callsBefore - 2 * callsOfFirst) / WARM_RUNS;
    const firstMs = median(cold.map((each) => each.firstMs));
    return { firstMs, firstCpuMs: median(cold.map((each) => each.firstCpuMs)), warmMs, cpuMs, calls };
  } finally {
    await services.close();
  }
}

async function sweepsIn(path: string, times: number, { environment, forgetSweep }: Services) {
  await fetch(forgetSweep);
  const events = Array<string>(times).fill(TIMER);
  return measured(path, { events, credentials: KEY, how: 'in turn', before: forgetSweep }, environment);
}

/** A fresh process's first sweep while 50 jobs run. */
async function busySweep(pathOf: (name: string) => string, services: Services) {
  try {
    services.github.cancelRun(services.queuedRun);
    const plan = { labels: LABELS, durationMs: 3_600_000 };
    const jobs = Array.from({ length: BUSY }, (_, n) => ({ name: `job ${n}`, ...plan }));
    const run = services.github.queueRun({ repository: 'acme/app', jobs });
    const queued = services.github.jobsOf(run);
    const events = queued.map(({ id }) => services.queued(id, run.id));
    const asked = { events, credentials: KEY, how: 'in turn' } as const;
    await measured(pathOf('launcher'), asked, services.environment);
    const untilMs = Date.now() + GIVE_UP_MS;
    while (queued.some(({ status }) => status !== 'in_progress')) {
      if (Date.now() > untilMs) throw new Error(`not all of ${BUSY} jobs run after two minutes`);
      await setTimeout(500);
    }
    const callsBefore = services.calls();
    const figures = await sweepsIn(pathOf('reaper'), 1, services);
    return { ...figures, calls: services.calls() - callsBefore };
  } finally {
    await services.close();
  }
}

function rowsOf(
  least: Figures,
  ours: Figures,
  busy: { readonly firstMs: number; readonly firstCpuMs: number; readonly calls: number },
): Row[] {
  const row = (
    what: string,
    unit: Row['unit'],
    runs: number,
    of: (figures: Figures) => number,
  ): readonly Row[] => [
    { what: `nothing alive: ${what}: the floor`, median: of(least), unit, runs },
    { what: `nothing alive: ${what}`, median: of(ours), unit, runs, times: of(ours) / of(least) },
  ];
  const once = { runs: 1 } as const;
  const first = `${BUSY} busy: load and first sweep`;
  return [
    ...row('load and first sweep', 'ms', COLD_RUNS, ({ firstMs }) => firstMs),
    ...row('CPU of load and first sweep', 'ms', COLD_RUNS, ({ firstCpuMs }) => firstCpuMs),
    ...row('one sweep, warm', 'ms', WARM_RUNS, ({ warmMs }) => warmMs),
    ...row('CPU of one sweep, warm', 'ms', WARM_RUNS, ({ cpuMs }) => cpuMs),
    ...row('calls of one sweep, warm', 'calls', WARM_RUNS, ({ calls }) => calls),
    { what: first, median: busy.firstMs, unit: 'ms', ...once },
    { what: `${first}: CPU`, median: busy.firstCpuMs, unit: 'ms', ...once },
    { what: `${first}: calls`, median: busy.calls, unit: 'calls', ...once },
  ];
}

/** Their jobs were cancelled; each call takes 50 ms, and GitHub's removals keep its pace. */
async function goingAway(idle: number): Promise<Row[]> {
  const { rows, calls, ecs } = await sweepsOf(idle, 20);
  if (rows.at(-1)?.entries !== 0) throw new Error(`${idle} idle runners are not gone after 20 sweeps`);
  const asked = [...ecs.calls].filter(([action]) => action !== 'RunInstances');
  const ofEcs = asked.reduce((sum, [, count]) => sum + count, 0);
  const firstAt = rows.findIndex(({ deletions }) => deletions > 0) + 1;
  const what = `${idle} idle, going away`;
  const count = (of: string, median: number, unit: Row['unit']): Row => ({
    what: `${what}: ${of}`,
    median,
    unit,
    runs: 1,
  });
  return [
    count('first deletion in sweep', firstAt, 'sweeps'),
    count('nothing left after sweep', rows.length, 'sweeps'),
    count('calls', calls.tablestore + calls.github + ofEcs, 'calls'),
  ];
}
