/** Where a job's tools fetch from, on a machine of the mainland. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { machineMirrors } from '../../shared/runner/package-mirrors.ts';
import { userData } from '../../shared/runner/user-data.ts';
import { boot, type Circumstances, removeInstances, SCRIPTS } from './instance.ts';
import { VALUES } from './values.ts';

afterEach(removeInstances);

const MAINLAND = machineMirrors('cn-hangzhou', null);
const own = (mirrors: Parameters<typeof machineMirrors>[1]) => machineMirrors('cn-hongkong', mirrors);
const at = (root: string, path: string) => readFileSync(join(root, path), 'utf8');
const online = (more: Circumstances = {}) => boot({ ...more, values: { mirrors: MAINLAND, ...more.values } });

const SOURCES = `Types: deb
URIs: http://cn.archive.ubuntu.com/ubuntu http://ports.ubuntu.com/ubuntu-ports
Suites: noble
URIs: https://security.ubuntu.com/ubuntu/
`;

describe('by region', () => {
  // biome-ignore format: a table reads best as a table.
  test.each([
    ['cn-hangzhou', null, 'pip go maven cargo', 'http://mirrors.cloud.aliyuncs.com', null],
    ['cn-hongkong', null, '', null, null],
    ['ap-southeast-1', null, '', null, null],
    ['cn-beijing', 'none', '', null, null],
    ['ap-southeast-1', 'aliyun', 'pip go maven cargo', 'http://mirrors.cloud.aliyuncs.com', null],
    ['cn-hangzhou', { pip: 'none', npm: 'https://npm.corp' }, 'npm go maven cargo', 'http://mirrors.cloud.aliyuncs.com', null],
    ['cn-hongkong', { apt: 'http://apt.corp/', docker: 'https://hub.corp' }, '', 'http://apt.corp', 'https://hub.corp'],
  ] as const)('%s with %j', (region, written, tools, apt, docker) => {
    const { files, ...rest } = machineMirrors(region, written);
    expect(files.map(({ tool }) => tool).join(' ')).toBe(tools);
    expect(rest).toEqual({ apt, docker });
  });
});

test('each tool has its mirror where it reads it, as the runner’s user, and the job’s log says which', () => {
  const { root, calls, runner } = online({ files: { 'etc/apt/sources.list.d/ubuntu.sources': SOURCES } });
  const home = (path: string) => at(root, `home/runner/${path}`);
  expect(home('.config/pip/pip.conf')).toBe(
    '[global]\nindex-url = http://mirrors.cloud.aliyuncs.com/pypi/simple/\ntrusted-host = mirrors.cloud.aliyuncs.com\n',
  );
  expect(home('.config/go/env')).toBe(
    'GOPROXY=http://mirrors.cloud.aliyuncs.com/goproxy/|direct\nGOSUMDB=sum.golang.google.cn\n',
  );
  expect(home('.m2/settings.xml')).toContain('<mirrorOf>central</mirrorOf><url>https://maven.aliyun.com/');
  expect(home('.cargo/config.toml')).toContain('"sparse+https://mirrors.aliyun.com/crates.io-index/"');
  expect(existsSync(join(root, 'home/runner/.npmrc'))).toBe(false);
  const writers = calls.filter((call) => call.startsWith('setpriv') && call.includes(' mkdir '));
  expect(writers.length).toBe(4);
  expect(runner).not.toBeNull();
  const log = at(root, 'job-log');
  expect(log).toContain('pip=http://mirrors.cloud.aliyuncs.com/pypi/simple/');
  expect(log).toMatch(
    /^Mirrors, where this job names no others: pip=\S+ go=\S+ maven=\S+ cargo=\S+ apt=\S+$/m,
  );
});

test('without mirrors nothing is written, and the script for it is not on its way', () => {
  const { root } = boot({ files: { 'etc/apt/sources.list.d/ubuntu.sources': SOURCES } });
  expect(at(root, 'etc/apt/sources.list.d/ubuntu.sources')).toBe(SOURCES);
  expect(existsSync(join(root, 'home/runner/.config'))).toBe(false);
  expect(at(root, 'job-log')).not.toContain('Mirrors');
  const scriptOf = (mirrors: typeof MAINLAND) => {
    const packed = userData({ ...VALUES, mirrors }, SCRIPTS).split('SCRIPTS | gzip --decompress\n')[1] ?? '';
    return gunzipSync(Buffer.from(packed.split('\n')[0] ?? '', 'base64')).toString();
  };
  expect(scriptOf(VALUES.mirrors)).not.toContain('use_apt_mirror()');
  expect(scriptOf(MAINLAND)).toContain('use_apt_mirror()');
});

describe('what the image says stays', () => {
  const ALL = own({
    ...{ npm: 'https://mirror.corp/it/', pip: 'https://mirror.corp/it/', go: 'https://mirror.corp/it/' },
    ...{ maven: 'https://mirror.corp/it/', cargo: 'https://mirror.corp/it/' },
  });
  const WRITTEN = [
    '.npmrc',
    '.config/pip/pip.conf',
    '.config/go/env',
    '.m2/settings.xml',
    '.cargo/config.toml',
  ].map((path) => `home/runner/${path}`);

  test('in the very files', () => {
    const files = Object.fromEntries(WRITTEN.map((path) => [path, `its own: ${path}\n`]));
    const { root, trace } = boot({ values: { mirrors: ALL }, files });
    for (const path of WRITTEN) expect(at(root, path)).toBe(files[path]);
    expect(trace.match(/mirror\.left_alone/g)).toHaveLength(5);
    expect(at(root, 'job-log')).not.toContain('Mirrors');
  });

  test('and where else a tool reads it', () => {
    const files = {
      'usr/local/etc/npmrc': 'registry=https://other.corp\n',
      'etc/pip.conf': '[global]\nindex-url = https://pip.corp\n',
      'etc/maven/settings.xml': '<mirror><mirrorOf>*</mirrorOf></mirror>\n',
      'home/runner/.cargo/config': '[net]\n',
    };
    const { root, trace } = boot({ values: { mirrors: ALL }, files });
    for (const [path, content] of Object.entries(files)) expect(at(root, path)).toBe(content);
    const there = WRITTEN.filter((path) => existsSync(join(root, path)));
    expect(there).toEqual(['home/runner/.config/go/env']);
    expect(trace).toContain('mirror.left_alone tool=maven');
    expect(trace).toContain('runner.online');
  });

  test('but a file elsewhere that says nothing of a mirror is no reason to leave one out', () => {
    const files = {
      'etc/npmrc': 'fund=false\n',
      'etc/pip.conf': '[global]\ntimeout = 60\n',
      'etc/maven/settings.xml':
        '<!-- <mirrorOf>repositoryId</mirrorOf> --><mirrorOf>external:http:*</mirrorOf>\n',
    };
    const { root } = boot({ values: { mirrors: ALL }, files });
    for (const path of WRITTEN) expect(at(root, path)).toContain('https://mirror.corp/it/');
  });
});

describe('apt', () => {
  test('asks the mirror instead of the distribution’s own hosts, in lists of both kinds, before the first package', () => {
    const { root } = online({
      without: ['jq'],
      files: {
        'etc/apt/sources.list.d/ubuntu.sources': SOURCES,
        'etc/apt/sources.list': 'deb http://deb.debian.org/debian bookworm main\n',
        'etc/apt/mirrors/security.list': 'https://security.debian.org/debian-security\n',
      },
      tools: { 'apt-get': 'cp "$CI_RUNNER_ROOT/etc/apt/sources.list" "$CI_RUNNER_ROOT/as-apt-saw-it"' },
    });
    const mirror = 'http://mirrors.cloud.aliyuncs.com';
    expect(at(root, 'etc/apt/sources.list.d/ubuntu.sources')).toBe(
      `Types: deb\nURIs: ${mirror}/ubuntu ${mirror}/ubuntu-ports\nSuites: noble\nURIs: ${mirror}/ubuntu/\n`,
    );
    expect(at(root, 'as-apt-saw-it')).toBe(`deb ${mirror}/debian bookworm main\n`);
    expect(at(root, 'etc/apt/mirrors/security.list')).toBe(`${mirror}/debian-security\n`);
    expect(at(root, 'job-log').match(/ apt=/g)).toHaveLength(1);
  });

  test('is left as it is by an image with other hosts', () => {
    const list = [
      'deb http://mirrors.aliyun.com/ubuntu noble main',
      'deb https://archive.corp.example/ubuntu noble main',
      'deb http://archive.ubuntu.com.corp.example/ubuntu noble main',
    ].join('\n');
    const { root } = online({ files: { 'etc/apt/sources.list': list } });
    expect(at(root, 'etc/apt/sources.list')).toBe(list);
    expect(at(root, 'job-log')).not.toContain(' apt=');
  });
});

describe('docker', () => {
  const docker = (more: Circumstances) =>
    boot({ ...more, values: { docker: true, mirrors: own({ docker: 'https://hub.corp' }), ...more.values } });
  const daemon = 'etc/docker/daemon.json';

  test('gets the registry mirror, and the log says so', () => {
    const { root, calls } = docker({});
    expect(JSON.parse(at(root, daemon))).toEqual({ 'registry-mirrors': ['https://hub.corp'] });
    expect(calls).toContain('systemctl restart docker.service');
    expect(at(root, 'job-log')).toContain(' docker=https://hub.corp');
  });

  test('keeps the one that the image names', () => {
    const content = '{"registry-mirrors": ["https://image.example"]}';
    const { root, calls } = docker({ files: { [daemon]: content } });
    expect(at(root, daemon)).toBe(content);
    expect(calls).toContain('systemctl start docker.service');
    expect(at(root, 'job-log')).not.toContain(' docker=');
  });

  test('has the operator’s own word before both', () => {
    const { root } = docker({ values: { registryMirror: 'https://said.example' } });
    expect(JSON.parse(at(root, daemon))).toEqual({ 'registry-mirrors': ['https://said.example'] });
  });
});
