/**
 * An upgrade as it is: built bundles are exchanged for those of the next version while runners live, and back. The one
 * before writes rows of the schema before, and the two have other settings.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Plugin } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildAll } from '../../../build.ts';
import { jobPlan, REPOSITORY } from '../../../cli/start/demo.ts';
import { leftovers } from '../../../cli/start/leftovers.ts';
import type { Config } from '../../../shared/config/config.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { functionsOf } from '../../../simulator/loopback-functions.ts';
import { tableOf } from '../../../simulator/tablestore/index.ts';
import { configWith, type Harness, MINUTE_MS, once, openHarness } from '../../wire/harness.ts';

const RUNNERS = 50;
/** Queued just before each exchange, so that launches and boots are under way. */
const MORE = 3;
const SCALE = 12;
const INSTANCES_MAX = 5;
/** Jobs of one run; the next run is queued a while later. */
const AT_A_TIME = 5;
const PAUSE_MS = 400;

const folder = mkdtempSync(join(tmpdir(), 'exchange-'));
const base = configWith();
const before: Config = { ...base, limits: { ...base.limits, runners: 100, mintsPerMinute: 300 } };
const after: Config = { ...before, tags: { ...before.tags, release: 'two' } };

/** As the next release is: it writes what this one reads already. */
const written = (schema: number): Plugin => ({
  name: 'schema',
  setup(build) {
    build.onLoad({ filter: /[/\\]tablestore[/\\]entries\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const contents = text
        .replace(/(const SCHEMA_VERSION = )\d+/, `$1${schema}`)
        .replace(/(const SCHEMA_READ_MAX = )\d+/, '$12');
      if (contents === text) throw new Error('the schema is not where it was');
      return { contents, loader: 'ts' };
    });
  },
});

let harness: Harness;
beforeAll(async () => {
  await buildAll(before, join(folder, 'before'), [written(1)]);
  await buildAll(after, join(folder, 'after'), [written(2)]);
  harness = await openHarness(before, {
    ...{ scale: SCALE, seed: 11, bundles: join(folder, 'before') },
    boots: { bootMs: [20_000, 40_000] },
    ecs: { soldOut: 0 },
  });
});
afterAll(async () => {
  await harness.world.close();
  rmSync(folder, { recursive: true });
});

function exchange(version: 'before' | 'after'): void {
  const { clock, fc, environment } = harness.world;
  const options = { deployment: base.name, bundles: join(folder, version), scale: SCALE, mirrorRegions: [] };
  // Each instance is a thread that loads its bundle anew: a few do the work of many.
  for (const spec of functionsOf(options, clock, environment))
    fc.put({ ...spec, concurrency: INSTANCES_MAX });
}

function queue(count: number, minutes: number): readonly SimJob[] {
  const { github } = harness.world;
  const jobs = Array.from({ length: count }, (_, at) =>
    jobPlan(`job-${at}`, [at % 2 === 0 ? 'arm64' : 'amd64'], (minutes + (at % 3) / 2) * MINUTE_MS),
  );
  return github.jobsOf(github.queueRun({ repository: REPOSITORY, jobs }));
}

/** Schema versions of the runners' rows. */
async function schemas(): Promise<Set<unknown>> {
  const { rows } = await tableOf(harness.world.store, 'ledger').range('runner', null, 500);
  return new Set(rows.map(({ columns }) => columns.schema));
}

test(`among ${RUNNERS} live runners bundles are exchanged and taken back: none is lost, each job runs once`, async () => {
  const { ecs } = harness.world;
  exchange('before');
  const all: SimJob[] = [];
  while (all.length < RUNNERS) {
    all.push(...queue(AT_A_TIME, 5));
    await setTimeout(PAUSE_MS);
  }
  const running = () => all.filter(({ status }) => status === 'in_progress').length;
  await once('all run', () => running() === RUNNERS);
  expect(await schemas()).toEqual(new Set([1]));

  all.push(...queue(MORE, 1));
  exchange('after');
  await once('the new one launched', () => ecs.alive().some(({ tags }) => tags.get('release') === 'two'));
  await once('it writes rows of its own', async () => (await schemas()).has(2));
  expect(running()).toBeGreaterThan(RUNNERS / 2);
  all.push(...queue(MORE, 1));
  exchange('before');

  await once('all are over', () => all.every(({ status }) => status === 'completed'));
  // This side reads no row of the next version: while there is one, something is left.
  const left = () => leftovers(harness.world).catch((error: Error) => [error.message]);
  await once('nothing is left', async () => (await left()).length === 0);
  expect(all.filter(({ conclusion, attempt }) => conclusion !== 'success' || attempt !== 1)).toEqual([]);
  expect(new Set(all.map(({ runner }) => runner?.name)).size).toBe(all.length);
  // GitHub gives a job any runner that covers it; who is left without one may cost a launch more.
  expect(ecs.paid().length - all.length).toBeLessThanOrEqual(RUNNERS / 10);
});
