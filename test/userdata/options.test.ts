import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { boot, removeInstances } from './instance.ts';

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
