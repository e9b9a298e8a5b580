/** A clock that is set while a machine boots, as chrony and we do it: bash's own SECONDS jump with it, and nothing of ours may. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { isSilent } from '../../../shared/runner/exit.ts';
import { SCRIPTS } from '../instance.ts';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

/** The functions of install.sh, on a machine whose clock `step_clock` sets. */
function run(lines: string): { readonly out: string; readonly trace: string } {
  const root = mkdtempSync(join(tmpdir(), 'clock-'));
  roots.push(root);
  for (const path of ['run/ci-runner', 'var/log', 'dev']) mkdirSync(join(root, path), { recursive: true });
  const script = `BOOT_SECONDS=540\n${SCRIPTS.install}\nsleep() { :; }\nstep_clock() { SECONDS=$((SECONDS + $1)); }\n${lines}`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, CI_RUNNER_ROOT: root },
    timeout: 20_000,
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return { out: stdout, trace: readFileSync(join(root, 'var/log/user-data.log'), 'utf8') };
}

test.each([-28_780, 28_800])('by %d s leaves the trace as whoever reads it expects it', (step) => {
  const { trace } = run(`log one.began\nstep_clock ${step}\nlog two.ended`);
  expect(trace).toMatch(/^\S+Z \+0s one\.began\n\S+Z \+[01]s two\.ended\n$/);
  for (const line of trace.trimEnd().split('\n')) expect(isSilent(line)).toBe(false);
});

test.each([-28_780, 28_800])('by %d s makes patience neither shorter nor longer', (step) => {
  const { out } = run(
    `tries=0\nattempt() { step_clock ${step}; ((++tries)); return 1; }\npatiently it 20 attempt 2>/dev/null || printf '%d' "\${tries}"`,
  );
  // 1 + 2 + 4 + 8 of the 20 s; the next pause would be over it.
  expect(out).toBe('5');
});

test('is nothing that a script goes by', () => {
  for (const script of Object.values(SCRIPTS))
    expect(script.replace(/^ *#.*$/gm, '')).not.toMatch(/\bSECONDS\b/);
});
