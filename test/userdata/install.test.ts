/** What a machine is given before its first job, on whatever image. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { boot, removeInstances } from './instance.ts';

afterEach(removeInstances);

const text = (root: string, path: string) => readFileSync(join(root, path), 'utf8');

describe('what would disturb a job', () => {
  test('is masked before anything runs, on an image that lacks nothing, too', () => {
    const { calls } = boot({ inImage: '2.336.0' });
    const [mask = ''] = calls.filter((call) => call.includes(' mask '));
    for (const unit of ['apt-daily', 'apt-daily-upgrade', 'dnf-makecache'])
      expect(mask).toMatch(new RegExp(` ${unit}\\.timer ${unit}\\.service\\b`));
    for (const unit of ['dnf-automatic-install.timer', 'yum-cron.service']) expect(mask).toContain(unit);
    expect(mask).toContain('unattended-upgrades.service');
    expect(calls.indexOf(mask)).toBeLessThan(calls.indexOf('systemctl --no-block start ci-runner.service'));
  });

  test('needrestart restarts nothing of ours, and nothing at all during our own installation', () => {
    const suspended = 'echo "suspended=$NEEDRESTART_SUSPEND" >>"$CI_RUNNER_ROOT/apt"';
    const { root } = boot({ without: ['jq'], tools: { 'apt-get': suspended } });
    expect(text(root, 'etc/needrestart/conf.d/zz-ci-runner.conf')).toBe(
      '$nrconf{override_rc}->{qr(^ci-runner)} = 0;\n',
    );
    expect(new Set(text(root, 'apt').trimEnd().split('\n'))).toEqual(new Set(['suspended=1']));
  });
});

describe('the user', () => {
  const passwd = (gid: number, home: string) =>
    `case "$1" in group) exit 0 ;; *) echo "runner:x:1001:${gid}::$CI_RUNNER_ROOT${home}:/bin/sh" ;; esac`;
  // biome-ignore format: a table reads best as a table.
  test.each([
    ['nothing', { id: 'exit 1', getent: passwd(1001, '/home/runner').replace('exit 0', 'exit 2') }, /^useradd --create-home --shell \/bin\/bash runner$/m],
    ['a group of that name', { id: 'exit 1', getent: passwd(500, '/home/runner') }, /^useradd .*--gid runner runner$/m],
    ['a home that belonged to another', { stat: 'echo 777' }, /^chown --recursive 1001:1001 .*\/home\/runner$/m],
    ['the user in another group', { getent: passwd(998, '/home/runner') }, /--regid=998 .*\.\/run\.sh$/m],
    ['the user with another home', { getent: passwd(1001, '/srv/ci') }, /^id runner$/m],
  ])('is made of what an image has: %s', (_what, tools, call) => {
    const { calls, runner, trace, root } = boot({ tools });
    expect(calls.join('\n')).toMatch(call);
    const home = _what.includes('another home') ? '/srv/ci' : '/home/runner';
    expect(runner).toContain(`\nHOME=${root}${home}\n`);
    expect(runner).toMatch(new RegExp(`^PATH=${root}${home}/\\.local/bin:`, 'm'));
    expect(trace).toContain('runner.ended status=0');
    if (!_what.startsWith('nothing') && !_what.startsWith('a group')) expect(calls.join('\n')).not.toMatch(/^useradd/m);
  });

  test('has user ids to give to containers, and keeps those that it has', () => {
    expect(text(boot().root, 'etc/subuid')).toBe('\nrunner:1000000000:65536\n');
    const files = {
      'etc/subuid': 'ada:100000:65536\nrunner:165536:65536\n',
      'etc/subgid': 'ada:100000:65536\n',
    };
    const { root } = boot({ files });
    expect(text(root, 'etc/subuid')).toBe(files['etc/subuid']);
    expect(text(root, 'etc/subgid')).toBe('ada:100000:65536\nrunner:1000000000:65536\n');
    const other = boot({ files: { 'etc/subuid': 'gitlab-runner:100000:65536\n' } });
    expect(text(other.root, 'etc/subuid')).toBe('gitlab-runner:100000:65536\nrunner:1000000000:65536\n');
  });

  test('has one time zone, in both places where Debian keeps it', () => {
    const { root } = boot({ files: { 'etc/timezone': 'Asia/Shanghai\n' } });
    expect(text(root, 'etc/timezone')).toBe('Etc/UTC\n');
    expect(existsSync(join(boot().root, 'etc/timezone'))).toBe(false);
  });
});

describe('what a job finds', () => {
  test('the tool cache where prebuilt tools want it, and it is the job’s', () => {
    const { runner, root, calls } = boot();
    const cache = join(root, 'opt/hostedtoolcache');
    expect(runner).toContain(`AGENT_TOOLSDIRECTORY=${cache}\n`);
    expect(runner).toContain(`RUNNER_TOOL_CACHE=${cache}\n`);
    expect(statSync(cache).isDirectory()).toBe(true);
    expect(calls).toContain(
      `find -H ${cache} -maxdepth 2 -type d -execdir chown --no-dereference runner: {} +`,
    );
  });

  test('the variables of the image, read and not run, and none of our unit', () => {
    const environment = [
      '# a comment',
      'JAVA_HOME=/opt/java',
      'export QUOTED="two words"',
      "SINGLE='$(touch /tmp/x)'",
      'PATH="/image/bin:/usr/bin"',
      'AGENT_TOOLSDIRECTORY=/image/tools',
      'HOME=/elsewhere',
      'ZONE=theirs',
      'not a line',
      'LAST=without a newline',
    ].join('\n');
    const { runner, root } = boot({ files: { 'etc/environment': environment }, keepPath: true });
    for (const line of [
      'JAVA_HOME=/opt/java',
      'QUOTED=two words',
      'SINGLE=$(touch /tmp/x)',
      'AGENT_TOOLSDIRECTORY=/image/tools',
      'RUNNER_TOOL_CACHE=/image/tools',
      'ZONE=theirs',
      'LAST=without a newline',
    ])
      expect(runner).toContain(`\n${line}\n`);
    expect(runner).toMatch(/^PATH=.*\/home\/runner\/\.local\/bin:\/image\/bin:\/usr\/bin$/m);
    expect(runner).toContain(`\nHOME=${root}/home/runner\n`);
    expect(runner).not.toMatch(/^(INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID)=/m);
  });

  test('the PATH that the image has for its runner, also when the runner is a newer one', () => {
    for (const inImage of ['2.336.0', '2.300.0']) {
      const { runner } = boot({
        inImage,
        files: { 'opt/actions-runner/.path': '/made/for/it:/bin\n' },
        keepPath: true,
      });
      expect(runner).toMatch(/^PATH=.*\/\.local\/bin:\/made\/for\/it:\/bin$/m);
    }
  });

  test('apt-get that asks nothing, and time in UTC', () => {
    const { root } = boot();
    const apt = text(root, 'etc/apt/apt.conf.d/90ci-runner');
    for (const setting of [
      'Assume-Yes "true"',
      'Acquire::Retries "3"',
      'Lock::Timeout "120"',
      '--force-confold',
    ])
      expect(apt).toContain(setting);
    expect(text(root, 'etc/sysctl.d/90-ci-runner.conf')).toContain('vm.max_map_count=262144');
  });

  test('a completed hook only where there is one to run', () => {
    expect(boot().runner).not.toContain('ACTIONS_RUNNER_HOOK_JOB_COMPLETED');
    const hooks = { started: null, completed: 'echo over' };
    expect(boot({ values: { hooks } }).runner).toContain('ACTIONS_RUNNER_HOOK_JOB_COMPLETED');
  });
});

describe('docker', () => {
  const values = { docker: true, registryMirror: 'https://mirror.example' };

  test('starts beside the runner, and the job waits for it', () => {
    const systemctl = `if [[ "$*" = "restart docker.service" ]]; then until [[ -e "$CI_RUNNER_ROOT/runner-saw" ]]; do sleep 1; done; sleep 1; fi`;
    const { trace, root } = boot({ values, tools: { systemctl } });
    expect(trace).toMatch(/runner\.starting[\s\S]*docker\.ready/);
    expect(existsSync(join(root, 'steps'))).toBe(true);
  });

  test('that does not start ends the job before its first step, with its reason', () => {
    const systemctl = `if [[ "$*" = "start docker.service" ]]; then until [[ -e "$CI_RUNNER_ROOT/runner-saw" ]]; do sleep 1; done; exit 1; fi`;
    const runner =
      'trap "exit 3" TERM; echo "Listening for Jobs"; env >"$CI_RUNNER_ROOT/runner-saw"; for ((;;)); do read -t 0.05 <> <(:); done';
    const { trace } = boot({ values: { docker: true }, tools: { systemctl }, runner });
    expect(trace).toMatch(/told_to_end because=Docker does not start[\s\S]*runner\.ended status=3/);
  });

  test('keeps what the image says in its settings', () => {
    const real = { jq: 'echo merged; cat >/dev/null' };
    const files = { 'etc/docker/daemon.json': '{"data-root":"/data"}' };
    const { root, calls } = boot({ values, files, tools: real });
    expect(text(root, 'etc/docker/daemon.json')).toBe('merged\n');
    expect(calls).toContainEqual(expect.stringMatching(/^jq --slurp \.\[0\] \* \.\[1\] .*daemon\.json -$/));
    const without = boot({ values, files, tools: { jq: 'exit 127' } });
    expect(text(without.root, 'etc/docker/daemon.json')).toBe(files['etc/docker/daemon.json']);
    expect(without.trace).toContain('docker.settings_left');
  });
});

describe('extra user data', () => {
  test('whose command reads its input swallows nothing, and the first failure ends it', () => {
    const extra = (lines: string) => boot({ values: { extraUserData: lines } });
    const all = extra(
      'echo first >"$CI_RUNNER_ROOT/did"\ncat >/dev/null\necho second >>"$CI_RUNNER_ROOT/did"',
    );
    expect(text(all.root, 'did')).toBe('first\nsecond\n');
    const failing = extra('false\necho on >"$CI_RUNNER_ROOT/did"');
    expect(existsSync(join(failing.root, 'did'))).toBe(false);
    expect(failing.runner).toBeNull();
  });
});

test('a machine that was rebooted is stopped; an image that is made of its disk is not', () => {
  const armed = 'var/lib/cloud/instance/ci-runner-armed';
  const { trace, calls } = boot({ files: { [armed]: '' } });
  expect(trace).toContain('machine.rebooted');
  expect(calls.at(-1)).toBe('systemctl poweroff');
  expect(calls.join('\n')).not.toContain('ci-runner.service');
  // cloud-init makes a folder for each instance; what is in the image is the other one's.
  const { root, runner } = boot({ files: { 'var/lib/cloud/instances/i-old/ci-runner-armed': '' } });
  expect(runner).not.toBeNull();
  expect(text(root, 'etc/systemd/system/ci-runner-rebooted.service')).toContain(
    `ConditionPathExists=/${armed}\n`,
  );
});
