/** Images and mirrors that are not as ours were: a boot goes on with what there is, or says what it lacks. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { machineMirrors } from '../../../shared/runner/package-mirrors.ts';
import { boot, removeInstances } from '../instance.ts';

afterEach(removeInstances);

const text = (root: string, path: string) => readFileSync(join(root, path), 'utf8');
/** What the folder of a fake instance cannot show: whose a file is. */
const refusedTo = (path: string) =>
  `case "$*" in *${path}*) echo "Permission denied: ${path}" >&2; exit 1 ;; esac
shift 3; case $1 in tar) cat >/dev/null; exec cp "$CI_RUNNER_ROOT/run.sh" "$CI_RUNNER_ROOT/opt/actions-runner.new/run.sh" ;; *) exec "$@" ;; esac`;

describe('packages', () => {
  test('come from the lists that do, where one of dnf is away, as with apt-get', () => {
    // dnf's own default ends with the first list that does not come.
    const dnf = `case "$*" in *'--setopt=*.skip_if_unavailable=1'*) ;; *) echo "Error: Failed to download metadata for repo 'theirs'" >&2; exit 1 ;; esac`;
    const { trace } = boot({ os: 'ID=alinux\n', without: ['apt-get', 'git'], tools: { dnf, rpm: 'exit 1' } });
    expect(trace).not.toContain('packages.given_up');
    expect(trace).toContain('runner.ended status=0');
  });

  // As dnf 4.14 speaks: to one who asks for quiet, not a word of the lists that it passes over.
  test.each([
    ["Curl error (7): Couldn't connect to server for http://mirror", 'connection_refused'],
    ['Status code: 503 for http://mirror', 'mirror_is_away'],
  ])('are asked for again, where all lists of dnf are away for a moment: %s', (said, because) => {
    const dnf = `if [[ $(grep -c '^dnf ' "$CI_RUNNER_ROOT/calls") -gt 2 ]]; then exit; fi
case " $* " in *' --quiet '*) ;; *) printf '%s\\n' "Errors during downloading metadata for repository 'base':" "  - ${said}/repodata/repomd.xml" "Error: Failed to download metadata for repo 'base': Cannot download repomd.xml: All mirrors were tried" 'Ignoring repositories: base' ;; esac >&2
echo 'Error: Unable to find a match: git' >&2; exit 1`;
    const { trace } = boot({ os: 'ID=alinux\n', without: ['apt-get', 'git'], tools: { dnf, rpm: 'exit 1' } });
    expect(trace).toContain(`packages.again because=${because} pause=1s`);
    expect(trace).toContain('runner.ended status=0');
  });

  test('that are needed have the rest of the time, where a wrong name among the wanted was told at once', () => {
    const apt = `case "$*" in *install*no-such*) echo "E: Unable to locate package no-such" >&2; exit 100 ;;
*install*) if [[ $(grep -c LOCKED "$CI_RUNNER_ROOT/calls") -lt 3 ]]; then echo LOCKED >>"$CI_RUNNER_ROOT/calls"; echo "E: Could not get lock" >&2; exit 100; fi ;; esac`;
    const { trace } = boot({
      without: ['git'],
      values: { packages: ['no-such'] },
      tools: { 'apt-get': apt, 'dpkg-query': 'exit 1' },
    });
    expect(trace).toContain('packages.given_up because=no_such_package!');
    expect(trace).toContain('packages.again because=database_is_locked pause=4s');
    expect(trace).toContain('packages.missing no-such');
    expect(trace).toContain('runner.ended status=0');
  });

  test('that are needed have half of the time, whatever keeps the wanted away', () => {
    const apt = `case "$*" in *install*conflicting*) echo "E: Unable to correct problems, you have held broken packages." >&2; exit 100 ;; esac`;
    const { trace } = boot({
      without: ['git'],
      values: { packages: ['conflicting'], bootSeconds: 540 },
      tools: { 'apt-get': apt, 'dpkg-query': 'exit 1' },
    });
    const pauses = [...trace.matchAll(/packages\.again because=unknown pause=(\d+)s/g)].map(([, pause]) =>
      Number(pause),
    );
    expect(pauses.length).toBeGreaterThan(0);
    expect(pauses.reduce((sum, pause) => sum + pause)).toBeLessThanOrEqual(240);
    expect(trace).toContain('packages.missing conflicting');
    expect(trace).toContain('runner.ended status=0');
  });

  test('are judged by what is said in English, whatever the language of the image', () => {
    const apt = `case "$*" in *no-such*) if [[ "\${LC_ALL:-}" = C ]]; then echo "E: Unable to locate package no-such"; else echo "E: 无法定位软件包 no-such"; fi >&2; exit 100 ;; esac`;
    const { trace, runner } = boot({
      without: ['git'],
      values: { packages: ['no-such'] },
      tools: { 'apt-get': apt, 'dpkg-query': 'exit 1' },
    });
    expect(trace).toContain('packages.given_up because=no_such_package!');
    expect(trace).not.toContain('because=unknown');
    expect(runner).not.toMatch(/^LC_ALL=/m);
  });
});

describe('certificates', () => {
  const curl = `case "$*" in *100.100.100.200*) echo token; exit ;; esac
if [[ ! -e "$CI_RUNNER_ROOT/etc/ssl/certs/ca-certificates.crt" ]]; then echo "curl: (77) error setting certificate verify locations" >&2; exit 77; fi
printf %s "$ARCHIVE"`;
  const apt = `case "$*" in *--download-only*) ;; *install*' ca-certificates'*) mkdir -p "$CI_RUNNER_ROOT/etc/ssl/certs"; echo some >"$CI_RUNNER_ROOT/etc/ssl/certs/ca-certificates.crt" ;; esac`;

  test('are needed where the image has none, and no download begins before they are there', () => {
    const { trace } = boot({ without: ['ca-certificates'], tools: { curl, 'apt-get': apt } });
    expect(trace).toContain('packages.installing ca-certificates');
    expect(trace).not.toContain('runner.not_fetched');
    expect(trace).toContain('runner.ended status=0');
  });

  test('of dnf’s distributions are known by their own name', () => {
    const files = { 'etc/ssl/certs/ca-bundle.crt': 'some' };
    const { trace } = boot({ without: ['ca-certificates', 'apt-get'], files, os: 'ID=alinux\n' });
    expect(trace).not.toContain('packages.installing');
  });
});

describe('the wall before metadata', () => {
  const apt = `case "$*" in *--download-only*) ;; *install*' nftables'*) printf '%s\n' '#!/bin/bash' 'echo "nft $*" >>"$CI_RUNNER_ROOT/calls"' >"$CI_RUNNER_ROOT/bin/nft"; chmod +x "$CI_RUNNER_ROOT/bin/nft" ;; esac`;
  const without = ['nft', 'iptables', 'ip6tables'];

  test('stands before the runner, too, where the image has nothing to build it of', () => {
    const { calls, trace } = boot({ without, tools: { 'apt-get': apt } });
    const closed = calls.indexOf('nft --file -');
    expect(closed).toBeGreaterThan(-1);
    expect(closed).toBeLessThan(calls.findIndex((call) => call.endsWith('./run.sh')));
    expect(trace).toContain('runner.ended status=0');
  });

  test('that cannot be built keeps the runner away', () => {
    expect(boot({ without }).runner).toBeNull();
    expect(boot({ tools: { nft: 'exit 1' } }).runner).toBeNull();
  });

  test('is built of nothing where metadata are to stay open', () => {
    expect(boot({ without, values: { metadata: 'open' } }).calls.join('\n')).not.toContain('nftables');
  });
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['ID="alinux"\nPLATFORM_ID="platform:al8"\n', 8],
  ['ID=anolis\n', 8],
  ['ID="rocky"\nPLATFORM_ID="platform:el9"\n', 9],
  ['ID="almalinux"\nPLATFORM_ID="platform:el10"\n', 10],
])('docker comes from the packages for what the system follows: %j', (os, major) => {
  const { root } = boot({ os, without: ['apt-get', 'dockerd'], values: { docker: true } });
  expect(text(root, 'etc/yum.repos.d/docker-ce.repo')).toContain(`/centos/${major}/$basearch/stable\n`);
});

describe('a home in which root has written', () => {
  test('keeps a tool from its mirror, and no job from its machine', () => {
    const mirrors = machineMirrors('cn-hangzhou', null);
    const { trace, root } = boot({ values: { mirrors }, tools: { setpriv: refusedTo('.m2') } });
    expect(trace).toMatch(/mirror\.left_alone tool=maven file=\S+\/\.m2\/settings\.xml/);
    expect(trace).toContain('mirror.used tool=cargo');
    expect(text(root, 'job-log')).not.toContain('maven=');
    expect(trace).toContain('runner.ended status=0');
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['with settings of docker', { 'home/runner/.docker/config.json': '{"auths":{}}' }],
    ['with an empty folder of docker', {}],
  ])('%s keeps them as they are', (_what, files: Record<string, string>) => {
    const proxy = { http: null, https: 'http://proxy.corp:3128', noProxy: [] };
    const tools = { setpriv: refusedTo('"tee "*.docker'), jq: 'cat >/dev/null; echo merged' };
    const { trace, root } = boot({ files, values: { docker: true, proxy }, tools });
    expect(trace).toMatch(/docker\.settings_left file=\S+\/\.docker\/config\.json/);
    expect(existsSync(join(root, 'steps'))).toBe(true);
  });
});
