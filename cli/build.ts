/** `npm run build`: every function's bundle, in `dist/`. */
import { buildAll } from '../build.ts';
import { readRunnersYaml } from './runners-yaml.ts';

export async function main(args: readonly string[]): Promise<number> {
  const config = readRunnersYaml(args[0] ?? process.env.RUNNERS_YAML);
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
