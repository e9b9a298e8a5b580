/** Bundles each function, with the operator's configuration beside it, for Function Compute's nodejs20. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build as esbuild, type Metafile, type Plugin } from 'esbuild';
import { CONFIGURATION, noteConfiguration, writeConfiguration } from './infra/release.ts';
import type { Config } from './shared/config/config.ts';

export const ROOT = import.meta.dirname;

export interface Bundle {
  readonly name: string;
  /** `dist/NAME`: all that is uploaded. */
  readonly folder: string;
  /** The entry, for handler `index.handler`. */
  readonly path: string;
  readonly metafile: Metafile;
}

/** Functions are the folders that have an entry. */
export function functionNames(): string[] {
  return readdirSync(join(ROOT, 'functions'))
    .filter((name) => existsSync(join(ROOT, 'functions', name, 'index.ts')))
    .sort();
}

/** `changes`: sources as another version has them, for tests. */
export async function buildAll(
  config: Config,
  folder = join(ROOT, 'dist'),
  changes: readonly Plugin[] = [],
): Promise<Bundle[]> {
  const built = await Promise.all(
    functionNames().map((name) => buildFunction(name, config, join(folder, name), changes)),
  );
  noteConfiguration(config, folder);
  return built;
}

/** The same sources and configuration make the same bytes. Throws with esbuild's own messages. */
export async function buildFunction(
  name: string,
  config: Config,
  folder: string,
  changes: readonly Plugin[] = [],
): Promise<Bundle> {
  const options = {
    ...COMMON,
    entryPoints: { index: `functions/${name}/index.ts` },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    format: 'esm' as const,
    // What is imported lazily is not even parsed at a cold start.
    splitting: true,
    chunkNames: 'chunk-[hash]',
    // An optional part of ali-oss, asked for only when a proxy is set.
    external: ['proxy-agent'],
    plugins: [CONFIGURED_LATER, ...changes],
  };
  const into = (more: { readonly banner?: typeof REQUIRE }) => {
    rmSync(folder, { recursive: true, force: true });
    return esbuild({ ...options, ...more });
  };
  const bare = await into({});
  // Only where it is called: to load node:module costs each cold start a millisecond.
  const { metafile } = callsRequire(bare.metafile) ? await into({ banner: REQUIRE }) : bare;
  // The launcher sends these scripts as they are.
  if (USER_DATA_READER in metafile.inputs) copyUserData(join(folder, 'userdata'));
  writeConfiguration(config, folder);
  return { name, folder, path: join(folder, 'index.mjs'), metafile };
}

const callsRequire = ({ outputs }: Metafile): boolean =>
  Object.values(outputs).some(({ imports }) => imports.some(({ kind }) => kind === 'require-call'));

/** CommonJS dependencies call `require` for Node's own modules. */
export const REQUIRE = {
  js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
};

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'silent',
} as const;

/** Reads the scripts that run on instances from beside the entry. */
const USER_DATA_READER = 'shared/adapters/user-data-scripts.ts';

function copyUserData(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const from = join(ROOT, 'userdata');
  for (const file of readdirSync(from).filter((name) => name.endsWith('.sh')))
    copyFileSync(join(from, file), join(folder, file));
}

/** `config:runners` is the parsed configuration, written beside the entry: checked here, so that no function has to. */
const CONFIGURED_LATER: Plugin = {
  name: 'configuration',
  setup(build) {
    build.onResolve({ filter: /^config:runners$/ }, () => ({ path: `./${CONFIGURATION}`, external: true }));
  },
};
