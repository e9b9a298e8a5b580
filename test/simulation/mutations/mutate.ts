/** Takes one protection at a time out of the product's sources, and asks the simulation, then a test, whether they notice. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { ONE_CORE } from '../batch.ts';
import type { Mutation } from './edit.ts';
import { MUTATIONS } from './mutations.ts';
import { NOTICED_BY } from './noticed-by.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** Two folders below the root, as the world that the bundle holds expects. */
const FOLDER = join(ROOT, 'dist', 'mutants');

export interface Judged {
  readonly name: string;
  /** Seeds until it was noticed, the last one included; else all that were tried. */
  readonly seeds: number;
  /** Null: no seed noticed. */
  readonly check: string | null;
  /** The test file that noticed what no seed did. */
  readonly test: string | null;
}

type Played = Pick<Judged, 'seeds' | 'check'>;

/** Each judgement as it comes. */
export async function* judge(seeds: number, wanted: string): AsyncGenerator<Judged> {
  mkdirSync(FOLDER, { recursive: true });
  for (const mutation of MUTATIONS.filter(({ name }) => name.includes(wanted))) {
    const path = join(FOLDER, `${mutation.name.replace(/[^a-z]+/gi, '-')}.mjs`);
    await bundle(mutation, path);
    const played = await run(path, seeds);
    const test = NOTICED_BY[mutation.name] ?? null;
    const fails = played.check === null && test !== null && (await failsWithout(mutation, test));
    yield { name: mutation.name, ...played, test: fails ? test : null };
  }
}

/** Throws when a text to take out is not there: the list has to follow the product. */
export function mutated(file: string, { edits }: Mutation): string {
  return edits
    .filter((edit) => edit.file === file)
    .reduce(
      (text, { find, put }) => {
        if (!text.includes(find)) throw new Error(`${file} has no text ${JSON.stringify(find)}`);
        return text.replace(find, () => put);
      },
      readFileSync(join(ROOT, file), 'utf8'),
    );
}

async function bundle(mutation: Mutation, outfile: string): Promise<void> {
  const files = new Set(mutation.edits.map(({ file }) => join(ROOT, file)));
  const mutating: Plugin = {
    name: 'mutation',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) =>
        files.has(path)
          ? { contents: mutated(path.slice(ROOT.length + 1), mutation), loader: 'ts' }
          : undefined,
      );
    },
  };
  await build({
    entryPoints: [join(import.meta.dirname, 'mutant.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    plugins: [mutating],
    logLevel: 'error',
  });
}

function run(path: string, seeds: number): Promise<Played> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...ONE_CORE, path, '1', String(seeds)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const last = out.trim().split('\n').at(-1) ?? '';
      if (last.startsWith('{')) resolve(JSON.parse(last) as Played);
      else reject(new Error(`the mutant ended with ${code}`));
    });
  });
}

/** `test`: a file that is green with it. */
function failsWithout({ name }: Mutation, test: string): Promise<boolean> {
  const args = [join(ROOT, 'node_modules/.bin/vitest'), 'run', '--config', 'vitest.mutant.config.ts', test];
  const env = { ...process.env, MUTATION: name };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'ignore', env });
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 1));
  });
}
