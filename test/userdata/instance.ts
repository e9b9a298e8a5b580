/**
 * An instance of nothing but a folder and a PATH: the real script in a real bash, every tool that would touch
 * the machine replaced by one that writes down its call, and fails when told to.
 */
import { spawnSync } from 'node:child_process';
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
import { ARCHIVE, VALUES } from './values.ts';

export const SCRIPTS = readUserDataScripts(join(import.meta.dirname, '..', '..', 'userdata'));

const REAL = 'bash base64 cat chmod cp env grep gzip mkdir rm sed sha1sum sha256sum tail tee'.split(' ');
const RECORDED =
  'chown systemctl useradd usermod nft iptables ip6tables apt-get dnf pgrep pkill ps dockerd git sudo'.split(
    ' ',
  );

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
  /** The job that the runner gets, as GitHub's own variables tell of it. */
  readonly job?: JobFacts;
  /** More files of its disk, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface JobFacts {
  readonly repository?: string;
  readonly event?: string;
  /** Of GITHUB_EVENT_PATH; null: there is none. */
  readonly payload?: object | string | null;
}

const OWN_PUSH = {
  repository: 'acme/app',
  event: 'push',
  payload: { repository: { full_name: 'acme/app', private: true } },
};

const roots: string[] = [];
export function removeInstances(): void {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
}

/** cloud-init's process, then the unit's, as systemd would start it. */
export function boot(circumstances: Circumstances = {}): Boot {
  const root = instanceRoot(circumstances);
  const file = join(root, 'part-001');
  writeFileSync(file, userData({ ...VALUES, ...circumstances.values }, SCRIPTS));
  run(root, [file], circumstances);
  const unit = join(root, 'run/ci-runner/boot.sh');
  if (readCalls(root).at(-1) === 'systemctl start ci-runner.service' && existsSync(unit))
    run(root, [unit, 'run'], circumstances);
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
  putFiles(root, circumstances);
  tool(root, 'run.sh', circumstances.runner ?? USUAL_RUNNER);
  putTools(root, circumstances);
  return root;
}

function putFiles(root: string, { job, notice, files }: Circumstances): void {
  const { payload } = { ...OWN_PUSH, ...job };
  const event = payload === null || typeof payload === 'string' ? payload : JSON.stringify(payload);
  for (const [path, content] of Object.entries({ 'event.json': event, notice, ...files })) {
    if (content === undefined || content === null) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
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
echo steps >"$CI_RUNNER_ROOT/steps"
echo 'Job build completed with result: Succeeded'`;

function tool(root: string, path: string, text: string): void {
  writeFileSync(join(root, path), `#!/bin/bash\n${text}\n`);
  chmodSync(join(root, path), 0o755);
}

function pathOf(name: string): string {
  return spawnSync('bash', ['-c', `type -P ${name}`], { encoding: 'utf8' }).stdout.trim();
}

function run(root: string, args: readonly string[], { job }: Circumstances): void {
  const { repository, event } = { ...OWN_PUSH, ...job };
  const github = {
    GITHUB_ENV: join(root, 'github-env'),
    GITHUB_REPOSITORY: repository,
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: join(root, 'event.json'),
  };
  // Its output is read to the end: then all that the script started is over, too.
  spawnSync('bash', args, {
    env: { PATH: join(root, 'bin'), CI_RUNNER_ROOT: root, ARCHIVE, ...github },
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
