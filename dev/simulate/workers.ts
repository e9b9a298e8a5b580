/** Seeds shared out to processes, because each keeps a core busy. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { type Batch, ONE_CORE, runSeeds } from '../../test/simulation/batch.ts';

export interface Share {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

const ENTRY = join(import.meta.dirname, '../../cli/run.mjs');
/** A worker says how far it is after so many seeds. */
const TOLD_SEEDS = 10;

/** `onPlayed` is told how many more seeds are done. */
export function inWorker(share: Share, onPlayed: (seeds: number) => void): Promise<Batch> {
  return new Promise((resolve, reject) => {
    const args = ['simulate', '--share', JSON.stringify(share)];
    const child = fork(ENTRY, args, { stdio: 'inherit', execArgv: ONE_CORE });
    let batch: Batch | null = null;
    child.on('message', (message: number | Batch) => {
      if (typeof message === 'number') onPlayed(message);
      else batch = message;
    });
    child.on('error', reject);
    child.on('exit', (code) =>
      batch === null ? reject(new Error(`a worker ended with ${code} before it was done`)) : resolve(batch),
    );
  });
}

/** What the worker does. */
export async function playShare({ from, to, step }: Share): Promise<number> {
  const seeds: number[] = [];
  for (let seed = from; seed <= to; seed += step) seeds.push(seed);
  let played = 0;
  const batch = await runSeeds(seeds, (seed, { violation }) => {
    if (violation !== null) process.stdout.write(`seed ${seed}: ${violation.check}: ${violation.what}\n`);
    if (++played % TOLD_SEEDS === 0) process.send?.(TOLD_SEEDS);
  });
  await new Promise<void>((resolve) => {
    process.send?.(batch, () => resolve());
  });
  return 0;
}
