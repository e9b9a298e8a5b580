/** Archives of actions, brought beside the runner: whole or not at all, and no reason for anything to fail. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { boot, type Circumstances, removeInstances } from './instance.ts';
import { ANSWERS } from './tools.ts';
import { ARCHIVE } from './values.ts';

afterEach(removeInstances);

const url = 'https://ci-runners.oss-cn-hangzhou-internal.aliyuncs.com/actions/bundle.tar';
const sha256 = createHash('sha256').update(ARCHIVE).digest('hex');
const setpriv = `case "$*" in *tar*actions-archives.new) cat >"$CI_RUNNER_ROOT/opt/actions-archives.new/brought"; exit ;; esac
${ANSWERS.setpriv}`;
const brought = (root: string) => existsSync(join(root, 'opt/actions-archives/brought'));
const bring = (more: Circumstances = {}) =>
  boot({
    ...more,
    tools: { setpriv, ...more.tools },
    values: { actions: { url, sha256 }, ...more.values },
  });

test('they are where the runner looks for them, by its own variable', () => {
  const { root, runner, trace } = bring();
  expect(runner).toContain(`ACTIONS_RUNNER_ACTION_ARCHIVE_CACHE=${root}/opt/actions-archives\n`);
  expect(brought(root)).toBe(true);
  expect(trace).toContain('actions.brought');
});

// biome-ignore format: a table reads best as a table.
test.each<[string, Circumstances, RegExp]>([
  ['another checksum', { values: { actions: { url, sha256: 'f'.repeat(64) } } }, /actions\.not_brought because=checksum!/],
  ['a mirror that is away', { tools: { curl: `case "$*" in *bundle.tar*) echo "Failed to connect" >&2; exit 7 ;; esac\n${ANSWERS.curl}` } }, /actions\.not_brought because=mirror_is_away/],
  ['a tar that breaks', { tools: { setpriv: setpriv.replace('exit ;;', 'exit 2 ;;') } }, /actions\.not_brought/],
])('%s: nothing is there, and the job runs', (_what, more, said) => {
  const { root, trace } = bring(more);
  expect(existsSync(join(root, 'opt/actions-archives'))).toBe(false);
  expect(trace).toMatch(said);
  expect(trace).toContain('runner.ended status=0');
  expect(existsSync(join(root, 'steps'))).toBe(true);
});

test('the runner does not wait for them', () => {
  const curl = `case "$*" in *bundle.tar*) until [[ -e "$CI_RUNNER_ROOT/runner-saw" ]]; do sleep 1; done ;; esac\n${ANSWERS.curl}`;
  expect(bring({ tools: { curl } }).trace).toMatch(/runner\.starting[\s\S]*actions\.brought/);
});

test('what the image has stays, and where none are kept nothing is asked', () => {
  const { trace, calls } = bring({ files: { 'opt/actions-archives/acme_own/a.tar.gz': 'its own' } });
  expect(trace).toContain('actions.in_image');
  expect(calls.join('\n')).not.toContain('bundle.tar');
  expect(boot().trace).not.toContain('actions.');
});
