/** The first thing that a newcomer may meet: a registry that does not answer. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

test('a registry that cannot be reached is named, with the ways out, and nothing is waited for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clone-'));
  mkdirSync(join(folder, 'cli'));
  cpSync(join(ROOT, 'cli/run.mjs'), join(folder, 'cli/run.mjs'));
  for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    cpSync(join(ROOT, file), join(folder, file));
  const closed = 'http://127.0.0.1:9/';
  const env = { ...process.env, npm_config_registry: closed, npm_config_cache: join(folder, 'cache') };
  const { status, stderr } = spawnSync(process.execPath, ['cli/run.mjs', 'start'], {
    ...{ cwd: folder, env, encoding: 'utf8', timeout: 60_000 },
  });
  rmSync(folder, { recursive: true });
  expect(status).toBe(1);
  expect(stderr).toContain(`The npm registry does not answer: ${closed}`);
  expect(stderr).toContain('npm config set registry');
  expect(stderr).toContain('npm config set https-proxy');
}, 90_000);
