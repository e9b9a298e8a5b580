/** The functions built once for the tests of one file, into a folder that goes with the file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { buildAll } from '../../build.ts';
import type { Config } from '../../shared/config/config.ts';

const folders: string[] = [];
// Here, not below: what is registered within a hook never runs.
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export async function bundlesFor(config: Config): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  folders.push(folder);
  await buildAll(config, folder);
  return folder;
}
