/** Which build is deployed: our version and a hash of the functions' code and settings, without any secret. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type ZipOptions, zipSync } from 'fflate';
import type { Config } from '../shared/config/config.ts';
import { FUNCTION_KINDS } from './names.ts';

/** `made`: where `dist/` is, if not beside our `package.json` and `s.yaml`. Null: not all functions are built. */
export function releaseOf(ours: string, made: string = ours): string | null {
  const dist = join(made, 'dist');
  const isBuilt = FUNCTION_KINDS.every((kind) => existsSync(join(dist, kind, 'index.mjs')));
  if (!isBuilt) return null;
  const { version } = JSON.parse(readFileSync(join(ours, 'package.json'), 'utf8')) as { version: string };
  const hash = createHash('sha256');
  const settings = join(ours, 's.yaml');
  if (existsSync(settings)) hash.update(readFileSync(settings));
  for (const kind of FUNCTION_KINDS)
    for (const path of filesIn(join(dist, kind)))
      hash.update(`${path.slice(dist.length)}\n`).update(readFileSync(path));
  const build = `${version} ${hash.digest('hex').slice(0, 12)}`;
  const configured = join(dist, CONFIGURED);
  return existsSync(configured) ? `${build} of ${readFileSync(configured, 'utf8')}` : build;
}

/** Beside the bundles: the configuration that they were built with. */
const CONFIGURED = 'configuration';

/** What each function imports its configuration from: a file of its own, so that the code is the same for all. */
export const CONFIGURATION = 'configuration.mjs';

export function writeConfiguration(config: Config, folder: string): void {
  // Parsed, not written as a literal: there a key `__proto__` would be none.
  const text = JSON.stringify(JSON.stringify(config));
  writeFileSync(join(folder, CONFIGURATION), `export default JSON.parse(${text});\n`);
}

export function noteConfiguration(config: Config, dist: string): void {
  writeFileSync(join(dist, CONFIGURED), configurationHash(config));
}

/** Of what was read from `runners.yaml`, whatever its comments and blanks. */
export function configurationHash(config: Config): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 12);
}

/** As `releaseOf` wrote it; null: a release of 0.1, which does not say. */
export const configurationIn = (release: string): string | null =>
  / of ([0-9a-f]{12})$/.exec(release)?.[1] ?? null;

/** All files of a folder; without a time of their own, so that the same code is the same bytes. */
export function archiveOf(folder: string, level: ZipOptions['level'] = 1): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const contents = files.map((path) => [relative(folder, path), new Uint8Array(readFileSync(path))] as const);
  return Buffer.from(zipSync(Object.fromEntries(contents), { level: level ?? 1, mtime: '1980-01-02' }));
}

/** Source maps hold paths of the machine that built them. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
