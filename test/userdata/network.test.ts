/** A machine whose clock, proxy or way to GitHub is bad says so, and does what it can. */
import { afterEach, expect, test } from 'vitest';
import { badNetworkIn } from '../../shared/runner/bad-network.ts';
import { proxyEnvironment } from '../../shared/runner/proxy.ts';
import { boot, removeInstances } from './instance.ts';
import { realJitConfig, VALUES } from './values.ts';

afterEach(removeInstances);

const dayMs = 86_400;
// biome-ignore format: a table reads best as a table.
test.each([
  ['a day behind', -dayMs, true],
  ['eight hours ahead, as one that takes UTC for local time', 8 * 3600, true],
  ['ten minutes ahead: the instance was long in coming', 600, false],
  ['a minute behind', -60, false],
])('a clock that is %s', (_what, off, isSet) => {
  const { launchedAtSeconds } = VALUES;
  const { calls, trace, runner } = boot({ tools: { date: `echo ${launchedAtSeconds + off}` } });
  const set = calls.indexOf(`date --set=@${launchedAtSeconds}`);
  expect(set >= 0).toBe(isSet);
  expect(trace.includes(`clock.set off=${off}s`)).toBe(isSet);
  // Before anything that shows a certificate.
  if (isSet) expect(set).toBeLessThan(calls.findIndex((call) => call.startsWith('curl ')));
  expect(runner).not.toBeNull();
});

test('a clock that may not be set keeps no job from running', () => {
  const date = `case "$*" in *--set*) exit 1 ;; *) echo 1000 ;; esac`;
  expect(boot({ tools: { date } }).trace).toContain('runner.ended status=0');
});

/** It says nothing until told; the look at GitHub comes after the sixth look at the machine. */
const SILENT = `until [[ -e "$CI_RUNNER_ROOT/looked" ]]; do sleep 1; done; exit 0`;
const looking = (answers: string) => `case "$*" in *--head*) echo "$*" >>"$CI_RUNNER_ROOT/heads"
case "$*" in *token.actions*) : >"$CI_RUNNER_ROOT/looked" ;; esac; ${answers} ;;
*100.100.100.200*) exit 22 ;; *) printf %s "$ARCHIVE" ;; esac`;

test('a runner that does not come online has its hosts looked at, each as its registration names it', () => {
  const { trace } = boot({
    values: { jitConfig: realJitConfig() },
    runner: SILENT,
    tools: {
      curl: looking('case "$*" in *broker*) echo "curl: (28) Connection timed out" >&2; exit 28 ;; esac'),
    },
  });
  expect(trace).toMatch(/github\.tried host=github\.com because=reached\n/);
  expect(trace).toMatch(
    /github\.tried host=broker\.actions\.githubusercontent\.com because=no_answer address=20\.205\.243\.166\n/,
  );
  expect(badNetworkIn(trace)).toMatch(
    /^nothing answers its machine at broker\.actions\.githubusercontent\.com/,
  );
});

test('one that is online has nobody asked', () => {
  const { trace } = boot({ values: { jitConfig: realJitConfig() }, tools: { curl: looking('exit 0') } });
  expect(trace).toContain('runner.online');
  expect(trace).not.toContain('github.tried');
});

test('exceptions from the proxy are written as each tool reads them', () => {
  const proxy = {
    http: null,
    https: 'https://me:pw@10.0.0.9:3129',
    noProxy: ['*.corp.example', ' 100.64.0.0/10'],
  };
  const urls = [
    'http://10.2.3.4:4873/',
    'http://100.100.2.148/pypi',
    'https://11.0.0.1/',
    'https://npm.corp.example/',
  ];
  const { no_proxy, NO_PROXY, https_proxy, http_proxy } = proxyEnvironment(proxy, urls);
  expect(no_proxy).toBe(NO_PROXY);
  const all = no_proxy?.split(',') ?? [];
  // curl and the runner take a pattern for a name; apt, git and npm no range.
  expect(all).toContain('.corp.example');
  expect(all).toEqual(expect.arrayContaining(['10.0.0.0/8', '100.64.0.0/10', '10.2.3.4', '100.100.2.148']));
  expect(all).not.toContain('11.0.0.1');
  expect(all).not.toContain('npm.corp.example');
  expect([https_proxy, http_proxy]).toEqual([proxy.https, undefined]);
  expect(proxyEnvironment(null, urls)).toEqual({});
});
