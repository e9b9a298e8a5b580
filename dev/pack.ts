/**
 * `prepack`: what the package holds beside the files that `package.json` lists. Operators get the commands and the
 * functions built, with the libraries inside, so that neither TypeScript nor two hundred packages are installed.
 */
import { chmodSync, copyFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { build as esbuild, type Metafile, type Plugin } from 'esbuild';
import { buildFunction, functionNames } from '../build.ts';
import { parseOptions } from '../cli/shared/options.ts';
import { readRunnersYaml } from '../cli/shared/runners-yaml.ts';
import { ROOT } from '../cli/shared/steps.ts';
import { CONFIGURATION } from '../infra/release.ts';

export interface Packed {
  /** What the commands import and do not hold. */
  readonly imported: readonly string[];
}

const command = (): Command =>
  new Command('npm run prepack --').description('Builds what npm pack puts into the package, into packed/.');

export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<object>(command(), args);
  if (typeof options === 'number') return options;
  await pack(join(ROOT, 'packed'));
  return 0;
}

/** Makes `folder` anew. */
export async function pack(folder: string): Promise<Packed> {
  rmSync(folder, { recursive: true, force: true });
  const metafiles = [
    await packCommands(join(folder, 'cli')),
    ...(await packFunctions(join(folder, 'functions'))),
  ];
  writeFileSync(join(folder, 'NOTICES.txt'), noticesOf(metafiles));
  const imports = Object.values(metafiles[0]?.outputs ?? {}).flatMap((output) => output.imports);
  const imported = imports.filter(({ external }) => external === true).map(({ path }) => path);
  return { imported: [...new Set(imported)].sort() };
}

/** Each built but for its configuration, into a folder of `folder`. */
export async function packFunctions(folder: string): Promise<Metafile[]> {
  const config = readRunnersYaml(join(ROOT, 'runners.example.yaml'));
  if (config === null) throw new Error('runners.example.yaml has mistakes');
  return Promise.all(
    functionNames().map(async (name) => {
      const { metafile } = await buildFunction(name, config, join(folder, name), [IN_THE_PACKAGES_WORDS]);
      rmSync(join(folder, name, CONFIGURATION));
      for (const map of readdirSync(join(folder, name)).filter((file) => file.endsWith('.map')))
        rmSync(join(folder, name, map));
      return metafile;
    }),
  );
}

/** Entries; Node's own modules are all that stays outside, and what is told apart in `LEFT_OUTSIDE`. */
async function packCommands(folder: string): Promise<Metafile> {
  const { metafile } = await esbuild({
    ...{
      absWorkingDir: ROOT,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      splitting: true,
    },
    ...{ metafile: true, logLevel: 'silent', minifySyntax: true, minifyWhitespace: true, keepNames: true },
    entryPoints: { commands: 'cli/index.ts', 'serverless-devs': 'cli/start/serverless-devs-main.ts' },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    banner: {
      js: "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);",
    },
    external: LEFT_OUTSIDE,
    plugins: [IN_THE_PACKAGES_WORDS, NO_SOURCES, FEW_EXAMPLES],
  });
  for (const file of ['cli/spot-runners.mjs', 'simulator/function-compute/bundle-worker.mjs'])
    copyFileSync(join(ROOT, file), join(folder, file.split('/').at(-1) as string));
  // The page is read from beside the code that serves it.
  cpSync(join(ROOT, 'cli/dashboard/assets'), join(folder, 'assets'), { recursive: true });
  const standIn = join(folder, 'serverless-devs.mjs');
  writeFileSync(standIn, `#!/usr/bin/env node\n${readFileSync(standIn, 'utf8')}`);
  for (const program of [standIn, join(folder, 'spot-runners.mjs')]) chmodSync(program, 0o755);
  return metafile;
}

/** An optional part of ali-oss, asked for only when a proxy is set. */
const LEFT_OUTSIDE = ['proxy-agent'];

const COMMAND = /npm run (?:-s )?([a-z]+(?::[a-z]+)?|COMMAND|\$\{)( --(?= |'|`|"))?/g;

/** Where a file asks for JSON by a `require` of its own, a bundle has it inside. */
const withoutRequire = (text: string): string =>
  text.replace('const require = createRequire(import.meta.url);\n', '');

const PAGE = /(?<![\w/])docs\/(?=[a-z][a-z-]*\.md)/g;

/** What is called `npm run X -- …` in the repository; its pages are the package's there. */
export const inPackagesWords = (text: string): string =>
  text
    .replace(COMMAND, (_, name: string) => `npx aliyun-spot-runners ${name}`)
    .replaceAll(PAGE, 'node_modules/aliyun-spot-runners/docs/')
    .replaceAll(/npm start(?: --(?= |'|`|"))?/g, 'npx aliyun-spot-runners start');

/** The commands of the repository are npm scripts; those of the package are one program. */
const IN_THE_PACKAGES_WORDS: Plugin = {
  name: 'words',
  setup(build) {
    build.onLoad({ filter: /\/(cli|functions|shared|infra|simulator)\/.*\.ts$/ }, ({ path }) =>
      path.includes('node_modules')
        ? undefined
        : { contents: inPackagesWords(withoutRequire(readFileSync(path, 'utf8'))), loader: 'ts' },
    );
  },
};

/** What only who changes the project uses, and what builds from sources, is never asked for in the package. */
const NO_SOURCES: Plugin = {
  name: 'no-sources',
  setup(build) {
    build.onResolve({ filter: /(^|\/)dev\/.*\.ts$|(^|\/)build\.ts$/ }, ({ path }) => ({
      path,
      namespace: 'not-in-the-package',
    }));
    build.onLoad({ filter: /.*/, namespace: 'not-in-the-package' }, () => ({ contents: 'export {};' }));
  },
};

const EVENTS = new Set(['workflow_job', 'workflow_run', 'ping', 'installation']);

/** GitHub's examples are nine megabytes, of which the simulated GitHub uses these. */
const FEW_EXAMPLES: Plugin = {
  name: 'few-examples',
  setup(build) {
    build.onLoad({ filter: /\/webhooks-examples\/.*\.json$/ }, ({ path }) => {
      const all = JSON.parse(readFileSync(path, 'utf8')) as { readonly name: string }[];
      return { contents: JSON.stringify(all.filter(({ name }) => EVENTS.has(name))), loader: 'json' };
    });
  },
};

/** Their licences want to be handed on with the code. */
function noticesOf(metafiles: readonly Metafile[]): string {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const packages = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  return [...new Set(packages)].sort().map(noticeOf).join('\n');
}

function noticeOf(folder: string): string {
  const at = join(ROOT, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const file = readdirSync(at).find((each) => /^(licen[cs]e|copying)/i.test(each));
  const text = file === undefined ? '' : `\n${readFileSync(join(at, file), 'utf8').trim()}\n`;
  return `${String(name)} ${String(version)}, licence ${JSON.stringify(license)}\n${text}`;
}
