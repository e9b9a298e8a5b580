/** The runner's own log, of a machine that lives. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diagsOf } from '../../../cli/logs/diag.ts';
import { DIAG_SCRIPT } from '../../../cli/logs/diag-script.ts';
import { renderLogs } from '../../../cli/logs/show.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { WorldOptions } from '../../world/in-process.ts';
import { operatorOf } from '../explain/fixture.ts';
import { during, entryIn, running } from '../keep/fixture.ts';

const SECRET = `ghs_${'a'.repeat(36)}`;

async function asked(options: WorldOptions = {}, runners?: readonly RunnerEntry[], fault?: 'RunCommand') {
  const { world } = await running(options);
  if (fault !== undefined) world.ecs.failNext(fault, { code: 'Forbidden.RAM', status: 403 });
  const missing: string[] = [];
  const of = { runners: runners ?? [await entryIn(world)] };
  const diags = await during(world, diagsOf(of, operatorOf(world), missing));
  return { diags, missing };
}

test('it is shown below its own head', async () => {
  const { diags, missing } = await asked();
  expect(missing).toEqual([]);
  const text = renderLogs({ lines: [], consoles: [], diags, missing }, 0);
  expect(text).toMatch(/The runner’s own log on ci-runner-arm64-spot-\S+:\n {2}\| Worker_\d+-\d+-utc\.log:/);
});

// biome-ignore format: a table reads best as a table.
test.each<[string, Parameters<typeof asked>, RegExp]>([
  ['no agent answers', [{ ecs: { ways: { agents: 'none' } } }], /could not be read: Cloud Assistant’s agent does not answer/],
  ['the right is missing', [{}, undefined, 'RunCommand'], /could not be read: you lack ecs:RunCommand/],
  ['its machine is gone', [{}, []], /gone with its machine: npm run keep keeps one/],
])('%s: that is said, and nothing is shown', async (_what, how, says) => {
  const { diags, missing } = await asked(...how);
  expect(diags).toEqual([]);
  expect(missing).toEqual([expect.stringMatching(says)]);
});

describe('what the machine is asked', () => {
  function ran(prepare: (folder: string) => void) {
    const root = mkdtempSync(join(tmpdir(), 'diag-'));
    const folder = join(root, '_diag');
    mkdirSync(folder);
    mkdirSync(join(root, 'bin'));
    for (const [name, text] of [
      ['setpriv', 'echo "$*" >>"$0.calls"; shift 3; exec "$@"'],
      ['id', 'echo 1001'],
    ] as const) {
      writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(root, 'bin', name), 0o755);
    }
    prepare(folder);
    const child = spawnSync('sh', ['-c', DIAG_SCRIPT.replace('/opt/actions-runner/_diag', folder)], {
      env: { PATH: `${join(root, 'bin')}:${process.env.PATH}` },
      encoding: 'utf8',
    });
    rmSync(root, { recursive: true });
    return child;
  }

  test('is the end of the newest of both, and stays under what Cloud Assistant takes', () => {
    const { status, stdout } = ran((folder) => {
      writeFileSync(join(folder, 'Runner_20261128-1-utc.log'), 'old\n');
      writeFileSync(join(folder, 'Runner_20261129-1-utc.log'), `${'x'.repeat(40_000)}end of it\n`);
      writeFileSync(join(folder, 'Worker_20261129-1-utc.log'), `${'y '.repeat(40_000)}token ${SECRET}\n`);
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^Worker_20261129-1-utc\.log:\n[\s\S]*\nRunner_20261129-1-utc\.log:\nx+end of it\n/,
    );
    expect(stdout).not.toContain('old');
    expect(Buffer.byteLength(stdout)).toBeLessThan(24 * 1024);
  });

  test('leaves out what is no file', () => {
    const { status, stdout } = ran((folder) => {
      spawnSync('sh', ['-c', `mkfifo ${folder}/Worker_9.log`]);
      symlinkSync('/dev/zero', join(folder, 'Runner_9.log'));
    });
    expect([status, stdout]).toEqual([0, '']);
  });

  test('is none where there is no such folder', () => {
    expect(ran((folder) => rmSync(folder, { recursive: true })).status).toBe(3);
  });
});
