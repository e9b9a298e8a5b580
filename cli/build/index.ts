/** `npm run build`: every function's bundle, in `dist/`. */

import { join } from 'node:path';
import { Command } from 'commander';
import { FUNCTION_KINDS } from '../../infra/names.ts';
import { parseOptions } from '../shared/options.ts';
import { makeBundles, sizesOf } from '../shared/package/bundles.ts';
import { MADE } from '../shared/package/places.ts';
import { readRunnersYaml } from '../shared/runners-yaml.ts';
import { say } from '../shared/screen/show.ts';

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
  if (config === null) return 2;
  const dist = join(MADE, 'dist');
  await makeBundles(config, dist);
  for (const name of FUNCTION_KINDS) {
    const { entry, all } = sizesOf(join(dist, name));
    say(`dist/${name}  entry ${kb(entry)}, with what loads when needed ${kb(all)}`);
  }
  return 0;
}

const kb = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;
