/**
 * `npm run release`: what is put beside a release for those who do not use our command. `released/` holds the functions'
 * archives, the same for everybody; `one-click.json`, the ROS template that makes a deployment of them; and
 * `application.zip`, the application template of Serverless Devs.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { REQUIRE } from '../../build.ts';
import { ROOT } from '../../cli/shared/steps.ts';
import { FUNCTION_KINDS } from '../../infra/names.ts';
import { oneClickTemplate } from '../../infra/one-click/template.ts';
import { archiveOf, CONFIGURATION, releaseOf } from '../../infra/release.ts';
import { packFunctions } from '../pack.ts';

export async function main(): Promise<number> {
  const folder = join(ROOT, 'released');
  await makeRelease(folder);
  for (const file of readdirSync(folder)) process.stdout.write(`released/${file}\n`);
  return 0;
}

/** Makes `folder` anew. */
export async function makeRelease(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const made = mkdtempSync(join(tmpdir(), 'release-'));
  try {
    await packFunctions(join(made, 'dist'));
    for (const kind of FUNCTION_KINDS) {
      await bundleConfiguration(join(made, 'dist', kind, CONFIGURATION));
      writeFileSync(join(folder, `${kind}.zip`), archiveOf(join(made, 'dist', kind), 9));
    }
    const release = releaseOf(ROOT, made);
    if (release === null) throw new Error('not every function was built');
    const functions = readFileSync(join(ROOT, 's.yaml'), 'utf8');
    const template = oneClickTemplate({ release, functions, outdir: join(made, 'cdk.out') });
    writeFileSync(join(folder, 'one-click.json'), `${JSON.stringify(template, null, 1)}\n`);
    writeFileSync(join(folder, 'application.zip'), application(join(made, 'application')));
  } finally {
    rmSync(made, { recursive: true });
  }
}

async function bundleConfiguration(outfile: string): Promise<void> {
  await esbuild({
    ...{ absWorkingDir: ROOT, bundle: true, platform: 'node', target: 'node20', format: 'esm' },
    ...{
      minify: true,
      logLevel: 'silent',
      banner: REQUIRE,
      entryPoints: ['dev/release/configuration.ts'],
      outfile,
    },
  });
}

/** Stands in the application's files for the version that it is a template of. */
const VERSION = '0.0.0-version';

/** The archive that `s init --uri` takes; `folder` is made for its files. */
export function application(folder: string): Buffer {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  cpSync(join(import.meta.dirname, 'application'), folder, { recursive: true });
  for (const file of ['publish.yaml', 'src/package.json']) {
    const text = readFileSync(join(folder, file), 'utf8');
    writeFileSync(join(folder, file), text.replaceAll(VERSION, version));
  }
  return archiveOf(folder, 9);
}
