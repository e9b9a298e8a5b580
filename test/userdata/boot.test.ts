import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { boot, type Circumstances, removeInstances, SCRIPTS } from './instance.ts';
import { ANSWERS, pathOf } from './tools.ts';
import { VALUES } from './values.ts';

afterEach(removeInstances);

const downloads = (calls: readonly string[]) => calls.filter((call) => /^(curl|apt-get|dnf) /.test(call));

describe('the straight path', () => {
  test('arms both deadlines and the guard against a reboot before it does anything else', () => {
    const { calls, root } = boot();
    expect(calls.slice(0, 6)).toEqual([
      'systemctl --quiet --no-reload enable ci-runner-rebooted.service',
      expect.stringMatching(/^systemctl --quiet --no-reload mask .*apt-daily-upgrade\.service/),
      expect.stringMatching(/^systemctl --quiet --no-block stop .*apt-daily-upgrade\.service/),
      'systemctl daemon-reload',
      'systemctl start ci-runner-lifetime.timer ci-runner-boot.timer',
      'systemctl --no-block start ci-runner.service',
    ]);
    const unit = (name: string) => readFileSync(join(root, 'run/systemd/system', name), 'utf8');
    expect(unit('ci-runner-lifetime.timer')).toContain(
      'DefaultDependencies=no\n[Timer]\nOnActiveSec=23220\n',
    );
    expect(unit('ci-runner-lifetime.service')).toContain('bash /run/ci-runner/stay.sh; echo');
    expect(unit('ci-runner-boot.timer')).toContain('OnActiveSec=540\n');
  });

  test('runs one job as user runner and then stops the instance', () => {
    const { calls, trace } = boot();
    expect(calls).toContainEqual(
      expect.stringMatching(/^setpriv --reuid=1001 --regid=1001 --init-groups env .*\.\/run\.sh$/),
    );
    expect(calls.at(-1)).toBe('systemctl poweroff');
    expect(trace).toContain('runner.ended status=0');
  });

  test('costs one download for the runner, and none when the image holds it', () => {
    const fetched = boot();
    expect(downloads(fetched.calls)).toHaveLength(1);
    expect(fetched.trace).toContain('runner.fetched host=ci-runners.oss-cn-hangzhou-internal.aliyuncs.com');
    const inImage = boot({ inImage: '2.335.1', values: { docker: true } });
    expect(downloads(inImage.calls)).toEqual([]);
    expect(inImage.runner).not.toBeNull();
  });

  test('fetches a runner when the one in the image is too old for GitHub', () => {
    expect(downloads(boot({ inImage: '2.300.0' }).calls)).toHaveLength(1);
  });

  test('writes the same trace to the log and to the console, and nothing secret to either', () => {
    const { trace, console } = boot();
    expect(console).toBe(trace);
    expect(trace).not.toContain(VALUES.jitConfig.slice(0, 40));
  });

  test('gives the runner its registration by the environment, and no tool by its arguments', () => {
    const { runner, calls } = boot();
    expect(runner).toContain(`ACTIONS_RUNNER_INPUT_JITCONFIG=${VALUES.jitConfig}`);
    expect(calls.join('\n')).not.toContain(VALUES.jitConfig.slice(0, 40));
  });

  test('leaves no copy of the user data behind once the runner is started', () => {
    const { root } = boot();
    expect(existsSync(join(root, 'var/lib/cloud/instances/i-1/user-data.txt'))).toBe(false);
    expect(existsSync(join(root, 'run/ci-runner/run.sh'))).toBe(false);
  });

  test('tells each step and the job log what it runs on', () => {
    const { runner, root } = boot();
    for (const line of ['RUNNER_CPU_CORES=8', 'RUNNER_MEMORY_GIB=16', 'RUNNER_CAPACITY_TYPE=spot']) {
      expect(runner).toContain(line);
      expect(readFileSync(join(root, 'github-env'), 'utf8')).toContain(line);
    }
    const log = readFileSync(join(root, 'job-log'), 'utf8');
    expect(log).toContain(
      'ecs.c8y.2xlarge in cn-hangzhou-k: 8 cores, 16 GiB, spot at 0.31 an hour, 75 % under',
    );
    expect(log).toMatch(/This machine was asked for \d+ s ago: 4 s to the launch, /);
  });
});

// biome-ignore format: a table reads best as a table.
const failures: [what: string, circumstances: Circumstances][] = [
  ['the deadlines cannot be armed', { tools: { systemctl: '[ "$1" != start ]' } }],
  ['the unit cannot be started', { tools: { systemctl: '[ "$1" != --no-block ]' } }],
  ['the reboot guard cannot be enabled', { tools: { systemctl: '[ "$3" != enable ]' } }],
  ['systemd cannot be reloaded', { tools: { systemctl: '[ "$1" != daemon-reload ]' } }],
  ['the disk is full', { tools: { mkdir: 'exit 1' } }],
  ['the user cannot be made', { tools: { id: 'exit 1' } }],
  ['the firewall refuses', { tools: { nft: 'exit 1' } }],
  ['there is no firewall at all', { without: ['nft', 'iptables'] }],
  ['mirror and GitHub are down', { tools: { curl: 'exit 7' } }],
  ['the checksum is wrong', { values: { runner: { ...VALUES.runner, sha256: '0'.repeat(64) } } }],
  ['the archive cannot be unpacked', { tools: { setpriv: 'exit 2' } }],
  ['a missing package cannot be had', { without: ['git'], tools: { 'apt-get': 'exit 100' } }],
  ['docker cannot be started', { values: { docker: true }, tools: { systemctl: '[ "$*" != "start docker.service" ]' } }],
  ['extra user data fails', { values: { extraUserData: 'false' } }],
  ['the registration is refused', { runner: 'exit 1' }],
  ['the runner is killed', { runner: 'kill -KILL $$' }],
  ['the metadata service is gone', { tools: { curl: 'exit 7' }, inImage: '2.336.0' }],
  ['the console cannot be written', { tools: { tee: 'exit 1' } }],
];

test.each(failures)('when %s the last thing asked for is that the instance stops', (_what, circumstances) => {
  expect(boot(circumstances).calls.at(-1)).toBe('systemctl poweroff');
});

test('a poweroff that is refused is forced', () => {
  const { calls } = boot({ tools: { systemctl: '[ "$1" != poweroff ]' } });
  expect(calls.slice(-2)).toEqual(['systemctl poweroff', 'systemctl --force poweroff']);
});

test('a mirror that is down or wrong is followed by GitHub', () => {
  const { trace, runner } = boot({
    tools: {
      curl: 'case "$*" in *aliyuncs.com*) exit 22 ;; *100.100.100.200*) ;; *) printf %s "$ARCHIVE" ;; esac',
    },
  });
  expect(trace).toContain('runner.not_fetched host=ci-runners.oss-cn-hangzhou-internal.aliyuncs.com');
  expect(trace).toContain('runner.fetched host=github.com');
  expect(runner).not.toBeNull();
});

test('a library that is there is not fetched, however long the list is that it stands in', () => {
  const ldconfig = "echo '\tlibicuuc.so.72'; printf '%s\\n' {1..60000}";
  expect(downloads(boot({ inImage: '2.336.0', tools: { ldconfig } }).calls)).toEqual([]);
});

test('no script pipes into what leaves before it has read all: under pipefail that is a failure, now and then', () => {
  for (const script of Object.values(SCRIPTS))
    expect(script).not.toMatch(/\|\s*(?:head|grep\b.*(?:\s-q|--quiet|-m|--max-count)|read\b|sed\b.*q)/);
});

/** As on a machine with much to do: it goes on when the power is off. */
const LATE = `until grep -q '^systemctl poweroff' "$CI_RUNNER_ROOT/calls"; do read -t 0.02 <> <(:); done; :`;
// biome-ignore format: a table reads best as a table.
test.each<[string, Circumstances]>([
  ['the start of docker', { runner: 'exit 0', values: { docker: true }, tools: { systemctl: `case "$*" in 'start docker.service') ${LATE} ;; esac` } }],
  ['the wait for cloud-init', { runner: 'exit 0', tools: { timeout: `${LATE}; ${ANSWERS.timeout}` } }],
  ['the watch over what the runner says', { runner: "echo 'Listening for Jobs'", tools: { tee: `case "$*" in *user-data.log*) read -r line; case $line in *online*) ${LATE} ;; esac ;; *) exec ${pathOf('tee')} "$@" ;; esac` } }],
  ['what is installed', { values: { runner: { ...VALUES.runner, sha256: '0'.repeat(64) } }, tools: { find: LATE } }],
])('%s goes on beside the story, and may be the slower one', (_what, circumstances) => {
  expect(boot(circumstances).calls.at(-1)).toBe('systemctl poweroff');
});
