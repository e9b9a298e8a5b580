/** What a machine gets from mirrors: what it lacks, patiently, and what it can do without. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { badNetworkIn } from '../../shared/runner/bad-network.ts';
import { boot, type Circumstances, removeInstances } from './instance.ts';

afterEach(removeInstances);

const text = (root: string, path: string) => readFileSync(join(root, path), 'utf8');
const packagesOf = (calls: readonly string[]) =>
  calls.find((call) => /^(apt-get|dnf) .*\binstall /.test(call));

describe('packages', () => {
  // biome-ignore format: a table reads best as a table.
  test.each([
    ['Ubuntu', { os: 'ID=ubuntu\n' }, /^apt-get .*install curl git sudo \^libicu\[0-9\]\+\$ docker\.io docker-buildx docker-compose-v2 unzip zip jq zstd wget rsync xz-utils openssh-client git-lfs$/],
    ['a distribution of dnf', { os: 'ID=alinux\n', withoutMore: ['apt-get'] }, /^dnf .*install curl git sudo libicu docker-ce .* unzip zip jq zstd wget rsync xz openssh-clients git-lfs$/],
  ])('that %s lacks come in one transaction', (_what, { os, withoutMore = [] }: { os: string; withoutMore?: string[] }, installs) => {
    const tools = { ldconfig: 'echo none', 'dpkg-query': 'exit 1', rpm: 'exit 1' };
    const lacks = 'git sudo dockerd unzip zip jq zstd wget rsync xz ssh'.split(' ');
    // curl comes with the transaction; the download waits for it.
    const installer = `case "$*" in *install*) cp "$CI_RUNNER_ROOT/late-curl" "$CI_RUNNER_ROOT/bin/curl" ;; esac`;
    const { calls, trace } = boot({
      os, tools: { ...tools, 'apt-get': installer, dnf: installer }, lateCurl: true,
      values: { docker: true, packages: ['git-lfs'] }, without: [...lacks, 'curl', ...withoutMore],
    });
    const [fetched, installed, ...others] = calls.filter((call) => /^(apt-get|dnf) .*install /.test(call));
    expect(others).toEqual([]);
    expect(installed).toMatch(installs);
    expect(fetched?.replace(/--download-?only /, '')).toBe(installed);
    expect(trace).toContain('runner.fetched');
  });

  test('are asked for no more on an image that holds the result of the same recipe', () => {
    const first = boot({ without: ['jq'], values: { packages: ['git-lfs'] } });
    const recipe = text(first.root, 'opt/ci-runner/recipe');
    const again = { without: ['jq'], inImage: '2.336.0', files: { 'opt/ci-runner/recipe': recipe } };
    const second = boot({ ...again, values: { packages: ['git-lfs'] } });
    expect(second.trace).toContain('install.in_image');
    expect(second.calls.filter((call) => /^(curl|apt-get|dpkg-query|sysctl) /.test(call))).toEqual([]);
    expect(packagesOf(boot({ ...again, values: { packages: ['gcc'] } }).calls)).toContain(' jq');
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['dpkg has', { 'dpkg-query': 'printf installed' }, [], false],
    ['dpkg has for two architectures', { 'dpkg-query': 'printf installedinstalled' }, [], false],
    ['was removed, and dpkg knows its settings still', { 'dpkg-query': 'printf config-files' }, [], true],
    ['dpkg knows by name alone', { 'dpkg-query': 'printf not-installed' }, [], true],
    ['dpkg did not get ready', { 'dpkg-query': 'printf half-installed' }, [], true],
    ['dpkg never heard of', { 'dpkg-query': 'echo no packages found >&2; exit 1' }, [], true],
    ['rpm has', { rpm: 'echo git-lfs-3.2.0-1.x86_64' }, ['apt-get'], false],
    ['rpm has not', { rpm: 'echo package git-lfs is not installed; exit 1' }, ['apt-get'], true],
  ])('one that %s is asked for or not', (_what, tools, without, isAskedFor) => {
    const installs = packagesOf(boot({ tools, without, values: { packages: ['git-lfs'] } }).calls);
    expect(installs?.endsWith(' git-lfs') ?? false).toBe(isAskedFor);
  });

  test('that are only wanted, and not available, are named to the job, which runs', () => {
    const { trace, root } = boot({
      without: ['jq', 'zip'],
      tools: { 'apt-get': 'echo Failed to fetch >&2; exit 100' },
    });
    expect(trace).toMatch(/packages\.again because=mirror_is_away/);
    expect(trace).toContain('packages.missing zip jq');
    expect(text(root, 'job-log')).toContain(
      '::warning::This machine lacks what could not be installed: zip jq',
    );
    expect(trace).toContain('runner.ended status=0');
    expect(existsSync(join(root, 'opt/ci-runner/recipe'))).toBe(false);
  });

  test('one whose name is wrong does not keep those that are needed away', () => {
    const apt = 'case "$*" in *no-such*) echo "E: Unable to locate package no-such" >&2; exit 100 ;; esac';
    const { trace } = boot({
      without: ['git'],
      values: { packages: ['no-such'] },
      tools: { 'apt-get': apt, 'dpkg-query': 'exit 1' },
    });
    expect(trace).toContain('packages.given_up because=no_such_package!');
    expect(trace).toContain('packages.missing no-such');
    expect(trace).toContain('runner.ended status=0');
  });
});

describe('patience', () => {
  // biome-ignore format: a table reads best as a table.
  const passing: [what: string, says: string, because: string, circumstances: Circumstances][] = [
    ['no name server', 'curl: (6) Could not resolve host: github.com', 'no_name_server', {}],
    ['a name server that is silent', 'curl: (28) Resolving timed out after 10000 milliseconds', 'no_name_server', {}],
    ['no network', 'curl: (7) Failed to connect: No route to host', 'no_network', {}],
    ['no way out', "curl: (7) Failed to connect: Couldn't connect to server", 'no_network', { tools: { ip: 'true' } }],
    ['no mirror', 'curl: (7) Failed to connect to github.com port 443: Connection refused', 'connection_refused', {}],
    ['no mirror, as newer curls say it', "curl: (7) Failed to connect to github.com port 443 after 3 ms: Couldn't connect to server", 'connection_refused', {}],
    ['silence', 'curl: (28) Connection timed out after 10001 milliseconds', 'no_answer', {}],
    ['silence behind a connection', 'curl: (28) Operation timed out after 240001 milliseconds with 0 bytes received', 'no_answer', {}],
    ['a trickle', 'curl: (28) Operation too slow. Less than 50000 bytes/sec transferred the last 20 seconds', 'slow', {}],
    ['a stream that is too thin', 'curl: (28) Operation timed out after 240001 milliseconds with 48000000 out of 166000000 bytes received', 'slow', {}],
    ['a connection that is cut', 'curl: (35) OpenSSL SSL_connect: Connection reset by peer in connection to github.com:443', 'mirror_is_away', {}],
    ['a proxy that is out of order', 'curl: (56) CONNECT tunnel failed, response 503', 'mirror_is_away', {}],
    ['too many requests', 'curl: (22) The requested URL returned error: 429', 'mirror_is_away', {}],
    ['a server that waited too long', 'curl: (22) The requested URL returned error: 408', 'mirror_is_away', {}],
    ['bytes that changed on the way', 'gzip: stdin: invalid compressed data--format violated\ncurl: (23) Failure writing output to destination', 'download_is_garbled', {}],
    ['a download that broke off', 'gzip: stdin: unexpected end of file\ntar: Unexpected EOF in archive', 'download_is_garbled', {}],
    ['a mirror that is out of order', 'curl: (22) The requested URL returned error: 503', 'mirror_is_away', {}],
    ['a clock a day off', 'curl: (60) SSL certificate problem: certificate is not yet valid', 'clock_is_wrong', {}],
    ['no name server', "W: Failed to fetch http://x  Temporary failure resolving 'x'", 'no_name_server', { without: ['git'] }],
    ['a clock a day off', 'E: Release file is not valid yet (invalid for another 23h)', 'clock_is_wrong', { without: ['git'] }],
    ['a package database that is locked', 'E: Could not get lock /var/lib/dpkg/lock-frontend', 'database_is_locked', { without: ['git'] }],
  ];

  test('bytes that change on the way each time are what lies there: five times, and no more', () => {
    const curl = `case "$*" in *100.100*) exit 22 ;; esac; echo FETCH >>"$CI_RUNNER_ROOT/calls"; echo 'gzip: stdin: invalid compressed data--format violated' >&2; exit 23`;
    const { trace, calls } = boot({ tools: { curl } });
    expect(trace).toContain('runner.given_up because=download_is_garbled!');
    expect(calls.filter((call) => call === 'FETCH').length % 5).toBe(0);
  });

  test.each(passing)('%s (%s) is %s: tried again until it is over', (_what, says, because, circumstances) => {
    const failing = `if [[ $(grep -c TRY "$CI_RUNNER_ROOT/calls") -lt 4 ]]; then echo "TRY" >>"$CI_RUNNER_ROOT/calls"; echo "${says}" >&2; exit 7; fi`;
    const apt = circumstances.without !== undefined;
    const tools = apt
      ? { 'apt-get': `case "$*" in *install*) ${failing} ;; esac` }
      : { curl: `case "$*" in *100.100*) exit 22 ;; esac; ${failing}; printf %s "$ARCHIVE"` };
    const { trace } = boot({ ...circumstances, tools: { ...circumstances.tools, ...tools } });
    const kind = apt ? 'packages' : 'runner';
    const pauses = [...trace.matchAll(new RegExp(`${kind}\\.again because=${because} pause=(\\d+)s`, 'g'))];
    expect(pauses.map(([, pause]) => pause)).toEqual(apt ? ['1', '2', '4', '8'] : ['1', '2']);
    expect(trace).toContain('runner.ended status=0');
  });

  test('ends a minute before the boot must, with its cause', () => {
    const { trace, calls } = boot({
      tools: { curl: 'echo "(7) Failed to connect" >&2; exit 7' },
      values: { bootSeconds: 120 },
    });
    // 1 + 2 + 4 + 8 + 15 + 15 s of the 60; the next would be over it.
    expect(trace.match(/runner\.again/g)).toHaveLength(6);
    expect(trace).toContain('runner.given_up because=mirror_is_away');
    expect(calls.at(-1)).toBe('systemctl poweroff');
  });

  /** tar has its word about what never came, after curl's or before it. */
  const empty = (says: string, status: number) =>
    `echo 'gzip: stdin: unexpected end of file' >&2; echo "curl: ${says}" >&2; exit ${status}`;
  // biome-ignore format: a table reads best as a table.
  test.each([
    ['a wrong checksum', 'printf other', 'checksum!'],
    ['a refusal', empty('(22) The requested URL returned error: 404', 22), 'refused!'],
    ['a proxy that wants a password', empty('(56) CONNECT tunnel failed, response 407', 56), 'proxy_407!'],
    ['a proxy that wants a password, in the words of an older curl', empty('(56) Received HTTP code 407 from proxy after CONNECT', 56), 'proxy_407!'],
    ['a proxy that forbids', empty('(56) CONNECT tunnel failed, response 403', 56), 'refused!'],
    ['a certificate of somebody else', empty('(60) SSL: no alternative certificate subject name matches target host name', 60), 'certificate!'],
    ['a full disk', 'echo "curl: (23) Failure writing output to destination" >&2; exit 23', 'disk_is_full!'],
  ])('is not had with %s', (_what, curl, because) => {
    const { trace } = boot({ tools: { curl } });
    expect(trace).toContain(`runner.given_up because=${because}`);
    expect(trace).not.toContain('runner.again');
  });

  test('goes on where one of two mirrors refuses and the other one may come back', () => {
    const curl =
      'case "$*" in *aliyuncs*) echo "error: 404" >&2 ;; *) echo "(28) Connection timed out" >&2 ;; esac; exit 22';
    expect(boot({ tools: { curl }, values: { bootSeconds: 70 } }).trace).toContain(
      'runner.again because=no_answer',
    );
  });

  test('says of each host by itself what was in the way, and where its name leads to', () => {
    const curl = `case "$*" in *aliyuncs*) echo "curl: (22) The requested URL returned error: 404" >&2 ;;
*) echo "curl: (7) Failed to connect to github.com port 443: Connection refused" >&2 ;; esac; exit 22`;
    const getent = `case "$*" in *github.com) printf '127.0.0.1       STREAM github.com\n127.0.0.1       DGRAM\n' ;; *aliyuncs*) exit 2 ;; *) echo "runner:x:1001:1001::$CI_RUNNER_ROOT/home/runner:/bin/bash" ;; esac`;
    const { trace } = boot({ tools: { curl, getent }, values: { bootSeconds: 70 } });
    expect(trace).toMatch(/runner\.not_fetched host=ci-runners\.oss\S+ because=refused! address=\n/);
    expect(trace).toMatch(
      /runner\.not_fetched host=github\.com because=connection_refused address=127\.0\.0\.1\n/,
    );
    expect(badNetworkIn(trace)).toMatch(/^the name github\.com leads to 127\.0\.0\.1 /);
  });
});
