/** The label `debug` on the machine: what the runner says last decides whether it stays. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { boot, type Circumstances, removeInstances } from '../instance.ts';
import { pathOf } from '../tools.ts';

afterEach(removeInstances);

const KEEP = '"$CI_RUNNER_ROOT/run/ci-runner/keep"';
const says = (...lines: string[]) =>
  ['Listening for Jobs', ...lines].map((line) => `echo '2026-11-29 00:00:00Z: ${line}'; sleep 1`).join('; ');
/** What keeps it is taken back once it was seen. */
const SEEN = `if [ -s ${KEEP} ] && [ ! -e "$CI_RUNNER_ROOT/kept" ]; then cp ${KEEP} "$CI_RUNNER_ROOT/kept"; echo 0 >${KEEP}; fi; exec ${pathOf('sleep')} 0.05`;
const debugged = (runner: string, more: Circumstances = {}) =>
  boot({
    runner,
    ...more,
    values: { debugSeconds: 1800, ...more.values },
    tools: { sleep: SEEN, ...more.tools },
  });

test('a job that failed keeps its machine, from then on', () => {
  const { root, calls } = debugged(
    says('Running job: build', 'Job build completed with result: Failed', 'bye'),
  );
  const left = Number(readFileSync(join(root, 'kept'), 'utf8')) - Date.now() / 1000;
  expect(left).toBeGreaterThan(1700);
  expect(left).toBeLessThanOrEqual(1800);
  expect(calls.at(-1)).toBe('systemctl poweroff');
});

// biome-ignore format: a table reads best as a table.
test.each<[string, string, Circumstances]>([
  ['that succeeded', says('Job build completed with result: Succeeded'), {}],
  ['that was cancelled', says('Job build completed with result: Canceled'), {}],
  ['whose name speaks of failure', says('Running job: x completed with result: Failed (again)'), {}],
  ['without the label', says('Job build completed with result: Failed'), { values: { debugSeconds: 0 } }],
])('a job %s does not', (_what, runner, more) => {
  const { root, calls } = debugged(runner, more);
  expect(existsSync(join(root, 'kept'))).toBe(false);
  expect(calls.at(-1)).toBe('systemctl poweroff');
});

test('who kept it for longer before has the last word', () => {
  const runner = `echo 9999999999 >${KEEP}; ${says('Job build completed with result: Failed')}`;
  const { root } = debugged(runner);
  expect(readFileSync(join(root, 'kept'), 'utf8')).toBe('9999999999\n');
});

test('the job’s log says so at its begin and its end, before the operator’s own hooks', () => {
  const { root, runner } = debugged('env >"$CI_RUNNER_ROOT/runner-saw"', {
    values: { hooks: { started: 'echo mine', completed: null } },
  });
  const hook = (name: string) => readFileSync(join(root, `opt/ci-runner/${name}.sh`), 'utf8');
  expect(hook('job-started')).toMatch(/job_started\nprintf 'Label debug: .* 30 minutes[^\n]*\necho mine\n/);
  expect(hook('job-completed')).toContain('npm run keep -- %s 2h');
  expect(runner).toContain('ACTIONS_RUNNER_HOOK_JOB_COMPLETED=');
});
