/** The least programs, bundled as ours are. */
import { join } from 'node:path';
import { build } from 'esbuild';

/** `folder`: gets one more folder, with `index.mjs`, whose path is the answer. */
export async function buildFloor(kind: 'webhook' | 'launcher' | 'reaper', folder: string): Promise<string> {
  const outfile = join(folder, kind, 'index.mjs');
  const entryPoints = [join(import.meta.dirname, `${kind}.ts`)];
  await build({ entryPoints, outfile, bundle: true, minify: true, platform: 'node', format: 'esm' });
  return outfile;
}
