/** `npm run build`: every function's bundle, in `dist/`. */
import { Command } from 'commander';
import { buildAll } from '../../build.ts';
import { parseOptions } from '../shared/options.ts';
import { readRunnersYaml } from '../shared/runners-yaml.ts';

interface Options {
  readonly config?: string;
}

const command = (): Command =>
  new Command('npm run build --')
    .description('Bundles the functions, with runners.yaml inside, into dist/.')
    .option('--config <file>', 'another runners.yaml');

export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<Options>(command(), args);
  if (typeof options === 'number') return options;
  const config = readRunnersYaml(options.config ?? process.env.RUNNERS_YAML);
  if (config === null) return 1;
  for (const { name, metafile } of await buildAll(config)) {
    const files = Object.entries(metafile.outputs).filter(([path]) => path.endsWith('.mjs'));
    const sizes = files.map(([, { bytes }]) => bytes);
    const entry = files.find(([path]) => path.endsWith('/index.mjs'))?.[1].bytes ?? 0;
    const all = sizes.reduce((sum, bytes) => sum + bytes, 0);
    process.stdout.write(`dist/${name}  entry ${kb(entry)}, with what loads when needed ${kb(all)}\n`);
  }
  return 0;
}

const kb = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;
