/** The functions built once for the tests of one file, into a folder that goes with the process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { buildAll } from '../../build.ts';
import type { Config } from '../../shared/config.ts';

export async function bundlesFor(config: Config): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  await buildAll(config, folder);
  return folder;
}
