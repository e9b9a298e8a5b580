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
import { ANSWERS, BESIDE, pathOf, REAL, RECORDED } from './tools.ts';
import { ARCHIVE, VALUES } from './values.ts';

export const SCRIPTS = readUserDataScripts(join(import.meta.dirname, '..', '..', 'userdata'));

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
  /** Tools, and `ca-certificates`. */
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
  /** curl lies beside, for an installer that brings it. */
  readonly lateCurl?: boolean;
  /** The image's PATH has no tools: the runner looks at its variables by this machine's own. */
  readonly keepPath?: boolean;
}

export interface JobFacts {
  readonly repository?: string;
  /** Of GITHUB_REPOSITORY_ID; an old GHES has none. */
  readonly repositoryId?: string;
  readonly event?: string;
  /** Of GITHUB_EVENT_PATH; null: there is none. */
  readonly payload?: object | string | null;
}

const OWN_PUSH: Required<Omit<JobFacts, 'repositoryId'>> & JobFacts = {
  repository: 'acme/app',
  event: 'push',
  payload: { repository: { full_name: 'acme/app', private: true } },
};

const roots: string[] = [];
export function removeInstances(): void {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}

/** cloud-init's process, then the unit's, as systemd would start it. */
export function boot(circumstances: Circumstances = {}): Boot {
  const root = instanceRoot(circumstances);
  const file = join(root, 'part-001');
  writeFileSync(file, userData({ ...VALUES, ...circumstances.values }, SCRIPTS));
  run(root, [file], circumstances);
  const unit = join(root, 'run/ci-runner/run.sh');
  if (readCalls(root).at(-1) === 'systemctl --no-block start ci-runner.service' && existsSync(unit))
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

/** Any script of ours, on the machine that an image is made of. */
export function runOnly(script: string, circumstances: Circumstances = {}) {
  const root = instanceRoot(circumstances);
  writeFileSync(join(root, 'script'), script);
  const status = run(root, [join(root, 'script')], circumstances);
  return { root, status, calls: readCalls(root) };
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
    'var/lib/cloud/instances/i-1/boothooks',
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
  const { runner = USUAL_RUNNER, keepPath = false } = circumstances;
  tool(root, 'run.sh', keepPath ? `/usr/bin/env >"$CI_RUNNER_ROOT/runner-saw"` : runner);
  if (keepPath && circumstances.inImage !== undefined)
    tool(root, 'opt/actions-runner/run.sh', `/usr/bin/env >"$CI_RUNNER_ROOT/runner-saw"`);
  if (circumstances.lateCurl === true) tool(root, 'late-curl', ANSWERS.curl ?? '');
  putTools(root, circumstances);
  return root;
}

function putFiles(root: string, { job, notice, files, without = [] }: Circumstances): void {
  const certificates = without.includes('ca-certificates') ? undefined : 'some';
  const { payload } = { ...OWN_PUSH, ...job };
  const event = payload === null || typeof payload === 'string' ? payload : JSON.stringify(payload);
  const usual = {
    'event.json': event,
    notice,
    'etc/ssl/certs/ca-certificates.crt': certificates,
  };
  for (const [path, content] of Object.entries({ ...usual, ...files })) {
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

/** The bound on what stands still: it holds where other work keeps the cores busy. */
const STANDSTILL_MS = 20 * 60_000;

export function run(root: string, args: readonly string[], { job }: Circumstances): number | null {
  const { repository, repositoryId, event } = { ...OWN_PUSH, ...job };
  const github = {
    GITHUB_ENV: join(root, 'github-env'),
    GITHUB_REPOSITORY: repository,
    ...(repositoryId === undefined ? {} : { GITHUB_REPOSITORY_ID: repositoryId }),
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: join(root, 'event.json'),
  };
  // Its output and the fourth stream, which nothing sends elsewhere, are read to the end: then all that it started is over, too.
  const { status } = spawnSync('bash', args, {
    env: { PATH: join(root, 'bin'), CI_RUNNER_ROOT: root, ARCHIVE, ...github },
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    timeout: STANDSTILL_MS,
  });
  return status;
}

function readCalls(root: string): string[] {
  const path = join(root, 'calls');
  const all = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  return all.filter((call) => !BESIDE.test(call));
}
