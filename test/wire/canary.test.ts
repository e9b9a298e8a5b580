/** The built bundles over the wire protocols: every job runs, nothing is left, and no secret is seen anywhere. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { leftovers } from '../../cli/start/leftovers.ts';
import { mirrorRunner } from '../../cli/start/mirror.ts';
import { jobPlan, REPOSITORY, setScene } from '../../cli/start/scene.ts';
import { ledgerOn } from '../../shared/adapters/tablestore-ledger.ts';
import { parseYaml } from '../../shared/config-parse.ts';
import { type Loopback, openLoopback } from '../../simulator/loopback.ts';
import { tableOf } from '../../simulator/tablestore/index.ts';
import { bundlesFor } from './bundles.ts';

const parsed = parseYaml(readFileSync(join(import.meta.dirname, '../../simulator/runners.yaml'), 'utf8'));
if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join('\n'));
const { config } = parsed;
let bundles = '';
beforeAll(async () => {
  bundles = await bundlesFor(config);
}, 60_000);

const LABELS = [['arm64'], ['amd64', '4cpu'], ['arm64', 'big'], ['amd64', 'on-demand']];

/** Everything that the ledger holds at this moment. */
async function rowsOf({ store }: Loopback): Promise<string[]> {
  const ledger = ledgerOn(
    { ledger: tableOf(store, 'ledger'), history: tableOf(store, 'history') },
    () => 'reads-only',
  );
  const lists = [
    ledger.jobs.list(1000),
    ledger.runners.list(1000),
    ledger.notes.list(1000),
    ledger.reruns.list(1000),
  ];
  const rows = (await Promise.all(lists)).flatMap(({ things }) => things.map((held) => JSON.stringify(held)));
  return [...rows, JSON.stringify(await ledger.capacity.view())];
}

interface Seen {
  readonly secrets: Set<string>;
  readonly texts: string[];
}

/** Until all jobs are over and nothing is left, or for so long; collects on the way. The answer: what is left. */
async function playToEnd(
  world: Loopback,
  isOver: () => boolean,
  { secrets, texts }: Seen,
): Promise<string[]> {
  const rows = new Set<string>();
  let left = ['not looked yet'];
  for (let tries = 0; tries < 900 && left.length > 0; tries++) {
    await setTimeout(100);
    for (const { jitConfig } of world.github.runners()) secrets.add(jitConfig);
    for (const row of await rowsOf(world)) rows.add(row);
    if (isOver()) left = await leftovers(world);
  }
  texts.push(...rows, ...world.ecs.paid().map(({ tags }) => JSON.stringify(tags)));
  return left;
}

function keyLines(world: Loopback): string[] {
  const lines = (world.environment().GITHUB_PRIVATE_KEY ?? '').split('\\n');
  return lines.filter((line) => line.length > 40 && !line.startsWith('-'));
}

const TOKENS = /ghs_[A-Za-z0-9]{16}|eyJ[A-Za-z0-9_-]{20,}\.eyJ/;

test('four jobs run and end; no line, row or tag holds a secret; nothing is left', {
  timeout: 120_000,
}, async () => {
  const seen: Seen = { secrets: new Set(), texts: [] };
  const { name: deployment, placements } = config;
  const onLine = (_: string, line: string) => void seen.texts.push(line);
  const world = await openLoopback({ scale: 20, seed: 3, bundles, deployment, placements, onLine });
  for (const secret of [...Object.values(world.secrets), ...keyLines(world)]) seen.secrets.add(secret);
  try {
    setScene(world.github, deployment);
    await mirrorRunner(world, deployment);
    const jobs = LABELS.map((labels, at) => jobPlan(`job-${at}`, labels, 60_000));
    const run = world.github.queueRun({ repository: REPOSITORY, jobs });
    const isOver = () => world.github.jobsOf(run).every(({ status }) => status === 'completed');
    expect(await playToEnd(world, isOver, seen)).toEqual([]);
    expect(world.github.jobsOf(run).map(({ conclusion }) => conclusion)).toEqual(LABELS.map(() => 'success'));
  } finally {
    await world.close();
  }
  // So that the search below searches for something, in something.
  expect(seen.secrets.size).toBeGreaterThan(10);
  expect(seen.texts.length).toBeGreaterThan(50);
  const found = seen.texts.filter(
    (text) => TOKENS.test(text) || [...seen.secrets].some((secret) => text.includes(secret)),
  );
  expect(found.map((text) => text.slice(0, 60))).toEqual([]);
});
