/** How a job ends that does not end by itself: told why, given its time, and only then ended. */
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { boot, removeInstances } from './instance.ts';

afterEach(removeInstances);

const AT = '2026-11-21T10:00:00Z';
/** Says that it listens, does what is asked, and waits until it is told to end; then it needs a moment. */
const listening = (then = ':') =>
  `echo 'Listening for Jobs'; trap "sleep 1; exit 3" TERM; ${then}; for ((;;)); do read -t 0.05 <> <(:); done`;
const NOTICE = `echo ${AT} >"$CI_RUNNER_ROOT/notice"`;
/** `end_because` and systemd's own stop of the unit are this signal to the script. */
const stopped = (why: string | null) =>
  listening(
    `${why === null ? ':' : `echo '${why}' >"$CI_RUNNER_ROOT/run/ci-runner/why"`}; kill -TERM "$PPID"`,
  );
const IDLE = { pgrep: 'exit 1' };
const looksOf = (root: string) => readFileSync(join(root, 'calls'), 'utf8').match(/^sleep 5$/gm)?.length;

test.each([
  [
    'at its lifetime',
    'limits.lifetime of 390m is over; give its profile a longer lifetime',
    /limits\.lifetime of 390m/,
  ],
  ['by whoever stops the instance', null, /powered off from outside/],
])('a runner is told to end %s, and its own word is waited for', (_what, why, says) => {
  const { trace, calls } = boot({ runner: stopped(why) });
  expect(trace).toMatch(says);
  expect(trace).toMatch(/runner\.told_to_end[\s\S]*runner\.ended status=3\n.*stopping status=0\n$/);
  expect(calls.at(-1)).toBe('systemctl poweroff');
});

test('a runner that does not end when it is told is ended', () => {
  const systemctl =
    'case "$*" in "kill --signal=KILL ci-runner-job.scope") : >"$CI_RUNNER_ROOT/killed" ;; esac';
  const runner = `trap '' TERM; kill -TERM "$PPID"; until [[ -e "$CI_RUNNER_ROOT/killed" ]]; do read -t 0.05 <> <(:); done; exit 9`;
  const { trace } = boot({ runner, tools: { systemctl } });
  expect(trace).toContain('runner.ended status=9');
});

test('what comes before the runner is there ends the boot at once', () => {
  const { trace, calls, runner } = boot({ tools: { nft: 'kill -TERM "$PPID"; sleep 1' } });
  expect(runner).toBeNull();
  expect(trace).not.toContain('metadata.closed');
  expect(calls.at(-1)).toBe('systemctl poweroff');
});

describe('a spot notice', () => {
  test('that is there before the runner starts stops the boot, and no job is touched', () => {
    const { trace, runner, calls } = boot({ notice: AT });
    expect(trace).toContain(`spot.notice at=${AT}`);
    expect(runner).toBeNull();
    expect(calls.at(-1)).toBe('systemctl poweroff');
  });

  test('ends an idle runner at once', () => {
    const { trace, root } = boot({ runner: listening(NOTICE), tools: IDLE });
    expect(trace).toContain(`spot.notice at=${AT} left=225s`);
    expect(trace).toContain('runner.ended status=3');
    expect(looksOf(root)).toBeLessThan(5);
  });

  test('leaves a job the time that there is, but for its last words', () => {
    // It names an end in 105 s, 75 of which are kept.
    const tools = { pgrep: 'echo 1', date: 'case "$*" in *--date=*) echo 1105 ;; *) echo 1000 ;; esac' };
    const { trace, root } = boot({ runner: listening(NOTICE), tools });
    expect(trace).toContain(`spot.notice at=${AT} left=30s`);
    expect(trace).toMatch(/told_to_end because=The spot market takes this instance back/);
    // The one that saw it, and six more.
    expect(looksOf(root)).toBeGreaterThanOrEqual(7);
  });

  test('does not end a job that ends in time', () => {
    const runner = `${NOTICE}; until [[ "$(<"$CI_RUNNER_ROOT/var/log/user-data.log")" == *spot.notice* ]]; do sleep 1; done`;
    const { trace } = boot({ runner, tools: { pgrep: 'echo 1' } });
    expect(trace).toContain('spot.notice');
    expect(trace).not.toContain('told_to_end');
    expect(trace).toContain('runner.ended status=0');
  });

  test('is none when it is not a time', () => {
    const tools = { pgrep: 'echo 1' };
    const { trace } = boot({ runner: `echo '<html>' >"$CI_RUNNER_ROOT/notice"; sleep 1; sleep 1`, tools });
    expect(trace).not.toContain('spot.notice');
  });

  test('is told at once in what a step writes, by the job’s own user', () => {
    const root = mkdtempSync(join(tmpdir(), 'step-'));
    const log = join(root, 'log');
    writeFileSync(log, 'before\n');
    const step = spawn('sleep', ['60'], { stdio: ['ignore', openSync(log, 'r'), 'ignore'] });
    try {
      const tools = { pgrep: `echo ${step.pid}`, date: 'echo 1000' };
      const { calls } = boot({ runner: listening(NOTICE), tools });
      expect(calls).toContainEqual(
        expect.stringMatching(/^timeout --signal=KILL 5 setpriv --reuid=1001 .* bash -c /),
      );
      const [first, second, third] = readFileSync(log, 'utf8').split('\n');
      expect(first).toBe('before');
      expect(second).toMatch(/^::warning::The spot market takes this instance back at 2026-11-21T10:00:00Z/);
      expect(third).toMatch(/^::error::The spot market takes this instance back/);
    } finally {
      step.kill('SIGKILL');
      rmSync(root, { recursive: true });
    }
  });
});

describe('a runner to whom nobody gives a job', () => {
  test('ends its machine by itself', () => {
    const { trace, root } = boot({ runner: listening(), tools: IDLE, values: { idleSeconds: 15 } });
    expect(trace).toContain('told_to_end because=no job came for 15 s');
    expect(looksOf(root)).toBeGreaterThanOrEqual(3);
  });

  test.each([
    ['it has one', { pgrep: 'echo 1' }, 'echo "Listening for Jobs"'],
    ['nobody can tell', { pgrep: 'exit 127' }, 'echo "Listening for Jobs"'],
    ['it is not online yet', IDLE, 'echo Connecting'],
  ])('is left alone when %s', (what, tools, says) => {
    const without = what === 'nobody can tell' ? ['pgrep'] : [];
    const runner = `${says}; for at in 1 2 3 4 5 6 7 8; do sleep 1; done`;
    expect(boot({ runner, tools, without, values: { idleSeconds: 5 } }).trace).not.toContain('told_to_end');
  });
});

test('a runner that never came online has its last words in the trace', () => {
  const { trace } = boot({
    runner: 'echo "The runner registration has been deleted from the server"; exit 0',
  });
  expect(trace).toMatch(/runner\.said The runner registration has been deleted[\s\S]*runner\.ended status=0/);
});
