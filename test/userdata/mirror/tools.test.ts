/** Tools from the mirror, brought beside the runner by the real script, and looked for by the setup actions' own library. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { find, findAllVersions } from '@actions/tool-cache';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { machineMirrors } from '../../../shared/runner/package-mirrors.ts';
import { actionArchive } from '../../../simulator/actions.ts';
import { toolArchive } from '../../../simulator/tools.ts';
import { boot, type Circumstances, removeInstances } from '../instance.ts';
import { ANSWERS, hostTypeOf, pathOf } from '../tools.ts';

// The library says at length what it looks at, to the runner.
beforeEach(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  removeInstances();
});

const sha256Of = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
/** Of the programs that run the script: this process may be of another. */
const ARCH = hostTypeOf() === 'aarch64' ? 'arm64' : 'x64';
const OTHER = ARCH === 'arm64' ? 'x64' : 'arm64';

interface Kept {
  readonly folder: string;
  readonly version: string;
  readonly arch?: string;
  readonly os?: string;
  readonly archive: Buffer;
  readonly sha256?: string;
}
const NODE: Kept = { folder: 'node', version: '20.11.1', archive: toolArchive('node', '20.11.1', 'node') };
const GO: Kept = { folder: 'go', version: '1.22.5', archive: toolArchive('go', '1.22.5', 'go') };
const JAVA: Kept = {
  ...{ folder: 'Java_Temurin-Hotspot_jdk', version: '21.0.4-7' },
  archive: toolArchive('java', '21.0.4+7', 'java'),
};
const PYTHON: Kept = {
  ...{ folder: 'Python', version: '3.12.4', os: 'ubuntu24.04' },
  archive: toolArchive('python', '3.12.4', 'python'),
};

const BASE = 'https://ci-runners.oss-cn-hangzhou-internal.aliyuncs.com';
// Unpacking is the real tar's, but for the runner.
const setpriv = `case "$*" in *hostedtoolcache/.ci-runner*) [ "$4" = tar ] && { shift 4; exec ${pathOf('tar')} "$@"; } ;; esac\n${ANSWERS.setpriv}`;

function bring(kept: readonly Kept[], more: Circumstances = {}) {
  const lines = kept.map(({ folder, version, arch = ARCH, os = '-', archive, sha256 = sha256Of(archive) }) =>
    [folder, version, arch, os, sha256, archive.length, `tools/${folder}-${version}.tar.gz`].join(' '),
  );
  const list = `${lines.join('\n')}\n`;
  const files = Object.fromEntries(
    kept.map(({ folder, version, archive }) => [
      `bucket/${folder}-${version}.tar.gz.base64`,
      archive.toString('base64'),
    ]),
  );
  const curl = `for last; do :; done; case "$last" in
*/tools/list*) cat "$CI_RUNNER_ROOT/bucket/list"; exit ;;
*/tools/*) exec base64 --decode "$CI_RUNNER_ROOT/bucket/\${last##*/}.base64" ;; esac\n${ANSWERS.curl}`;
  const booted = boot({
    os: 'ID=ubuntu\nVERSION_ID="24.04"\n',
    ...more,
    files: { ...files, 'bucket/list': list, 'opt/hostedtoolcache/keep': '', ...more.files },
    tools: { setpriv, curl, ...more.tools },
    values: {
      tools: { url: `${BASE}/tools/list-${'a'.repeat(32)}.txt`, sha256: sha256Of(list) },
      ...more.values,
    },
  });
  const cache = join(booted.root, 'opt/hostedtoolcache');
  vi.stubEnv('RUNNER_TOOL_CACHE', cache);
  return { ...booted, cache, job: readFileSync(join(booted.root, 'job-log'), 'utf8') };
}

test('the setup actions find each of them by what workflows write, and nothing else lies there', () => {
  const { cache, trace, job } = bring([NODE, GO, JAVA, PYTHON]);
  expect(find('node', '20', ARCH)).toBe(join(cache, 'node/20.11.1', ARCH));
  expect(find('node', '20.x', ARCH)).toBe(join(cache, 'node/20.11.1', ARCH));
  expect(find('go', '1.22', ARCH)).toBe(join(cache, 'go/1.22.5', ARCH));
  expect(find('Python', '3.12', ARCH)).toBe(join(cache, 'Python/3.12.4', ARCH));
  // setup-java, base-installer.ts, findInToolcache.
  expect(findAllVersions('Java_Temurin-Hotspot_jdk', ARCH)).toEqual(['21.0.4-7']);
  expect(find('node', '18')).toBe('');
  expect(existsSync(join(cache, 'Java_Temurin-Hotspot_jdk/21.0.4-7', ARCH, 'bin/java'))).toBe(true);
  expect(readdirSync(cache).sort()).toEqual(['Java_Temurin-Hotspot_jdk', 'Python', 'go', 'keep', 'node']);
  expect(trace).toContain('tool.brought node 20.11.1');
  expect(job).toContain('Tools from the mirror: node 20.11.1, go 1.22.5,');
});

test('Python has what its own setup makes: its other names, and pip without the Internet', () => {
  const { cache, root } = bring([PYTHON]);
  const home = join(cache, 'Python/3.12.4', ARCH);
  expect(readdirSync(home).sort()).toEqual(['bin', 'python']);
  expect(readdirSync(join(home, 'bin')).sort()).toEqual(['python', 'python3.12', 'python312']);
  expect(readFileSync(join(root, 'run/ci-runner/said.tools'), 'utf8')).toContain('python -m ensurepip');
});

test('what is for another architecture, or another system, is not fetched', () => {
  const { cache, calls } = bring([
    { ...NODE, arch: OTHER },
    { ...PYTHON, os: 'ubuntu22.04' },
  ]);
  expect(readdirSync(cache)).toEqual(['keep']);
  expect(calls.filter((call) => /tools\/(node|Python)/.test(call))).toEqual([]);
});

const spoilt = { ...NODE, sha256: 'f'.repeat(64) };
const FULL = 'echo Avail; echo 4194303';
// biome-ignore format: a table reads best as a table.
test.each<[string, readonly Kept[], Circumstances, RegExp]>([
  ['another checksum than the list says', [spoilt, GO], {}, /tool\.not_brought node 20\.11\.1 because=checksum!/],
  ['an archive that is cut', [{ ...NODE, archive: NODE.archive.subarray(0, 90), sha256: sha256Of(NODE.archive) }, GO], {}, /tool\.not_brought node/],
  ['an archive of something else', [{ ...NODE, archive: actionArchive('acme/own', 'a'.repeat(40)) }, GO], {}, /tool\.not_brought node/],
])('%s: it is not there, the next one is, and the job runs', (_what, kept, more, said) => {
  const { cache, trace, root } = bring(kept, more);
  expect(trace).toMatch(said);
  expect(find('node', '20')).toBe('');
  expect(readdirSync(cache).sort()).toEqual(['go', 'keep']);
  expect(existsSync(join(root, 'steps'))).toBe(true);
});

// biome-ignore format: a table reads best as a table.
test.each<[string, Circumstances, RegExp]>([
  ['a disk without room', { tools: { df: FULL } }, /tool\.not_brought node 20\.11\.1 because=disk_is_full!/],
  ['a list that is another', { values: { tools: { url: `${BASE}/tools/list-x.txt`, sha256: 'f'.repeat(64) } } }, /tool\.not_brought list because=checksum!/],
  ['a mirror that is away', { tools: { curl: `case "$*" in */tools/*) echo "curl: (7) Failed to connect" >&2; exit 7 ;; esac\n${ANSWERS.curl}` } }, /tool\.not_brought list because=mirror_is_away/],
])('%s: nothing is there, and the job runs', (_what, more, said) => {
  const { cache, trace, root } = bring([NODE], more);
  expect(trace).toMatch(said);
  expect(readdirSync(cache)).toEqual(['keep']);
  expect(trace).toContain('runner.ended status=0');
  expect(existsSync(join(root, 'steps'))).toBe(true);
});

test('what the image has, or a setup action put there meanwhile, stays', () => {
  const files = {
    [`opt/hostedtoolcache/node/20.11.1/${ARCH}/bin/own`]: '',
    [`opt/hostedtoolcache/node/20.11.1/${ARCH}.complete`]: '',
    [`opt/hostedtoolcache/go/1.22.5/${ARCH}/bin/half`]: '',
  };
  const { cache, trace } = bring([NODE, GO], { files });
  expect(readdirSync(join(cache, 'node/20.11.1', ARCH, 'bin'))).toEqual(['own']);
  expect(readdirSync(join(cache, 'go/1.22.5', ARCH, 'bin'))).toEqual(['half']);
  expect(find('go', '1.22')).toBe('');
  expect(trace).toContain('tool.not_brought go');
});

test('the runner does not wait for them, and where none are kept nothing of it is in user data', () => {
  const slow = `case "$*" in */tools/list*) until [[ -e "$CI_RUNNER_ROOT/runner-saw" ]]; do sleep 1; done; exit 7 ;; esac\n${ANSWERS.curl}`;
  expect(bring([NODE], { tools: { curl: slow } }).trace).toMatch(/runner\.starting[\s\S]*tool\.not_brought/);
  const { trace, root } = boot();
  expect(trace).not.toContain('tool.');
  expect(readFileSync(join(root, 'opt/ci-runner/job-started.sh'), 'utf8')).not.toContain('tools');
});

test('root acts by no path in what the runner owns: a job that is at work there may put a link into it', () => {
  // What is done as the runner comes by setpriv.
  const watched = 'rm mv cp install mkdir touch tee chown chmod ln tar cat jq sed'.split(' ');
  const watch = (name: string) =>
    `[ -n "$AS_RUNNER" ] || for path; do case "$path" in */hostedtoolcache/*|*/home/runner/*|*/actions-runner/*|*/actions-runner.new/*|.path) echo "${name} $*" >>"$CI_RUNNER_ROOT/as-root" ;; esac; done\n${ANSWERS[name] ?? `exec ${pathOf(name)} "$@"`}`;
  const tools = {
    ...Object.fromEntries(watched.map((name) => [name, watch(name)])),
    setpriv: `export AS_RUNNER=1\n${setpriv}`,
  };
  const proxy = { http: null, https: 'http://proxy:3128', noProxy: [] };
  const { root, trace, cache } = bring([NODE, PYTHON], {
    tools,
    files: { 'opt/actions-runner/.path': '/bin\n', 'home/runner/.docker/config.json': '{}' },
    values: { proxy, docker: true, mirrors: machineMirrors('cn-hangzhou', { npm: 'https://npm.corp/' }) },
  });
  expect(trace).toContain('tool.brought Python 3.12.4');
  expect(existsSync(join(cache, '.ci-runner'))).toBe(false);
  expect(existsSync(join(root, 'home/runner/.npmrc'))).toBe(true);
  expect(existsSync(join(root, 'as-root')) ? readFileSync(join(root, 'as-root'), 'utf8') : '').toBe('');
});
