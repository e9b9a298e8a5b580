/** What a job cannot reach, and what is left of it in the end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { boot, removeInstances } from './instance.ts';

afterEach(removeInstances);

/** A process that ends by itself in a minute. */
const sleeper = (): ChildProcess => spawn('sleep', ['60'], { stdio: 'ignore' });

describe('the walls', () => {
  test('metadata is closed before the runner or any extra user data starts', () => {
    const { calls } = boot({ values: { extraUserData: 'dnf is-the-extra' } });
    const order = ['nft --file -', 'dnf is-the-extra', /^setpriv --reuid=1001 .*\.\/run\.sh$/];
    const at = order.map((one) => calls.findIndex((call) => call.match(one) !== null));
    expect(at).toEqual([...at].sort((one, two) => one - two));
    expect(at).not.toContain(-1);
  });

  test('metadata is closed for whoever is not root, at both of its addresses, and for what is forwarded', () => {
    const { root } = boot({ tools: { nft: 'cat >"$CI_RUNNER_ROOT/rules"' } });
    const rules = readFileSync(join(root, 'rules'), 'utf8');
    expect(rules).toContain('ip daddr 100.100.100.200 drop; ip6 daddr fd00:100::100:200 drop;');
    expect(rules).toMatch(/hook output .*meta skuid 0 accept; meta l4proto ipv6-icmp accept; jump metadata;/);
    expect(rules).toMatch(/hook forward .*jump metadata;/);
    expect(rules).not.toContain('1001');
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    [false, ['iptables 100.100.100.200']],
    [true, ['iptables 100.100.100.200', 'ip6tables fd00:100::100:200']],
  ])('where there is no nft, by iptables; the kernel has IPv6: %s', (hasIpv6, closed) => {
    const { calls } = boot({ without: ['nft'], ...(hasIpv6 ? { files: { 'proc/net/if_inet6': '' } } : {}) });
    expect(calls.filter((call) => /^ip6?tables/.test(call))).toEqual(
      closed.map((each) => each.split(' ')).flatMap(([tool, address]) => [
        // Neighbour discovery, which the kernel does by itself.
        ...(tool === 'ip6tables' ? [`${tool} --table mangle --append OUTPUT --protocol ipv6-icmp --jump ACCEPT`] : []),
        `${tool} --table mangle --append OUTPUT --destination ${address} --match owner ! --uid-owner 0 --jump DROP`,
        `${tool} --table mangle --append FORWARD --destination ${address} --jump DROP`,
      ]),
    );
  });

  test('metadata stays open only when the operator says so', () => {
    expect(boot({ values: { metadata: 'open' } }).calls.join('\n')).not.toMatch(/^nft|^iptables/m);
  });

  test.each([true, false])('with sudo %s the rule for it is there or not', (sudo) => {
    expect(existsSync(join(boot({ values: { sudo } }).root, 'etc/sudoers.d/ci-runner'))).toBe(sudo);
  });

  // Files and groups of an image that was made of a machine of ours.
  const rule = { 'etc/sudoers.d/ci-runner': 'runner ALL=(ALL) NOPASSWD:ALL\n' };
  const inDocker = (members: string) =>
    `case "$1" in group) echo "docker:x:999:${members}" ;; *) echo "runner:x:1001:1001::$CI_RUNNER_ROOT/home/runner:/bin/bash" ;; esac`;

  test('what an image brings from an earlier boot allows nothing: sudo false is a wall there, too', () => {
    expect(
      existsSync(join(boot({ files: rule, values: { sudo: false } }).root, Object.keys(rule)[0] ?? '')),
    ).toBe(false);
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['runner', true],
    ['ada,runner', true],
    ['runner,ada', true],
    ['ada,gitlab-runner', false],
    ['', false],
  ])('of the group docker of an image with %j, the runner is no longer where docker is false', (members, leaves) => {
    const { calls, runner } = boot({ tools: { getent: inDocker(members) }, values: { docker: false } });
    expect(calls.includes('gpasswd --delete runner docker')).toBe(leaves);
    expect(runner).not.toBeNull();
  });

  test('a group that it cannot be taken out of ends the boot; where docker is wanted it is in it again', () => {
    const getent = inDocker('runner');
    expect(boot({ tools: { getent, gpasswd: 'exit 1' } }).runner).toBeNull();
    const { calls } = boot({ tools: { getent }, values: { docker: true } });
    const at = ['gpasswd --delete runner docker', 'usermod --append --groups docker runner'].map((call) =>
      calls.indexOf(call),
    );
    expect(at).toEqual([...at].sort((one, two) => one - two));
    expect(at).not.toContain(-1);
  });

  // biome-ignore format: a table reads best as a table.
  test.each(['/', '', '/home', '/home/..', '/home//', '/var/lib', '/opt', '/usr/local', '/nonexistent'])('what is the system’s does not become the runner’s where its home is %j: it gets one of its own', (home) => {
    const getent = `case "$1" in group) exit 2 ;; *) echo "runner:x:1001:1001::$CI_RUNNER_ROOT${home}:/bin/sh" ;; esac`;
    const { calls, runner, root } = boot({ tools: { getent, stat: 'echo 0' } });
    expect(calls).toContain(`usermod --home ${root}/home/runner runner`);
    expect(calls.filter((call) => call.startsWith('chown --recursive '))).toEqual([`chown --recursive 1001:1001 ${root}/home/runner`]);
    expect(runner).toContain(`\nHOME=${root}/home/runner\n`);
  });

  test('all that the job left behind is killed before the power goes, whatever user it has become', async () => {
    const [left, daemon] = [sleeper(), sleeper()];
    const killedBy = once(left, 'exit').then(([, signal]) => signal);
    try {
      const { calls } = boot({ tools: { ps: `echo "${left.pid} 100005"; echo "${daemon.pid} 0"` } });
      const [killed, off] = ['systemctl kill --signal=KILL ci-runner-job.scope', 'systemctl poweroff'];
      expect(calls.indexOf(killed)).toBeGreaterThan(calls.findIndex((call) => call.endsWith('./run.sh')));
      expect(calls.lastIndexOf(off)).toBeGreaterThan(calls.indexOf(killed));
      expect(await killedBy).toBe('SIGKILL');
      expect(daemon.signalCode).toBeNull();
    } finally {
      for (const each of [left, daemon]) each.kill('SIGKILL');
    }
  });

  test('the runner is in a scope of its own, so that its end is the end of all that it started', () => {
    expect(boot().calls).toContainEqual(
      expect.stringMatching(/^systemd-run --quiet --scope --unit=ci-runner-job .* setpriv .*\.\/run\.sh$/),
    );
  });

  test('what the runner says once a job may have come is read by nobody’s user, and reaches no log', () => {
    const { trace, root } = boot({
      runner: "echo 'Listening for Jobs'; echo 'Job x completed with result: FORGED'; sleep 1",
    });
    expect(trace).toContain('runner.online');
    expect(trace).not.toContain('FORGED');
    const calls = readFileSync(join(root, 'calls'), 'utf8').split('\n');
    expect(calls).toContain('setpriv --reuid=65534 --regid=65534 --clear-groups cat');
  });
});
