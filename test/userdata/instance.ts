/**
 * An instance of nothing but a folder and a PATH: the real script in a real bash, every tool that would touch
 * the machine replaced by one that writes down its call, and fails when told to.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readUserDataScripts } from '../../shared/adapters/user-data-scripts.ts';
import { type UserDataValues, userData } from '../../shared/runner/user-data.ts';

export const SCRIPTS = readUserDataScripts(join(import.meta.dirname, '..', '..', 'userdata'));

const ARCHIVE = 'the runner, as an archive';
const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');

export const VALUES: UserDataValues = {
  jitConfig: Buffer.from('a registration good for one job'.repeat(98)).toString('base64').slice(0, 4088),
  runner: {
    versions: ['2.336.0', '2.335.1'],
    sha256: sha256Of(ARCHIVE),
    urls: [
      'https://ci-runners.oss-cn-hangzhou-internal.aliyuncs.com/actions-runner-linux-x64-2.336.0.tar.gz',
      'https://github.com/actions/runner/releases/download/v2.336.0/actions-runner-linux-x64-2.336.0.tar.gz',
    ],
  },
  lifetimeSeconds: 23_400,
  bootSeconds: 540,
  proxy: null,
  docker: false,
  registryMirror: null,
  sudo: true,
  metadata: 'closed',
  extraUserData: null,
  hooks: { started: null, completed: null },
  selfDestruct: null,
  instance: {
    instanceType: 'ecs.c8y.2xlarge',
    zone: 'cn-hangzhou-k',
    cpu: 8,
    memoryGiB: 16,
    capacityType: 'spot',
    pricePerHour: 0.31,
    onDemandPricePerHour: 1.24,
  },
  queuedAtSeconds: 1_790_000_000,
  launchedAtSeconds: 1_790_000_004,
};

const REAL = 'bash base64 cat cp env grep gzip mkdir rm sed sha1sum sha256sum tail tee touch chmod'.split(
  ' ',
);
const RECORDED =
  'chown systemctl useradd usermod nft iptables ip6tables apt-get dnf pgrep ps dockerd git sudo'.split(' ');

/** Writes down its call; the special ones answer as the real ones do on the path that the script takes. */
const ANSWERS: Readonly<Record<string, string>> = {
  id: 'echo 1001',
  ldconfig: 'echo "	libicuuc.so.72 (libc6,x86-64) => /usr/lib/libicuuc.so.72"',
  install: 'for last; do :; done; exec mkdir -p "$last"',
  // A timer is armed; a scope's process is started in it.
  'systemd-run':
    'case " $* " in *" --scope "*) while [ "$1" != -- ]; do shift; done; shift; exec "$@" ;; esac',
  timeout: 'shift 2; exec "$@"',
  // Unpacking the archive is bringing the runner.
  setpriv:
    'shift 3; case $1 in tar) exec cp "$CI_RUNNER_ROOT/run.sh" "$CI_RUNNER_ROOT/opt/actions-runner/run.sh" ;; *) exec "$@" ;; esac',
  sleep: `exec ${pathOf('sleep')} 0.05`,
  curl: `case "$*" in
*termination-time*) cat "$CI_RUNNER_ROOT/notice" 2>/dev/null || exit 22 ;;
*100.100.100.200*) echo token ;;
*) while [ $# -gt 1 ]; do if [ "$1" = --output ]; then printf '%s' "$ARCHIVE" >"$2"; fi; shift; done ;;
esac`,
};

export interface Boot {
  readonly calls: readonly string[];
  readonly trace: string;
  readonly console: string;
  /** What the runner saw, when it was started. */
  readonly runner: string | null;
  readonly root: string;
}

export interface Circumstances {
  readonly values?: Partial<UserDataValues>;
  /** Shell text that a tool runs instead of its usual answer. */
  readonly tools?: Readonly<Record<string, string>>;
  readonly without?: readonly string[];
  /** Shell text: the runner. */
  readonly runner?: string;
  /** The version marker of a runner in the image. */
  readonly inImage?: string;
  readonly os?: string;
  readonly notice?: string;
  /** More files of its disk, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

const roots: string[] = [];
export function removeInstances(): void {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
}

/** cloud-init's process, then the unit's, as systemd would start it. */
export function boot(circumstances: Circumstances = {}): Boot {
  const root = instanceRoot(circumstances);
  const file = join(root, 'part-001');
  writeFileSync(file, userData({ ...VALUES, ...circumstances.values }, SCRIPTS));
  run(root, [file]);
  const unit = join(root, 'run/ci-runner/boot.sh');
  if (readCalls(root).at(-1) === 'systemctl start ci-runner.service' && existsSync(unit))
    run(root, [unit, 'run']);
  const text = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '');
  return {
    root,
    calls: readCalls(root),
    trace: text('var/log/user-data.log'),
    console: text('dev/console'),
    runner: existsSync(join(root, 'runner-saw')) ? text('runner-saw') : null,
  };
}

function instanceRoot(circumstances: Circumstances): string {
  const root = mkdtempSync(join(tmpdir(), 'instance-'));
  roots.push(root);
  for (const path of [
    'bin',
    'run/systemd/system',
    'etc/systemd/system',
    'etc/sudoers.d',
    'etc/apt/sources.list.d',
    'etc/yum.repos.d',
    'home/runner',
    'var/log',
    'var/tmp',
    'var/lib/cloud/instances/i-1/scripts',
    'dev',
    'opt/actions-runner',
  ])
    mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, 'etc/os-release'), circumstances.os ?? 'ID=ubuntu\n');
  writeFileSync(join(root, 'var/lib/cloud/instances/i-1/user-data.txt'), VALUES.jitConfig);
  if (circumstances.inImage !== undefined) {
    writeFileSync(join(root, 'opt/actions-runner/.version'), `${circumstances.inImage}\n`);
    tool(root, 'opt/actions-runner/run.sh', circumstances.runner ?? USUAL_RUNNER);
  }
  for (const [path, content] of Object.entries(circumstances.files ?? {})) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  if (circumstances.notice !== undefined) writeFileSync(join(root, 'notice'), circumstances.notice);
  tool(root, 'run.sh', circumstances.runner ?? USUAL_RUNNER);
  putTools(root, circumstances);
  return root;
}

function putTools(root: string, { tools = {}, without = [] }: Circumstances): void {
  for (const name of REAL) if (tools[name] === undefined) symlinkSync(pathOf(name), join(root, 'bin', name));
  for (const name of new Set([...RECORDED, ...Object.keys(ANSWERS), ...Object.keys(tools)])) {
    if (without.includes(name)) continue;
    const answer = tools[name] ?? ANSWERS[name] ?? 'exit 0';
    tool(root, `bin/${name}`, `echo "${name} $*" >>"$CI_RUNNER_ROOT/calls"\n${answer}`);
  }
}

const USUAL_RUNNER = `env >"$CI_RUNNER_ROOT/runner-saw"
echo 'Listening for Jobs'
bash -e "$ACTIONS_RUNNER_HOOK_JOB_STARTED" >"$CI_RUNNER_ROOT/job-log"
echo 'Job build completed with result: Succeeded'`;

function tool(root: string, path: string, text: string): void {
  writeFileSync(join(root, path), `#!/bin/bash\n${text}\n`);
  chmodSync(join(root, path), 0o755);
}

function pathOf(name: string): string {
  return spawnSync('bash', ['-c', `type -P ${name}`], { encoding: 'utf8' }).stdout.trim();
}

function run(root: string, args: readonly string[]): void {
  spawnSync('bash', args, {
    env: { PATH: join(root, 'bin'), CI_RUNNER_ROOT: root, ARCHIVE, GITHUB_ENV: join(root, 'github-env') },
    // Read to its end: then all that the script started is over, too.
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 20_000,
  });
}

/** Of the story itself: notes and the watch for a spot notice go on beside it, at their own pace. */
function readCalls(root: string): string[] {
  const path = join(root, 'calls');
  const all = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  return all.filter((call) => !/^(sleep|tee) |^curl .*100\.100\.100\.200/.test(call));
}
