import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { boot, type Circumstances, removeInstances } from './instance.ts';
import { pathOf } from './tools.ts';

afterEach(removeInstances);

test('a proxy reaches systemd, the runner, sudo and the containers, and never the private network', () => {
  const proxy = { http: 'http://proxy:3128', https: "http://it's:p w@proxy:3128", noProxy: ['.corp'] };
  const { calls, runner, root } = boot({ values: { proxy, docker: true } });
  expect(calls.find((call) => call.startsWith('systemctl set-environment'))).toContain(proxy.https);
  expect(runner).toContain(`https_proxy=${proxy.https}`);
  for (const excepted of ['100.100.100.200', '.aliyuncs.com', '10.0.0.0/8', '.corp'])
    expect(runner).toMatch(new RegExp(`^no_proxy=.*${excepted.replaceAll('.', '\\.')}`, 'm'));
  const containers = JSON.parse(readFileSync(join(root, 'home/runner/.docker/config.json'), 'utf8'));
  expect(containers.proxies.default.httpsProxy).toBe(proxy.https);
  expect(readFileSync(join(root, 'etc/sudoers.d/ci-runner'), 'utf8')).toMatch(
    /env_keep \+= "DEBIAN_FRONTEND .*https_proxy no_proxy/,
  );
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['ID=ubuntu\n', 'apt-get', 'docker.io docker-buildx docker-compose-v2'],
  ['ID=alinux\n', 'dnf', 'docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin'],
])('docker that is missing on %j comes with buildx and compose', (os, installer, packages) => {
  const { calls, trace, root } = boot({
    os, values: { docker: true, registryMirror: 'https://mirror.example' }, without: installer === 'dnf' ? ['dockerd', 'apt-get'] : ['dockerd'],
  });
  expect(calls.filter((call) => call.startsWith(installer)).join('\n')).toContain(packages);
  expect(calls).toContain('usermod --append --groups docker runner');
  expect(trace).toContain('docker.ready');
  expect(readFileSync(join(root, 'etc/docker/daemon.json'), 'utf8')).toContain('"https://mirror.example"');
});

const LACKING = (...plugins: readonly string[]) =>
  `case "$1" in ${plugins.join(' | ')}) echo "docker: '$1' is not a docker command." >&2; exit 1 ;; esac`;
const KEY = '1500c1f56fa9e26b9b8f42452a553675796ade0807cdce11975eb98170b3a570';
// biome-ignore format: a table reads best as a table.
test.each<[string, string, string, Circumstances, string | null]>([
  ['Ubuntu', 'both', LACKING('buildx', 'compose'), { os: 'ID=ubuntu\n' }, 'docker-buildx docker-compose-v2'],
  ['Ubuntu', 'compose', LACKING('compose'), { os: 'ID=ubuntu\n' }, 'docker-compose-v2'],
  ['Ubuntu', 'nothing', 'exit 0', { os: 'ID=ubuntu\n' }, null],
  ['Debian', 'both', LACKING('buildx', 'compose'), { os: 'ID=debian\nVERSION_CODENAME=trixie\n', tools: { sha256sum: `case "$*" in *--check*) read -r line; case $line in ${KEY}*) exit 0 ;; esac; exit 1 ;; esac; exec ${pathOf('sha256sum')} "$@"` } }, 'docker-buildx-plugin docker-compose-plugin'],
  ['Alibaba Cloud Linux', 'buildx', LACKING('buildx'), { os: 'ID=alinux\n', without: ['apt-get'] }, 'docker-buildx-plugin'],
])("an image's own docker on %s that lacks %s is given that alone", (_system, _what, docker, circumstances, packages) => {
  const { calls, trace, root } = boot({ ...circumstances, values: { docker: true }, tools: { docker, ...circumstances.tools } });
  const installs = calls.filter((call) => /^(apt-get|dnf) .*install /.test(call) && !call.includes('only'));
  expect(installs.map((call) => call.replace(/.* install /, ''))).toEqual(packages === null ? [] : [packages]);
  // By Docker's own packages, which are signed with the key that we know; Ubuntu has its own.
  const [deb, rpm] = ['etc/apt/sources.list.d/docker.list', 'etc/yum.repos.d/docker-ce.repo'].map((file) => existsSync(join(root, file)));
  expect([deb, rpm]).toEqual([_system === 'Debian', _system === 'Alibaba Cloud Linux']);
  expect(trace).toContain('docker.ready');
});

test('without its mirror the image’s own docker serves, and the job is told what it lacks', () => {
  const docker = LACKING('buildx');
  const os = 'ID=debian\nVERSION_CODENAME=trixie\n';
  const { trace, root } = boot({ os, values: { docker: true }, tools: { docker } });
  expect(trace).toContain('packages.missing docker-buildx-plugin');
  expect(readFileSync(join(root, 'job-log'), 'utf8')).toContain('not be installed: docker-buildx-plugin');
  expect(trace).toContain('docker.ready');
});

test('on Debian the repository of docker is trusted only with the key that we know', () => {
  const { calls, trace } = boot({
    os: 'ID=debian\nVERSION_CODENAME=bookworm\n',
    values: { docker: true },
    without: ['dockerd'],
  });
  expect(trace).not.toContain('docker.ready');
  expect(calls.at(-1)).toBe('systemctl poweroff');
});

test('an instance with a role asks for its own deletion in a call signed with its temporary credentials', () => {
  const keys = { AccessKeyId: 'STS.id', AccessKeySecret: 'temporary', SecurityToken: 'tok/en+=' };
  const { calls, root } = boot({
    values: {
      selfDestruct: { roleName: 'deleter', ecsEndpoint: 'https://ecs-vpc.cn-hangzhou.aliyuncs.com' },
    },
    inImage: '2.336.0',
    tools: {
      curl: `case "$*" in *security-credentials/deleter) echo '${JSON.stringify(keys)}' ;; *instance-id) echo i-bp1 ;; *termination*) exit 22 ;;
*ecs-vpc*) cat >"$CI_RUNNER_ROOT/deletion" ;; *) echo token ;; esac`,
    },
  });
  const sent = new URLSearchParams(readFileSync(join(root, 'deletion'), 'utf8').trimEnd());
  expect(sent.get('InstanceId')).toBe('i-bp1');
  expect(sent.get('SecurityToken')).toBe(keys.SecurityToken);
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const query = [...sent]
    .filter(([name]) => name !== 'Signature')
    .sort()
    .map(([name, value]) => `${encode(name)}=${encode(value)}`);
  const signed = createHmac('sha1', `${keys.AccessKeySecret}&`)
    .update(`POST&%2F&${encode(query.join('&'))}`)
    .digest('base64');
  expect(sent.get('Signature')).toBe(signed);
  expect(calls.join('\n')).not.toContain(keys.AccessKeySecret);
  expect(calls.at(-1)).toBe('systemctl poweroff');
});
