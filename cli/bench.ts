/** `npm run bench`: what a cold start and a delivery cost, as medians. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { buildAll } from '../build.ts';
import { load } from './bench/load.ts';
import type { Bench, Row } from './bench/row.ts';
import { webhook } from './bench/webhook.ts';
import { readRunnersYaml } from './runners-yaml.ts';
import { ROOT } from './steps.ts';

const BENCHES: readonly Bench[] = [load, webhook];

export async function main(): Promise<number> {
  const config = readRunnersYaml(join(ROOT, 'runners.example.yaml'));
  if (config === null) return 1;
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const bundles = await buildAll(config, folder);
    for (const bench of BENCHES) print(bench.title, await bench.run({ bundles, config, folder }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
}

function print(title: string, rows: readonly Row[]): void {
  const table = new Table({
    head: [title, 'median', '', 'runs'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'left', 'right'],
  });
  for (const { what, median, unit, runs } of rows)
    table.push([what, median.toFixed(median < 100 ? 1 : 0), unit, runs]);
  process.stdout.write(`${table.toString()}\n`);
}
