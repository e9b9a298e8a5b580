/** A machine that a person keeps: Cloud Assistant writes until when, and the script stays so long. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { keepScript } from '../../../cli/keep/keep-script.ts';
import { boot, removeInstances } from '../instance.ts';
import { pathOf } from '../tools.ts';

afterEach(removeInstances);

const KEEP = '"$CI_RUNNER_ROOT/run/ci-runner/keep"';
const LATER = 9_999_999_999;
const REAL_WC = `exec ${pathOf('wc')} "$@"`;
/** Whoever kept it lets it go when it was seen to stay, a look or two later. Others sleep, too, and are no look of it. */
const LET_GO = `if grep -aq stay.sh "/proc/$PPID/cmdline"; then echo x >>"$CI_RUNNER_ROOT/stayed"; fi
if [ "$(wc -l <"$CI_RUNNER_ROOT/stayed")" -gt 2 ]; then echo 0 >${KEEP}; fi 2>/dev/null; exec ${pathOf('sleep')} 0.05`;

describe('the end of a job', () => {
  const ended = (kept: string | number, tools: Record<string, string> = {}) =>
    boot({ runner: `echo '${kept}' >${KEEP}`, tools });
  const looks = (root: string) =>
    existsSync(join(root, 'stayed')) ? readFileSync(join(root, 'stayed'), 'utf8').length / 2 : 0;

  test('leaves a kept machine running until it is let go, and powers it off then', () => {
    const { root, calls } = ended(LATER, { sleep: LET_GO, wc: REAL_WC });
    expect(looks(root)).toBeGreaterThan(2);
    expect(calls.at(-1)).toBe('systemctl poweroff');
  });

  test('ends what the job left behind first, kept or not', () => {
    const { root } = ended(LATER, { sleep: LET_GO, wc: REAL_WC });
    const all = readFileSync(join(root, 'calls'), 'utf8');
    expect(all).toMatch(
      /systemctl kill --signal=KILL ci-runner-job\.scope\n[\s\S]*\nsleep 5\n[\s\S]*poweroff/,
    );
  });

  test.each([
    ['that was kept until before now', 1],
    ['whose file is no time', 'tomorrow'],
  ])('powers off at once what is %s', (_what, kept) => {
    const { root, calls } = ended(kept, { sleep: LET_GO, wc: REAL_WC });
    expect(looks(root)).toBe(0);
    expect(calls.at(-1)).toBe('systemctl poweroff');
  });
});

interface Inside {
  readonly state?: string;
  readonly keep?: number;
  readonly sleep?: string;
  /** logind's, while somebody holds the power-off back. */
  readonly isHeldBack?: boolean;
}

/** Its folder in place of /run/ci-runner. */
function inFolder(script: string, { state = 'running', keep, sleep = '', isHeldBack = false }: Inside = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'kept-'));
  mkdirSync(join(folder, 'bin'));
  const tool = (name: string, text: string) => {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\necho "${name} $*" >>${folder}/calls\n${text}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  };
  tool(
    'systemctl',
    `case "$1" in is-system-running) echo ${state} ;; poweroff) exit ${Number(isHeldBack)} ;; esac`,
  );
  tool('sleep', sleep.replaceAll('/run/ci-runner', folder));
  // The machine that tests may run one, of the tests of machines.
  tool('pgrep', 'exit 1');
  if (keep !== undefined) writeFileSync(join(folder, 'keep'), `${keep}\n`);
  const run = (text: string) =>
    spawnSync('bash', ['-c', text.replaceAll('/run/ci-runner', folder)], {
      env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}` },
      encoding: 'utf8',
    }).status;
  const text = (path: string) => readFileSync(join(folder, path), 'utf8');
  return { folder, run, text, status: run(script), remove: () => rmSync(folder, { recursive: true }) };
}

/** As systemd reads it. */
function commandOf(root: string, timer: string): string {
  const unit = readFileSync(join(root, `run/systemd/system/ci-runner-${timer}.service`), 'utf8');
  return /bash -c '(.*)'$/m.exec(unit)?.[1]?.replaceAll("\\'", "'") ?? '';
}

describe('the end of its lifetime', () => {
  const lifetime = () => {
    const { root } = boot();
    const command = commandOf(root, 'lifetime');
    const stay = readFileSync(join(root, 'run/ci-runner/stay.sh'), 'utf8').replace(`${root}/run`, '/run');
    return `cat >/run/ci-runner/stay.sh <<'STAY'\n${stay}STAY\n${command}`;
  };
  const LET_GO_LATER = 'echo 0 >/run/ci-runner/keep';

  test('comes when the machine is kept no longer, and says why', () => {
    const kept = inFolder(lifetime(), { keep: LATER, sleep: LET_GO_LATER });
    expect(kept.text('calls')).toBe('sleep 5\nsystemctl poweroff\n');
    expect(kept.text('why')).toBe('limits.lifetime of 390m is over; give its profile a longer lifetime\n');
    kept.remove();
  });

  test.each([
    ['was never kept', {}],
    ['is kept no more', { keep: 0 }],
  ])('is at once that of a machine that %s', (_what, more) => {
    const over = inFolder(lifetime(), more);
    expect(over.text('calls')).toBe('systemctl poweroff\n');
    expect(over.text('why')).toMatch(/^limits\.lifetime of 390m is over/);
    over.remove();
  });
});

describe('a power-off that is held back', () => {
  test.each(['lifetime', 'boot'])('as by apt-get at its work, comes all the same: %s', (timer) => {
    const machine = inFolder(commandOf(boot().root, timer).replace('bash /run/ci-runner/stay.sh; ', ''), {
      isHeldBack: true,
    });
    expect(machine.text('calls')).toMatch(
      /systemctl poweroff\nsystemctl start --job-mode=replace-irreversibly poweroff\.target\n$/,
    );
    machine.remove();
  });

  test('comes all the same for a machine that a job rebooted', () => {
    const unit = readFileSync(join(boot().root, 'etc/systemd/system/ci-runner-rebooted.service'), 'utf8');
    // systemd's own, when the command fails.
    expect(unit).toMatch(/^FailureAction=poweroff$/m);
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
