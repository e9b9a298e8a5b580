/** What a job used, on an instance of nothing but a folder: who says when, and who is told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { boot, removeInstances } from '../instance.ts';
import { procFiles } from '../proc.ts';

afterEach(removeInstances);

describe('on an instance', () => {
  const files = { ...procFiles(8, 16_000, { busy: 100, idle: 700 }) };
  /** As GitHub runs them; meanwhile the job makes the kernel's clock move. */
  const job = `echo 'Listening for Jobs'
bash -e "$ACTIONS_RUNNER_HOOK_JOB_STARTED" >"$CI_RUNNER_ROOT/job-log"
until [[ -e "$CI_RUNNER_ROOT/opt/ci-runner/usage.new" ]]; do read -t 0.05 <> <(:); done
sed -i 's/^cpu .*/cpu  900 0 0 1500 0 0 0 0 0 0/' "$CI_RUNNER_ROOT/proc/stat"
echo '1003.00 9.00' >"$CI_RUNNER_ROOT/proc/uptime"`;
  const completed = 'bash -e "$ACTIONS_RUNNER_HOOK_JOB_COMPLETED" >>"$CI_RUNNER_ROOT/job-log"';
  const on = { usage: true, hooks: { started: null, completed: null } };
  const logOf = (root: string) => readFileSync(join(root, 'job-log'), 'utf8');

  test("the chart ends the job's log, and the line is in the trace and on the console before the runner has ended", () => {
    const { root, trace, console } = boot({ values: on, files, runner: `${job}\n${completed}` });
    expect(logOf(root)).toMatch(
      /asked for [\s\S]*What this job used[\s\S]*CPU[\s\S]*4\.0 of 8 cores used: the size fits\n\n?$/,
    );
    expect(trace).toMatch(
      /usage\.measured cores=8 memory_gib=16 .*cpu_peak=400 [\s\S]*runner\.ended status=0/,
    );
    expect(console).toContain('usage.measured cores=8');
  });

  test("the operator's own hook comes after the chart", () => {
    const values = { ...on, hooks: { started: null, completed: 'echo the operator' } };
    expect(logOf(boot({ values, files, runner: `${job}\n${completed}` }).root)).toMatch(
      /CPU[\s\S]*the operator\n$/,
    );
  });

  test('a job that is ended before its hook is told in the trace all the same', () => {
    expect(boot({ values: on, files, runner: job }).trace).toMatch(
      /usage\.measured [\s\S]*runner\.ended status=0/,
    );
  });

  test('a runner that got no job tells nothing', () => {
    const { trace } = boot({ values: on, files, runner: "echo 'Listening for Jobs'" });
    expect(trace).not.toContain('usage.');
    expect(trace).toContain('runner.ended status=0');
  });

  test('a job ends well where nothing can be measured', () => {
    const { root, trace } = boot({
      values: on,
      runner: `${job}\n${completed}`.replace(/^(until|sed).*\n/gm, ''),
    });
    expect(logOf(root)).not.toContain('What this job used');
    expect(trace).toContain('runner.ended status=0');
  });

  test('where it is off, there is neither hook nor line', () => {
    const { trace, runner } = boot({ files });
    expect(runner).not.toContain('ACTIONS_RUNNER_HOOK_JOB_COMPLETED');
    expect(trace).not.toContain('usage.');
  });
});
