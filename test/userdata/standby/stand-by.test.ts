/** A machine that is made ready to be stopped, and the boot after that. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { userData } from '../../../shared/runner/user-data.ts';
import { boot, removeInstances, SCRIPTS } from '../instance.ts';
import { VALUES } from '../values.ts';
import { bootAgain } from './again.ts';

afterEach(removeInstances);

const FIRST = userData({ ...VALUES, jitConfig: null }, SCRIPTS);
const prepared = (values = {}) =>
  boot({ values: { jitConfig: null, ...values }, files: { 'user-data': FIRST } });

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((each) =>
    each.isFile() ? [join(each.parentPath, each.name)] : [],
  );
}

test('it installs what a job needs, starts no runner, says that it is prepared, and does not end by itself', () => {
  const { root, trace, runner, calls } = prepared({
    extraUserData: 'echo of-the-operator >"$CI_RUNNER_ROOT/extra-ran"',
  });
  // Packages and the runner are fetched side by side: either may be first, and both come before the last word.
  const [before, after] = trace.split('machine.prepared');
  expect(before).toContain('install.done');
  expect(before).toContain('runner.fetched');
  expect(after).toBeDefined();
  expect(runner).toBeNull();
  expect(existsSync(join(root, 'extra-ran')), 'that is the job’s machine’s').toBe(false);
  expect(calls.filter((call) => /poweroff/.test(call))).toEqual([]);
  expect(calls).toContain('systemctl start ci-runner-lifetime.timer ci-runner-boot.timer');
  expect(existsSync(join(root, 'var/lib/cloud/instance/ci-runner-armed'))).toBe(false);
  expect(filesIn(join(root, 'var/lib/cloud')), 'no copy of its user data').toEqual([]);
});

test('its next boot runs the user data of that time, and leaves nothing of how', () => {
  const { root } = prepared();
  const { status, runner } = bootAgain(root, userData(VALUES, SCRIPTS));
  expect(status).toBe(0);
  expect(runner).toContain(`ACTIONS_RUNNER_INPUT_JITCONFIG=${VALUES.jitConfig}`);
  const left = filesIn(root).filter((path) => /ci-runner-start|start\.sh|ci-runner-user-data/.test(path));
  expect(left).toEqual([]);
  expect(readFileSync(join(root, 'var/log/user-data.log'), 'utf8')).toMatch(
    /machine\.prepared.*runner\.in_image.*runner\.online/s,
  );
});

test.each([
  ['what is for its job', userData(VALUES, SCRIPTS), false],
  ['that of its first boot, late metadata having had no other', FIRST, false],
  ['what is for its job, later than our unit', userData(VALUES, SCRIPTS), true],
  ['that of its first boot, later than our unit', FIRST, true],
])('its next boot runs one job where cloud-init has read user data again: %s', (_, read, isLate) => {
  const { root, calls } = prepared();
  const { status, runner } = bootAgain(root, userData(VALUES, SCRIPTS), read, isLate);
  expect(status).toBe(0);
  const armed = (all: readonly string[]) => all.filter((call) => call === 'systemctl daemon-reload').length;
  expect(armed(readFileSync(join(root, 'calls'), 'utf8').split('\n')) - armed(calls)).toBe(1);
  expect(runner).toContain(`ACTIONS_RUNNER_INPUT_JITCONFIG=${VALUES.jitConfig}`);
  const trace = readFileSync(join(root, 'var/log/user-data.log'), 'utf8');
  expect(trace.match(/machine\.prepared/g)).toHaveLength(1);
  const left = filesIn(root).filter((path) => /ci-runner-start|start\.sh|ci-runner-user-data/.test(path));
  expect(left).toEqual([]);
});

test('that of its first boot, read again by cloud-init, arms nothing and prepares nothing a second time', () => {
  const { root, calls } = prepared();
  const { status, runner } = bootAgain(root, FIRST, FIRST);
  expect([status === 0, runner]).toEqual([false, null]);
  const trace = readFileSync(join(root, 'var/log/user-data.log'), 'utf8');
  expect(trace.match(/boot\.began/g)).toHaveLength(1);
  expect(calls.filter((call) => call === 'systemctl daemon-reload')).toHaveLength(1);
});

test.each([
  ['its metadata still has that of its first boot', FIRST],
  ['its metadata has none', ''],
  ['what its metadata has is none of ours', 'true'],
])('it ends without a runner where %s', (_, now) => {
  const { root } = prepared();
  const { status, runner } = bootAgain(root, now);
  expect([status === 0, runner]).toEqual([false, null]);
});

test('a machine whose image was made of one that was ready makes itself ready all the same', () => {
  const { root } = prepared();
  const before = 'opt/ci-runner/start.sh';
  const values = { jitConfig: null, launchedAtSeconds: VALUES.launchedAtSeconds + 86_400 };
  const { trace } = boot({
    values,
    files: {
      'user-data': userData({ ...VALUES, ...values }, SCRIPTS),
      [before]: readFileSync(join(root, before), 'utf8'),
    },
  });
  expect(trace).toContain('machine.prepared');
});

test('user data with a registration has nothing of all this, and is no longer for it', () => {
  expect(userData(VALUES, SCRIPTS).length).toBeLessThan(FIRST.length + VALUES.jitConfig.length);
  expect(FIRST.length).toBeLessThan(16 * 1024);
});
