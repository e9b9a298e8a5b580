/** The stand-in's two outer layers, held against what actions/runner's source does with each status of its listener. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { actionArchive } from '../../simulator/actions.ts';

const SOURCE = join(import.meta.dirname, '..', '..', 'simulator', 'machine', 'stand-in');
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** `statuses`: of its listener, one start after the other. */
function run(statuses: readonly number[]) {
  const folder = mkdtempSync(join(tmpdir(), 'stand-in-'));
  folders.push(folder);
  cpSync(SOURCE, folder, { recursive: true });
  const script = (path: string, text: string) => {
    writeFileSync(join(folder, path), `#!/bin/bash\n${text}\n`);
    chmodSync(join(folder, path), 0o755);
  };
  script(
    'bin/Runner.Listener',
    `echo start >>starts; set -- ${statuses.join(' ')}; shift $(($(grep -c . starts) - 1)); exit $1`,
  );
  script('bin/sleep', ': >update.finished');
  const env = {
    PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
    RUNNER_ALLOW_RUNASROOT: '1',
    ACTIONS_RUNNER_RETURN_VERSION_DEPRECATED_EXIT_CODE: '1',
  };
  const { status, stdout } = spawnSync(join(folder, 'run.sh'), [], {
    env,
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, stdout, starts: readFileSync(join(folder, 'starts'), 'utf8').split('\n').length - 1 };
}

// biome-ignore format: a table reads best as a table.
test.each([
  ['it is done', [0], 0, 1, /0 return code/],
  ['its registration is gone', [1], 0, 1, /terminated error/],
  ['it may be tried again', [2, 0], 0, 2, /retryable error/],
  ['it has updated itself', [3, 0], 0, 2, /because of updating/],
  ['it has updated itself, for one job', [4, 2, 0], 0, 3, /because of updating/],
  ['another session is open', [5], 0, 1, /Session Conflict/],
  ['GitHub refuses its version', [7], 7, 1, /deprecated version/],
  ['nobody knows what it is', [139], 0, 1, /unknown error code: 139/],
])('a listener that ends because %s (%j) ends the runner with %i after %i starts', (_what, statuses, status, starts, says) => {
  const ran = run(statuses);
  expect([ran.status, ran.starts]).toEqual([status, starts]);
  expect(ran.stdout).toMatch(says);
});

/** actions/runner, ActionManager.cs, DownloadRepositoryActionAsync: the cache, if it has that very commit; else the download. */
describe('an action of a job', () => {
  const SHA = '5'.repeat(40);

  /** `cached` and `there`: what the cache and GitHub have of it. */
  function prepare(cached: Buffer | null, there: Buffer | null) {
    const folder = mkdtempSync(join(tmpdir(), 'stand-in-'));
    folders.push(folder);
    cpSync(SOURCE, folder, { recursive: true });
    const put = (path: string, bytes: Buffer) => {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    };
    if (cached !== null) put(`cache/actions_checkout/${SHA}.tar.gz`, cached);
    if (there !== null) put(`there/actions/checkout/tar.gz/${SHA}`, there);
    writeFileSync(
      join(folder, 'job.sh'),
      `# name=a\n# action=actions/checkout ${SHA}\ncat _actions/actions/checkout/*/action.yml\n`,
    );
    const env = {
      PATH: '/usr/bin:/bin',
      ACTIONS_RUNNER_ACTION_ARCHIVE_CACHE: join(folder, 'cache'),
      ACTION_DOWNLOADS: `file://${join(folder, 'there')}`,
    };
    const ran = spawnSync(join(folder, 'bin', 'Runner.Worker'), [], {
      cwd: folder,
      env,
      encoding: 'utf8',
      timeout: 20_000,
    });
    return { status: ran.status, out: ran.stdout };
  }

  const good = actionArchive('actions/checkout', SHA);
  // biome-ignore format: a table reads best as a table.
  test.each([
    ['is taken from the cache', good, null, 0, /Copied action archive[\s\S]*name: actions\/checkout/],
    ['that the cache lacks is downloaded', null, good, 0, /Download action repository[\s\S]*name: actions\/checkout/],
    ['that nobody has fails the job', null, null, 1, /##\[error\]Failed to download/],
    ['that is broken in the cache fails the job: it is not downloaded instead', good.subarray(0, 60), good, 1, /Copied[\s\S]*##\[error\]/],
  ])('%s', (_what, cached, there, status, says) => {
    const ran = prepare(cached, there);
    expect(ran.out).toMatch(says);
    expect(ran.status).toBe(status);
  });
});
