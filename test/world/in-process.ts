/** The whole system in one process on a virtual clock: real stories, real adapters' mappings, simulated services. */
import { HISTORY_TABLE, LEDGER_TABLE } from '../../shared/adapters/tablestore/tables.ts';
import { type Config, RunnersYaml } from '../../shared/config/config.ts';
import type { Log } from '../../shared/ports.ts';
import { RUNNER_RELEASE_NOTE } from '../../shared/runner/release.ts';
import { createAccount } from '../../simulator/accounts.ts';
import { VirtualClock } from '../../simulator/clock.ts';
import { createEcs, type EcsOptions } from '../../simulator/ecs/index.ts';
import {
  type abandonWhenKilled,
  createFunctionCompute,
  type InvocationEvent,
  inProcessQueue,
} from '../../simulator/function-compute/index.ts';
import { createGitHub, type GitHubOptions } from '../../simulator/github/index.ts';
import { seeded } from '../../simulator/random.ts';
import { createTable, createTableStore } from '../../simulator/tablestore/index.ts';
import { type TimedDriverOptions, timedDriver } from '../../simulator/timed-driver.ts';
import { functionsOf } from './functions.ts';
import { APP_ID, PUBLIC_KEY_PEM, WEBHOOK_SECRET } from './keys.ts';
import { type Parts, portsOver, type Watch } from './ports.ts';
import { ASSETS, RELEASE } from './release.ts';

export const START_MS = Date.UTC(2026, 4, 4, 8, 0, 0);

export interface WorldOptions {
  readonly seed?: number;
  /** What is written in runners.yaml beyond the least. */
  readonly config?: object;
  readonly github?: Partial<GitHubOptions>;
  readonly ecs?: Partial<EcsOptions>;
  readonly boots?: Partial<TimedDriverOptions>;
  readonly watch?: Watch;
  readonly observe?: (event: InvocationEvent) => void;
  readonly skewMs?: () => number;
  readonly wrapEcs?: Parts['wrapEcs'];
  readonly post?: Parts['post'];
  readonly killable?: typeof abandonWhenKilled;
  /** Repositories of the organisation that the runner group serves. */
  readonly repositories?: readonly string[];
  /** Where the App is installed; default: all of the organisation. */
  readonly installed?: readonly string[];
}

export type World = ReturnType<typeof openWorld>;

export function configOf(more: object = {}): Config {
  const least = {
    repositories: { allow: ['acme/*'] },
    placements: [
      {
        region: 'cn-hangzhou',
        zones: { h: 'vsw-cn-hangzhou-h', i: 'vsw-cn-hangzhou-i', k: 'vsw-cn-hangzhou-k' },
        securityGroup: 'sg-cn-hangzhou',
      },
    ],
  };
  return RunnersYaml.parse({ ...least, ...more });
}

export function openWorld(options: WorldOptions = {}) {
  const clock = new VirtualClock(START_MS);
  const random = seeded(options.seed ?? 1);
  const lines: string[] = [];
  const { watch = {} } = options;
  const log: Log = (event, fields) => {
    lines.push(JSON.stringify({ at: new Date(clock.nowMs()).toISOString(), event, ...fields }));
    watch.log?.(event, fields);
  };
  const account = createAccount('1234567890123456', 'cn-hongkong');
  const store = createTableStore({ clock, credentials: account.find });
  for (const shape of [LEDGER_TABLE, HISTORY_TABLE]) createTable(store, shape);

  const github = createGitHub({
    clock,
    random: random.fork(),
    app: { id: APP_ID, publicKeyPem: PUBLIC_KEY_PEM, webhookSecret: WEBHOOK_SECRET },
    deliver: ({ headers, body }) => fc.requestHttp('ci-webhook', { method: 'POST', url: '/', headers, body }),
    ...options.github,
    behaviour: { answerMs: [30, 200], ...options.github?.behaviour },
  });
  const ecs = createEcs({
    clock,
    random: random.fork(),
    credentials: account.find,
    boot: timedDriver({ github, random: random.fork(), ...options.boots }),
    ...options.ecs,
  });
  const state = { config: configOf(options.config) };
  const { skewMs = () => 0, wrapEcs = (ask) => ask } = options;
  const post = options.post ?? (async (text: string) => log('alert.sent', { text }));
  const parts = { clock, random, github, ecs, store, log, watch, skewMs, wrapEcs, post };
  const portsFor = portsOver(parts);
  const promptPorts = portsOver({ ...parts, isPrompt: true });
  const fc = createFunctionCompute({
    clock,
    random: random.fork(),
    account,
    functions: functionsOf({ adapters: portsFor, queue: () => queue, state, ...killableIn(options) }),
    ...(options.observe === undefined ? {} : { observe: options.observe }),
  });
  const queue = inProcessQueue(fc, { launcher: 'ci-launcher', reaper: 'ci-reaper' });
  const people = peopled(github, options);
  const adapters = () => promptPorts(state.config);
  return {
    clock,
    random,
    log,
    lines,
    account,
    store,
    github,
    ecs,
    fc,
    queue,
    state,
    adapters,
    ...people,
    ...passing(clock),
  };
}

const killableIn = ({ killable }: WorldOptions) => (killable === undefined ? {} : { killable });

function peopled(github: ReturnType<typeof createGitHub>, options: WorldOptions) {
  const { repositories = ['acme/app'], installed } = options;
  github.addOrganization('acme');
  for (const repository of repositories) github.addRepository(repository);
  const ours = { organization: 'acme', name: 'ci-runners' };
  const { id } = github.addGroup({ ...ours, repositories: [...repositories] });
  github.setRunnerReleases([
    { version: RELEASE.version, publishedAtMs: RELEASE.publishedAtMs, assets: ASSETS },
  ]);
  return {
    installation: github.install('acme', installed),
    /** The runner group serves others, from now on. */
    regroup(plan: { readonly repositories: 'all' | string[]; readonly allowsPublic: boolean }) {
      github.removeGroup(id);
      github.addGroup({ ...ours, ...plan });
    },
  };
}

function passing(clock: VirtualClock) {
  return {
    pass: (ms: number) => clock.runUntil(clock.nowMs() + ms),
    /** Until something holds; false when it did not within so long. */
    async until(holds: () => boolean, maxMs: number): Promise<boolean> {
      await clock.runUntil(clock.nowMs() + maxMs, holds);
      return holds();
    },
  };
}

/** The mirror ran before: launches know which runner to install. */
export async function seedRunnerRelease({ adapters }: Pick<World, 'adapters'>): Promise<void> {
  await adapters().ledger.notes.add(RUNNER_RELEASE_NOTE, { text: JSON.stringify(RELEASE), untilMs: null });
}
