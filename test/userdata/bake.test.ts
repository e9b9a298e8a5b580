/** What Image Builder runs: the build on a stock machine, the test on one of the result. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { readBakeScripts } from '../../shared/adapters/user-data-scripts.ts';
import { bakedNames, recipeFor } from '../../shared/runner/images/bake.ts';
import type { RunnerRelease } from '../../shared/runner/release.ts';
import { configOf } from '../world/in-process.ts';
import { RELEASE } from '../world/release.ts';
import { boot, removeInstances, runOnly } from './instance.ts';
import { VALUES } from './values.ts';

afterEach(removeInstances);

const SCRIPTS = readBakeScripts(join(import.meta.dirname, '../../userdata'));
const release: RunnerRelease = {
  ...RELEASE,
  version: '2.336.0',
  archives: { ...RELEASE.archives, arm64: { ...RELEASE.archives.arm64, sha256: VALUES.runner.sha256 } },
};
const baked = (bake: object | true = true, defaults: object = { docker: false }) =>
  configOf({ defaults, images: { arm64: { family: 'acs:ubuntu_24_04_arm64', bake } } });

function recipe(config = baked(), of: RunnerRelease = release) {
  const made = recipeFor('arm64', of, config, SCRIPTS);
  if (made === null) throw new Error('is not to be baked');
  return made;
}

/** As the one command of its content would unpack it. */
function scriptOf(content: string): string {
  const packed = /^RUN echo (\S+) \| base64 --decode \| gzip --decompress >\S+ && .*\n$/.exec(content)?.[1];
  return gunzipSync(Buffer.from(packed ?? '', 'base64')).toString();
}

const MACHINE = { tools: { 'cloud-init': '', sync: '' }, os: 'ID=ubuntu\n' };
const LEFT = {
  'etc/machine-id': 'one of its own\n',
  'etc/ssh/ssh_host_ed25519_key': 'a secret',
  'root/.ssh/authorized_keys': 'ssh-ed25519 somebody',
  'var/lib/cloud/instance/user-data.txt': 'told',
  'tmp/left': 'left',
  'etc/sudoers.d/ci-runner': 'runner ALL=(ALL) NOPASSWD:ALL\n',
};
const text = (root: string, path: string) => readFileSync(join(root, path), 'utf8');

describe('the build', () => {
  test('holds what a boot would install, and a boot on it asks the network for nothing', () => {
    const { root, status, calls } = runOnly(scriptOf(recipe().buildContent), {
      ...MACHINE,
      without: ['jq', 'git'],
      files: LEFT,
    });
    expect(status).toBe(0);
    expect(calls.some((call) => /^apt-get .*install git jq$/.test(call))).toBe(true);
    const files = { 'opt/ci-runner/recipe': text(root, 'opt/ci-runner/recipe') };
    // As the build left it: the archive itself has no such file.
    const inImage = text(root, 'opt/actions-runner/.version').trim();
    const second = boot({ without: ['jq'], inImage, files });
    expect(second.trace).toContain('install.in_image');
    expect(second.trace).toContain('runner.in_image');
    expect(second.calls.filter((call) => /^(curl|apt-get|dpkg-query) /.test(call))).toEqual([]);
  });

  test('leaves nothing that two machines must not share', () => {
    const { root, calls } = runOnly(scriptOf(recipe().buildContent), { ...MACHINE, files: LEFT });
    expect(text(root, 'etc/machine-id')).toBe('');
    for (const path of Object.keys(LEFT).slice(1))
      expect([path, existsSync(join(root, path))]).toEqual([path, false]);
    expect(existsSync(join(root, 'run/ci-runner'))).toBe(false);
    expect(calls).toContain('cloud-init clean --logs');
    expect(calls.some((call) => /^systemctl .*mask .*apt-daily\.timer.*unattended-upgrades/.test(call))).toBe(
      true,
    );
  });

  test('runs the script of its operator once all is installed, with nothing to read, and before it cleans', () => {
    const script = 'cat >/dev/null; echo here >"$CI_RUNNER_ROOT/etc/mine"; echo x >"$CI_RUNNER_ROOT/tmp/x"';
    const { root, status } = runOnly(scriptOf(recipe(baked({ script })).buildContent), {
      ...MACHINE,
      files: LEFT,
    });
    expect([status, text(root, 'etc/mine'), existsSync(join(root, 'tmp/x'))]).toEqual([0, 'here\n', false]);
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['no network', {}, { tools: { ...MACHINE.tools, curl: 'echo "(6) Could not resolve host" >&2; exit 6' } }],
    ['a full disk', {}, { tools: { ...MACHINE.tools, curl: 'echo "(23) Failure writing output" >&2; exit 23' } }],
    ['another archive than its checksum says', {}, { tools: { ...MACHINE.tools, curl: 'printf other' } }],
    ['a script that fails', { script: 'false; true' }, {}],
    ['a package that nobody has', { packages: ['no-such'] }, { tools: { ...MACHINE.tools, 'dpkg-query': 'exit 1', 'apt-get': 'case "$*" in *no-such*) echo "E: Unable to locate package" >&2; exit 100 ;; esac' } }],
  ])('fails with %s', (_what, bake, more) => {
    const build = scriptOf(recipe(baked(bake)).buildContent).replace('BOOT_SECONDS=1800', 'BOOT_SECONDS=65');
    const { status, calls } = runOnly(build, { ...MACHINE, ...more });
    expect(status).toBe(1);
    expect(calls).not.toContain('cloud-init clean --logs');
  });

  test('with docker and the longest script of an operator stays under what Image Builder takes', () => {
    const script = Array.from({ length: 110 }, (_, at) => `echo ${at} ${(at * 7919) % 1e9}`)
      .join('\n')
      .slice(0, 4096);
    const { buildContent, testContent } = recipe(baked({ script }, {}));
    expect(Buffer.byteLength(buildContent)).toBeLessThanOrEqual(16 * 1024);
    expect(Buffer.byteLength(testContent)).toBeLessThanOrEqual(16 * 1024);
    expect(buildContent.trimEnd()).not.toContain('\n');
  });
});

describe('the test', () => {
  const GOOD = {
    id: 'echo runner',
    systemctl: 'case "$1" in is-enabled) echo masked ;; esac',
    setpriv: 'shift 3; exec "$@"',
    test: '',
  };
  const listener = (version: string) => ({
    'opt/actions-runner/bin/Runner.Listener': `#!/bin/bash\necho ${version}\n`,
  });
  const run = (tools: Record<string, string>, version = '2.336.0', marker?: string) => {
    const { buildContent, testContent } = recipe();
    const was = /RECIPE='([^']+)'/.exec(scriptOf(buildContent))?.[1] as string;
    const files = { 'opt/ci-runner/recipe': marker ?? was, ...listener(version) };
    // What is on its disk is run by this machine's shell.
    const own = { setpriv: `shift 3; case "$1" in *Listener) exec bash "$@" ;; *) exec "$@" ;; esac` };
    return runOnly(scriptOf(testContent), { files, tools: { ...GOOD, ...own, ...tools } }).status;
  };

  test('is content with an image that holds the recipe, the runner and a tool cache', () => {
    expect(run({})).toBe(0);
  });

  test('asks an older setpriv, too, which takes no names', () => {
    const id = 'case "$1" in --user | --group) echo 1001 ;; *) exit 1 ;; esac';
    const setpriv = `case "$1 $2" in '--reuid=1001 --regid=1001') ;; *) exit 1 ;; esac
shift 3; case "$1" in *Listener) exec bash "$@" ;; *) exec "$@" ;; esac`;
    expect(run({ id, setpriv })).toBe(0);
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['another recipe', () => run({}, '2.336.0', 'other')],
    ['an older runner', () => run({}, '2.300.0')],
    ['a tool cache that is root’s', () => run({ test: 'exit 1' })],
    ['timers that would start', () => run({ systemctl: 'echo enabled' })],
  ])('fails with %s', (_what, status) => {
    expect(status()).toBe(1);
  });
});

describe('the recipe', () => {
  const hash = (config = baked(), of: RunnerRelease = release) => recipe(config, of).hash;
  // biome-ignore format: a table reads best as a table.
  test.each([
    ['a new runner', baked(), { ...release, version: '2.337.0' }],
    ['a package more', baked({ packages: ['gcc'] }), release],
    ['a default package more', baked(true, { docker: false, packages: ['gcc'] }), release],
    ['another script', baked({ script: 'true' }), release],
    ['another base', configOf({ defaults: { docker: false }, images: { arm64: { id: 'm-bp1abc', bake: true } } }), release],
  ])('is another one with %s', (_what, config, of) => {
    expect(hash(config, of)).not.toBe(hash());
  });

  test('stays the same when only our buckets or older releases change', () => {
    expect(hash(baked(), { ...release, regions: [], superseded: [] })).toBe(hash());
  });

  test('is asked of those images alone that say so', () => {
    expect(bakedNames(baked())).toEqual(['arm64']);
    expect(recipeFor('amd64', release, configOf(), SCRIPTS)).toBeNull();
  });
});
