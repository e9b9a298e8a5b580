/**
 * The user data of one instance: the values that the launcher knows, each quoted, and below them the scripts of git.
 * All of it is compressed, the JIT config once it is taken apart, because user data is small.
 */
import { createHash } from 'node:crypto';
import { USER_DATA_MAX_BYTES } from '../limits.ts';
import type { Candidate } from '../nouns.ts';
import { assignments, packed, quoted, whole } from './bash.ts';
import { withDebugLine } from './debug-hook.ts';
import { jitParts } from './jit-parts.ts';
import { machineOf } from './machine-words.ts';
import { hasMirrors, type MachineMirrors, mirrorUrls } from './package-mirrors.ts';
import { dockerClientJson, proxyEnvironment } from './proxy.ts';

export interface UserDataValues {
  /** Secret, good for one runner; null: the machine is only made ready, and waits to be stopped. */
  readonly jitConfig: string | null;
  readonly runner: {
    /** Versions that are good enough when the image holds one; the newest among them. */
    readonly versions: readonly string[];
    readonly sha256: string;
    /** Tried in this order: the mirror in the region, then GitHub. */
    readonly urls: readonly string[];
  };
  /** Archives of actions, in one tar; null: all come from GitHub. */
  readonly actions: { readonly url: string; readonly sha256: string } | null;
  /** The list of the tools that are kept; null: none are. */
  readonly tools: { readonly url: string; readonly sha256: string } | null;
  /** From the boot to the end of the machine's own making. */
  readonly lifetimeSeconds: number;
  /** What its operator calls its lifetime. */
  readonly lifetimeMinutes: number;
  readonly bootSeconds: number;
  /** A runner that nobody gave a job to for so long ends its machine. */
  readonly idleSeconds: number;
  readonly proxy: {
    readonly http: string | null;
    readonly https: string | null;
    readonly noProxy: readonly string[];
  } | null;
  readonly docker: boolean;
  /** More packages of the image's distribution, by its names. */
  readonly packages: readonly string[];
  readonly registryMirror: string | null;
  readonly mirrors: MachineMirrors;
  readonly sudo: boolean;
  /** Whose jobs may run on it. */
  readonly admission: {
    /** Each of `owner/name` and `owner/*`; a repository must be in each list. */
    readonly lists: readonly (readonly string[])[];
    readonly public: 'refuse' | 'allow';
    readonly forks: 'refuse' | 'allow';
  };
  readonly metadata: 'closed' | 'open';
  /** A chart of what the job used of its machine ends its log, and one line of it the trace. */
  readonly usage: boolean;
  /** So long the machine stays if its job fails; 0: it does not. */
  readonly debugSeconds: number;
  /** Bash, run as root after the stop is armed, ends at its first failure; never sees the JIT config. */
  readonly extraUserData: string | null;
  /** Bash, run as user `runner` in the job's log, after ours. */
  readonly hooks: { readonly started: string | null; readonly completed: string | null };
  readonly selfDestruct: { readonly roleName: string; readonly ecsEndpoint: string } | null;
  /** `image`: the baked one that it is made from; null: another. `sizeNote`: why it is bigger than asked; '' or absent: it is not. */
  readonly instance: Pick<Candidate, 'instanceType' | 'zone' | 'cpu' | 'memoryGiB' | 'capacityType'> &
    Pick<Candidate, 'pricePerHour' | 'onDemandPricePerHour'> & {
      readonly image: string | null;
      readonly sizeNote?: string;
    };
  readonly queuedAtSeconds: number;
  readonly launchedAtSeconds: number;
}

/** Of the files in `userdata/`, those that not each machine has. */
type Wanted = 'docker' | 'mirrors' | 'tools' | 'standBy' | 'usage' | 'debug' | 'selfDestruct';
/** Their text. */
export type UserDataScripts = Readonly<Record<Wanted | 'install' | 'jobStarted' | 'job' | 'run', string>>;

/** One download of the runner may take this long; GitHub from mainland China takes minutes. */
export const FETCH_SECONDS = 240;

/** Throws when the result would be larger than USER_DATA_MAX_BYTES: the operator's own scripts are too long. */
export function userData(values: UserDataValues, scripts: UserDataScripts): string {
  const lines = [...header(values), `readonly RECIPE=${quoted(recipeOf(values, scripts))}`, ''];
  const wanted = [
    scripts.jobStarted,
    values.docker ? scripts.docker : '',
    hasMirrors(values.mirrors) ? scripts.mirrors : '',
    scripts.install,
    scripts.job,
    values.tools === null ? '' : scripts.tools,
    values.jitConfig === null ? scripts.standBy : '',
    values.usage ? scripts.usage : '',
    values.debugSeconds === 0 ? '' : scripts.debug,
    values.selfDestruct === null ? '' : scripts.selfDestruct,
    scripts.run,
  ];
  const text = [
    // Early in the boot, and at each: not at its very end, as a script would be.
    '#cloud-boothook',
    '#!/usr/bin/env bash',
    "trap 'systemctl poweroff' EXIT",
    'source <(base64 --decode <<SCRIPTS | gzip --decompress',
    packed(lines.join('\n'), wanted).toString('base64'),
    'SCRIPTS',
    ')',
    '',
  ].join('\n');
  const bytes = Buffer.byteLength(text);
  if (bytes > USER_DATA_MAX_BYTES)
    throw new RangeError(
      `user data has ${bytes} bytes, ${USER_DATA_MAX_BYTES} at most: shorten extraUserData, hooks or the lists of repositories`,
    );
  return text;
}

/** What an image that holds the result of `install.sh` is known by, hexadecimal. */
export function recipeOf(
  { docker, sudo, packages }: Pick<UserDataValues, 'docker' | 'sudo' | 'packages'>,
  scripts: Pick<UserDataScripts, 'install' | 'docker'>,
): string {
  const all = [scripts.install, docker ? scripts.docker : '', String(sudo), ...packages];
  return createHash('sha256').update(all.join('\0')).digest('hex').slice(0, 16);
}

function header(values: UserDataValues): string[] {
  const { runner, instance, mirrors } = values;
  const urls = [...runner.urls, ...mirrorUrls(mirrors, values.registryMirror)];
  const environment = {
    RUNNER_CPU_CORES: String(instance.cpu),
    RUNNER_MEMORY_GIB: String(instance.memoryGiB),
    RUNNER_INSTANCE_TYPE: instance.instanceType,
    RUNNER_ZONE: instance.zone,
    RUNNER_CAPACITY_TYPE: instance.capacityType,
  };
  const words: Record<string, string> = {
    RUNNER_SHA256: runner.sha256,
    FETCH_SECONDS: whole(FETCH_SECONDS),
    LIFETIME_SECONDS: whole(values.lifetimeSeconds),
    LIFETIME_MINUTES: whole(values.lifetimeMinutes),
    IDLE_SECONDS: whole(values.idleSeconds),
    BOOT_SECONDS: whole(values.bootSeconds),
    PROXY: String(values.proxy !== null),
    DOCKER: String(values.docker),
    SUDO: String(values.sudo),
    PUBLIC: values.admission.public,
    FORKS: values.admission.forks,
    METADATA_OPEN: String(values.metadata === 'open'),
    PREPARES: String(values.jitConfig === null),
    USAGE: String(values.usage),
    ...(values.usage ? { CORES: whole(instance.cpu), MEMORY_GIB: whole(Math.ceil(instance.memoryGiB)) } : {}),
    INSTANCE_TYPE: instance.instanceType,
    ZONE: instance.zone,
    MACHINE: [
      machineOf(instance),
      ...(instance.image === null ? [] : [`from image ${instance.image}`]),
      ...(instance.sizeNote ? [`bigger than asked, ${instance.sizeNote}`] : []),
    ].join(', '),
    QUEUED_AT: whole(values.queuedAtSeconds),
    LAUNCHED_AT: whole(values.launchedAtSeconds),
    ...(values.tools === null ? {} : { TOOLS_URL: values.tools.url, TOOLS_SHA256: values.tools.sha256 }),
    ...(values.debugSeconds === 0 ? {} : { DEBUG_SECONDS: whole(values.debugSeconds) }),
    ...optionalWords(values),
  };
  const lists: Record<string, readonly string[]> = {
    RUNNER_VERSIONS: runner.versions,
    RUNNER_URLS: runner.urls,
    JIT_PARTS: values.jitConfig === null ? [] : jitParts(values.jitConfig),
    PACKAGES: values.packages,
    MIRRORS: mirrors.files.flatMap(({ tool, url, files, text }) => [tool, url, files.join(' '), text]),
    ADMITTED: values.admission.lists.map((list) => list.join(' ').toLowerCase()),
    PROXY_ENVIRONMENT: assignments(proxyEnvironment(values.proxy, urls)),
    JOB_ENVIRONMENT: assignments(environment),
  };
  return [
    ...Object.entries(words).map(([name, word]) => `readonly ${name}=${quoted(word)}`),
    ...Object.entries(lists).map(([name, list]) => `readonly ${name}=(${list.map(quoted).join(' ')})`),
  ];
}

/** '': there is none. */
function optionalWords(values: UserDataValues): Record<string, string> {
  const { mirrors, actions, hooks, selfDestruct } = values;
  const registry = values.registryMirror ?? mirrors.docker;
  const words: Record<string, string | null | undefined> = {
    ACTIONS_URL: actions?.url,
    ACTIONS_SHA256: actions?.sha256,
    EXTRA_USER_DATA: values.extraUserData,
    HOOK_STARTED: withDebugLine(hooks.started, values.debugSeconds),
    HOOK_COMPLETED: withDebugLine(hooks.completed, values.debugSeconds),
    DOCKER_DAEMON_JSON: registry && JSON.stringify({ 'registry-mirrors': [registry] }),
    REGISTRY_MIRROR: values.registryMirror === null ? mirrors.docker : null,
    APT_MIRROR: mirrors.apt,
    DOCKER_CLIENT_JSON: dockerClientJson(values.proxy),
    SELF_DESTRUCT_ROLE: selfDestruct?.roleName,
    ECS_ENDPOINT: selfDestruct?.ecsEndpoint,
  };
  return Object.fromEntries(Object.entries(words).map(([name, word]) => [name, word ?? '']));
}
