/** A machine that a person keeps: Cloud Assistant writes until when, and the script stays so long. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { keepScript } from '../../shared/runner/keep-script.ts';
import { boot, removeInstances } from './instance.ts';
import { pathOf } from './tools.ts';

afterEach(removeInstances);

const KEEP = '"$CI_RUNNER_ROOT/run/ci-runner/keep"';
const LATER = 9_999_999_999;
/** Whoever kept it lets it go once it is seen to stay. */
const LET_GO = `case "$(cat "$CI_RUNNER_ROOT/var/log/user-data.log")" in *machine.kept*) echo 0 >${KEEP} ;; esac
exec ${pathOf('sleep')} 0.05`;

describe('the end of a job', () => {
  const ended = (kept: string | number, tools: Record<string, string> = {}) =>
    boot({ runner: `echo '${kept}' >${KEEP}`, tools });

  test('leaves a kept machine running until it is let go, and powers it off then', () => {
    const { trace, calls } = ended(LATER, { sleep: LET_GO });
    expect(trace).toMatch(/runner\.ended status=0\n.*stopping status=0\n.*machine\.kept\n$/);
    expect(calls.at(-1)).toBe('systemctl poweroff');
  });

  test('ends what the job left behind first, kept or not', () => {
    const { calls } = ended(LATER, { sleep: LET_GO });
    const killed = calls.indexOf('systemctl kill --signal=KILL ci-runner-job.scope');
    expect(killed).toBeGreaterThan(0);
    expect(killed).toBeLessThan(calls.indexOf('systemctl is-system-running'));
  });

  // biome-ignore format: a table reads best as a table.
  test.each<[string, string | number, Record<string, string>]>([
    ['that was kept until before now', 1, {}],
    ['whose file is no time', 'tomorrow', {}],
    ['that goes down already', LATER, { systemctl: 'case "$1" in is-system-running) echo stopping ;; esac' }],
  ])('powers off at once what is %s', (_what, kept, tools) => {
    const { trace, calls } = ended(kept, { sleep: 'kill -KILL "$PPID"', ...tools });
    expect(trace).toContain('machine.kept');
    expect(calls.at(-1)).toBe('systemctl poweroff');
  });
});

interface Inside {
  readonly state?: string;
  readonly keep?: number;
  readonly sleep?: string;
}

/** Its folder in place of /run/ci-runner. */
function inFolder(script: string, { state = 'running', keep, sleep = '' }: Inside = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'kept-'));
  mkdirSync(join(folder, 'bin'));
  const tool = (name: string, text: string) => {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\necho "${name} $*" >>${folder}/calls\n${text}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  };
  tool('systemctl', `case "$1" in is-system-running) echo ${state} ;; esac`);
  tool('sleep', sleep.replaceAll('/run/ci-runner', folder));
  if (keep !== undefined) writeFileSync(join(folder, 'keep'), `${keep}\n`);
  const run = (text: string) =>
    spawnSync('bash', ['-c', text.replaceAll('/run/ci-runner', folder)], {
      env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}` },
      encoding: 'utf8',
    }).status;
  const text = (path: string) => readFileSync(join(folder, path), 'utf8');
  return { folder, run, text, status: run(script), remove: () => rmSync(folder, { recursive: true }) };
}

describe('the end of its lifetime', () => {
  const lifetime = () => {
    const { root } = boot();
    const unit = readFileSync(join(root, 'run/systemd/system/ci-runner-lifetime.service'), 'utf8');
    const command = /bash -c '(.*)'$/m.exec(unit)?.[1]?.replaceAll("\\'", "'") ?? '';
    const stay = readFileSync(join(root, 'run/ci-runner/stay.sh'), 'utf8').replace(`${root}/run`, '/run');
    return `cat >/run/ci-runner/stay.sh <<'STAY'\n${stay}STAY\n${command}`;
  };
  const LET_GO_LATER = 'echo 0 >/run/ci-runner/keep';

  test('comes when the machine is kept no longer, and says why', () => {
    const kept = inFolder(lifetime(), { keep: LATER, sleep: LET_GO_LATER });
    const looked = 'systemctl is-system-running\n';
    expect(kept.text('calls')).toBe(`${looked}sleep 5\n${looked}systemctl poweroff\n`);
    expect(kept.text('why')).toBe('limits.lifetime of 390m is over; give its profile a longer lifetime\n');
    kept.remove();
  });

  test.each([
    ['was never kept', {}, true],
    ['is kept no more', { keep: 0 }, true],
    ['goes down for another reason', { keep: LATER, state: 'stopping' }, false],
  ])('is that of a machine that %s', (_what, more, isToldWhy) => {
    const over = inFolder(lifetime(), more);
    expect(over.text('calls')).toMatch(/^systemctl is-system-running\nsystemctl poweroff\n$/);
    expect(existsSync(join(over.folder, 'why'))).toBe(isToldWhy);
    over.remove();
  });
});

describe('what the machine is told', () => {
  test('is written down whole, said twice or not, and taken back', () => {
    const machine = inFolder('touch /run/ci-runner/stay.sh');
    for (const untilMs of [LATER * 1000, LATER * 1000, 0]) {
      expect(machine.run(keepScript(untilMs))).toBe(0);
      expect(machine.text('keep')).toBe(`${untilMs / 1000}\n`);
    }
    machine.remove();
  });

  test.each([
    ['a machine of an earlier release', ':', 'running', 3],
    ['one that powers off', 'touch /run/ci-runner/stay.sh', 'stopping', 4],
  ])('%s says that it does not stay', (_what, before, state, status) => {
    const machine = inFolder(before, { state });
    expect(machine.run(keepScript(LATER * 1000))).toBe(status);
    machine.remove();
  });
});
