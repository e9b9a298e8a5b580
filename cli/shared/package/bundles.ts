/** The functions with an operator's configuration inside: built from their sources, or copied from the package. */
import { cpSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTION_KINDS } from '../../../infra/names.ts';
import { noteConfiguration, writeConfiguration } from '../../../infra/release.ts';
import type { Config } from '../../../shared/config/config.ts';
import { ROOT } from '../steps.ts';
import { IS_PACKAGE, MADE } from './places.ts';

/** Where `npm pack` puts each function, built but for its configuration. */
export const BUILT = join(ROOT, 'packed', 'functions');

/** One folder a function in `folder`. */
export async function makeBundles(config: Config, folder: string = join(MADE, 'dist')): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (IS_PACKAGE) copyBundles(BUILT, config, folder);
  // Loaded here: its tools are not in the package.
  else await (await import('../../../build.ts')).buildAll(config, folder);
}

export function copyBundles(built: string, config: Config, folder: string): void {
  for (const kind of FUNCTION_KINDS) {
    const own = join(folder, kind);
    rmSync(own, { recursive: true, force: true });
    cpSync(join(built, kind), own, { recursive: true });
    writeConfiguration(config, own);
  }
  noteConfiguration(config, folder);
}

/** Bytes of a function's entry, and of all its code. */
export function sizesOf(folder: string): { readonly entry: number; readonly all: number } {
  const code = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  const bytes = (name: string) => statSync(join(folder, name)).size;
  return { entry: bytes('index.mjs'), all: code.reduce((sum, name) => sum + bytes(name), 0) };
}
