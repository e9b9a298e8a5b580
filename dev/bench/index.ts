/** `npm run bench`: what a cold start and a delivery cost, as medians. */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { buildAll } from '../../build.ts';
import { parseOptions, wholeNumber } from '../../cli/shared/options.ts';
import { readRunnersYaml } from '../../cli/shared/runners-yaml.ts';
import { ROOT } from '../../cli/shared/steps.ts';
import { burst } from './burst.ts';
import { calls } from './calls.ts';
import { deployed } from './deployed.ts';
import { load } from './load.ts';
import type { Bench, Row } from './row.ts';
import { sweeps } from './sweeps.ts';
import { verification } from './verification.ts';
import { webhook } from './webhook.ts';

const BENCHES: readonly Bench[] = [deployed, load, webhook, verification, calls, sweeps];

interface Options {
  readonly burst: number | null;
  readonly limit: number;
  readonly scale: number;
  readonly seed: number;
  readonly only: string;
  readonly log?: string;
}

export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<Options>(command(), args);
  if (typeof options === 'number') return options;
  if (options.burst !== null) return judgeBurst({ ...options, jobs: options.burst });
  const config = readRunnersYaml(join(ROOT, 'runners.example.yaml'));
  if (config === null) return 1;
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const bundles = await buildAll(config, folder);
    for (const bench of BENCHES.filter(({ title }) => title.includes(options.only)))
      print(bench.title, await bench.run({ bundles, config, folder }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
}

function print(title: string, rows: readonly Row[]): void {
  const table = new Table({
    head: [title, 'median', '', 'runs', '× floor'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'left', 'right', 'right'],
  });
  for (const { what, median, unit, runs, times } of rows)
    table.push([what, median.toFixed(digitsOf(median)), unit, runs, times?.toFixed(1) ?? '']);
  process.stdout.write(`${table.toString()}\n`);
}

const digitsOf = (value: number): number => (value < 2 ? 2 : value < 100 ? 1 : 0);

function command(): Command {
  return new Command('npm run bench --')
    .description('Measures cold starts and deliveries, or what a burst of jobs does.')
    .option('--burst <jobs>', 'queue so many jobs at once over the wire, with faults', wholeNumber, null)
    .option('--limit <runners>', 'limits.runners of the burst', wholeNumber, 200)
    .option('--scale <times>', 'how much faster than real time the burst runs', wholeNumber, 6)
    .option('--seed <number>', 'which world is drawn', wholeNumber, 1)
    .option('--only <words>', 'only the parts whose title has these words in it', '')
    .option('--log <file>', 'keep every line that the functions print in the burst')
    .addHelpText('after', '\nExamples:\n  npm run bench\n  npm run bench -- --burst 500 --limit 200');
}

async function judgeBurst(asked: Options & { readonly jobs: number }): Promise<number> {
  const simulated = readRunnersYaml(join(ROOT, 'simulator', 'runners.yaml'));
  if (simulated === null) return 1;
  const config = { ...simulated, limits: { ...simulated.limits, runners: asked.limit } };
  const bundles = mkdtempSync(join(tmpdir(), 'burst-'));
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  try {
    await buildAll(config, bundles);
    say(`${asked.jobs} jobs, ${asked.limit} runners at most, time runs ${asked.scale} times as fast`);
    const { log } = asked;
    const onLine = (name: string, line: string) => {
      if (log !== undefined) appendFileSync(log, `${name} ${line}\n`);
    };
    const judged = await burst({ ...asked, bundles, config, say, onLine });
    const table = new Table({ head: ['burst', 'found', ''], style: { head: [], border: [] } });
    for (const { what, found, ok } of judged) table.push([what, found, ok ? 'ok' : 'WRONG']);
    process.stdout.write(`${table.toString()}\n`);
    return judged.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    rmSync(bundles, { recursive: true, force: true });
  }
}
