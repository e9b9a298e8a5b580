/** A simulated world that hosts the deployed bundles, and what their sweeps said that they did. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createDemoOrganization, jobPlan, REPOSITORY } from '../../cli/start/demo.ts';
import { mirrorRunner } from '../../cli/start/mirror.ts';
import type { VerdictKind } from '../../functions/reaper/repair/verdict.ts';
import { ledgerOn } from '../../shared/adapters/tablestore/ledger.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseYaml } from '../../shared/config/parse.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import type { SimJob } from '../../simulator/github/model.ts';
import { type Loopback, type LoopbackOptions, openLoopback } from '../../simulator/loopback.ts';
import { tableOf } from '../../simulator/tablestore/index.ts';
import { smallRegion } from '../world/small-region.ts';

export const MINUTE_MS = 60_000;
/** Of simulated time, which stands still where cores are busy: nothing here takes as long. */
const WAIT_MAX_MS = 60 * MINUTE_MS;

/** Which test sees a verdict of each kind come about over the wire: a kind that is in none does not compile. */
const SEEN_IN: Readonly<Record<VerdictKind, 'repairs' | 'repairs-running' | 'lifetimes' | 'stopped'>> = {
  keep: 'lifetimes',
  warn: 'lifetimes',
  adopt: 'repairs-running',
  deregister: 'repairs-running',
  found: 'repairs-running',
  online: 'repairs-running',
  busy: 'repairs-running',
  sight: 'repairs-running',
  unsight: 'repairs-running',
  remove: 'repairs',
  confirm: 'repairs-running',
  ask: 'repairs-running',
  interrupt: 'repairs-running',
  rest: 'stopped',
  stopped: 'stopped',
  'bills-on': 'stopped',
  dismiss: 'stopped',
  retire: 'repairs',
  terminate: 'lifetimes',
  'look-again': 'repairs',
  close: 'repairs',
};

/** By what the sweeps themselves account for: those that should have been seen here, and were not. */
export function unseen(file: (typeof SEEN_IN)[VerdictKind], { lines }: Pick<Harness, 'lines'>): string[] {
  const accounts = lines.filter(({ event }) => event === 'sweep.done');
  const owed = Object.entries(SEEN_IN).filter(([, where]) => where === file);
  return owed.map(([kind]) => kind).filter((kind) => !accounts.some((account) => kind in account));
}

/** What `npm start` deploys, with these profiles more, in its first region alone, and where alerts go. */
export function configWith(profiles = '', alerts = '{}'): Config {
  const yaml = readFileSync(join(import.meta.dirname, '../../simulator/runners.yaml'), 'utf8');
  const parsed = parseYaml(`${yaml.replace('profiles:\n', `profiles:\n${profiles}`)}\nalerts: ${alerts}\n`);
  if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join('\n'));
  const { config } = parsed;
  return { ...config, placements: config.placements.slice(0, 1) };
}

interface Line {
  readonly event: string;
  readonly runner?: string;
  readonly instance?: string;
  readonly verdict?: string;
  readonly because?: string;
}

export interface Harness {
  readonly world: Loopback;
  /** Of the App. */
  readonly installation: number;
  readonly ledger: Ledger;
  /** What the functions logged. */
  readonly lines: readonly Line[];
  /** One run of one job, that takes so many minutes. */
  play(name: string, labels: string, minutes: number): SimJob;
  /** True once the sweep did this to that runner; a name that ends with a dash is that of all of a job's. */
  didTo(runner: string, verdict: string, because?: string): boolean;
}

export async function openHarness(
  config: Config,
  options: Pick<LoopbackOptions, 'scale' | 'seed' | 'bundles'> & Partial<LoopbackOptions>,
): Promise<Harness> {
  const { name: deployment, placements } = config;
  const lines: Line[] = [];
  const onLine = (_: string, line: string) => {
    if (line.startsWith('{')) lines.push(JSON.parse(line) as Line);
  };
  const ecs = { interruptions: 0, regions: [smallRegion()], ...options.ecs };
  const world = await openLoopback({ deployment, placements, onLine, ...options, ecs });
  opened = world;
  const installation = createDemoOrganization(world.github, deployment);
  await mirrorRunner(world, deployment);
  return {
    world,
    installation,
    ledger: ledgerOf(world),
    lines,
    play(name, labels, minutes) {
      const plan = jobPlan(name, labels.split(' '), minutes * MINUTE_MS);
      // Its own workflow: a newer run of the same one would take its place.
      const run = world.github.queueRun({ repository: REPOSITORY, workflow: name, jobs: [plan] });
      const [job] = world.github.jobsOf(run);
      if (job === undefined) throw new Error(`${name} was not queued`);
      return job;
    },
    didTo: (runner, verdict, because) =>
      lines.some(
        (line) =>
          line.event === 'reap.acted' &&
          (runner.endsWith('-') ? line.runner?.startsWith(runner) : line.runner === runner) &&
          line.verdict === verdict &&
          (because === undefined || line.because === because),
      ),
  };
}

function ledgerOf({ store }: Loopback): Ledger {
  let token = 0;
  const tables = { ledger: tableOf(store, 'ledger'), history: tableOf(store, 'history') };
  return ledgerOn(tables, () => `test-${++token}`);
}

/** A test file opens one world. */
let opened: Loopback;

/** False: it never held, for longer than any of this takes. */
async function until(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const { clock } = opened;
  const beganMs = clock.nowMs();
  while (clock.nowMs() - beganMs < WAIT_MAX_MS) {
    if (await holds()) return true;
    await setTimeout(20);
  }
  return false;
}

/** As `until`, where the rest of a test makes no sense without it. */
export async function once(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  if (!(await until(holds))) throw new Error(`it never came to this: ${what}`);
}
