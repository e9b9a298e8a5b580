/** The whole system in one process on a virtual clock: real stories, real adapters' mappings, simulated services. */

import { launch } from '../../functions/launcher/launch.ts';
import { launcherWorld } from '../../functions/launcher/world.ts';
import { reap } from '../../functions/reaper/reap.ts';
import { webhook } from '../../functions/webhook/webhook.ts';
import type { EcsCall } from '../../shared/adapters/ecs-call.ts';
import { ecsInstances } from '../../shared/adapters/ecs-instances.ts';
import { ecsMarket } from '../../shared/adapters/ecs-market.ts';
import { replyOf, requestOf } from '../../shared/adapters/fc-http.ts';
import { gitHubOver } from '../../shared/adapters/github-adapter.ts';
import { ledgerOn } from '../../shared/adapters/tablestore-ledger.ts';
import { patient } from '../../shared/adapters/tablestore-patience.ts';
import { HISTORY_TABLE, LEDGER_TABLE } from '../../shared/adapters/tablestore-tables.ts';
import { readUserDataScripts } from '../../shared/adapters/user-data-scripts.ts';
import { type Config, RunnersYaml } from '../../shared/config.ts';
import { parseEvent } from '../../shared/event.ts';
import { LAUNCHER_TIMEOUT_S, REAPER_TIMEOUT_S, WEBHOOK_TIMEOUT_S } from '../../shared/limits.ts';
import { refreshMarkets } from '../../shared/market-refresh.ts';
import type { Log, Queue } from '../../shared/ports.ts';
import { RUNNER_RELEASE_NOTE } from '../../shared/runner-release.ts';
import { createAccount } from '../../simulator/accounts.ts';
import { VirtualClock } from '../../simulator/clock.ts';
import { createEcs, type EcsOptions } from '../../simulator/ecs/index.ts';
import {
  type Context,
  createFunctionCompute,
  type FunctionSpec,
  inProcessQueue,
  mortal,
} from '../../simulator/function-compute/index.ts';
import { inProcessRequest } from '../../simulator/github/in-process.ts';
import { createGitHub, type GitHubOptions } from '../../simulator/github/index.ts';
import { seeded } from '../../simulator/random.ts';
import { createTable, createTableStore, tableOf } from '../../simulator/tablestore/index.ts';
import { type TimedDriverOptions, timedDriver } from '../../simulator/timed-driver.ts';
import { APP_ID, PRIVATE_KEY_PEM, PUBLIC_KEY_PEM, WEBHOOK_SECRET } from './keys.ts';
import { RELEASE } from './release.ts';

export const START_MS = Date.UTC(2026, 4, 4, 8, 0, 0);
const SCRIPTS = readUserDataScripts(`${import.meta.dirname}/../../userdata`);

export interface WorldOptions {
  readonly seed?: number;
  /** What is written in runners.yaml beyond the least. */
  readonly config?: object;
  readonly github?: Partial<GitHubOptions>;
  readonly ecs?: Partial<EcsOptions>;
  readonly boots?: Partial<TimedDriverOptions>;
  readonly log?: Log;
  readonly repositories?: readonly string[];
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
  const log: Log =
    options.log ??
    ((event, fields) =>
      void lines.push(JSON.stringify({ at: new Date(clock.nowMs()).toISOString(), event, ...fields })));
  const account = createAccount('1234567890123456', 'cn-hongkong');
  const store = createTableStore({ clock, credentials: account.find });
  for (const shape of [LEDGER_TABLE, HISTORY_TABLE]) createTable(store, shape);

  const github = createGitHub({
    clock,
    random: random.fork(),
    app: { id: APP_ID, publicKeyPem: PUBLIC_KEY_PEM, webhookSecret: WEBHOOK_SECRET },
    deliver: ({ headers, body }) => fc.requestHttp('ci-webhook', { method: 'POST', url: '/', headers, body }),
    ...options.github,
  });
  const ecs = createEcs({
    clock,
    random: random.fork(),
    credentials: account.find,
    boot: timedDriver({ github, random: random.fork(), ...options.boots }),
    ...options.ecs,
  });
  const state = { config: configOf(options.config) };
  const ports = portsOf({ clock, random, github, ecs, store, log, state });
  const fc = createFunctionCompute({
    clock,
    random: random.fork(),
    account,
    functions: functionsOf(
      () => ports(),
      () => queue,
      log,
    ),
  });
  const queue = inProcessQueue(fc, { launcher: 'ci-launcher', reaper: 'ci-reaper' });

  github.addOrganization('acme');
  const repositories = options.repositories ?? ['acme/app'];
  for (const repository of repositories) github.addRepository(repository);
  github.addGroup({ organization: 'acme', name: 'ci-runners', repositories: [...repositories] });
  github.install('acme');
  github.setRunnerReleases([{ version: RELEASE.version, publishedAtMs: RELEASE.publishedAtMs, assets: [] }]);

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
    plane: ports,
    ...passing(clock),
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

interface Parts {
  readonly clock: VirtualClock;
  readonly random: ReturnType<typeof seeded>;
  readonly github: ReturnType<typeof createGitHub>;
  readonly ecs: ReturnType<typeof createEcs>;
  readonly store: ReturnType<typeof createTableStore>;
  readonly log: Log;
  readonly state: { config: Config };
}

/** The ports over the in-process faces; the same objects for all functions, as adapters keep little. */
function portsOf({ clock, random, github, ecs, store, log, state }: Parts) {
  const draws = random.fork();
  const sleep = (ms: number) => clock.sleep(ms);
  const patience = { nowMs: () => clock.nowMs(), sleep, random: () => draws.next() };
  const table = (name: string) => patient(tableOf(store, name), patience);
  let tokens = 0;
  const ledger = ledgerOn({ ledger: table('ledger'), history: table('history') }, () => `token-${++tokens}`);
  const callEcs: EcsCall = async (region, action, params) => {
    await sleep(draws.whole(20, 120));
    return ecs.call(region, action, { RegionId: region, ...params }) as Record<string, unknown>;
  };
  const request = inProcessRequest({ github, clock, appId: APP_ID, privateKeyPem: PRIVATE_KEY_PEM });
  return () => {
    const { config } = state;
    return {
      config,
      clock,
      log,
      ledger,
      callEcs,
      github: gitHubOver(request, { clock, runnerGroup: config.github.runnerGroup }),
      instances: ecsInstances({
        ...{ call: callEcs, deployment: config.name, clock, log, pause: sleep },
        ...{
          placements: config.placements,
          images: config.images,
          spotDuration: config.spot.duration,
          ramRole: null,
        },
      }),
      alerts: { post: async (text: string) => log('alert.sent', { text }) },
    };
  };
}

type Plane = ReturnType<ReturnType<typeof portsOf>>;

/** The functions as s.yaml has them, with stories for bodies; a killed run is abandoned. */
function functionsOf(plane: () => Plane, queue: () => Queue, log: Log): FunctionSpec[] {
  const common = { memoryMb: 512 };
  return [
    {
      ...common,
      name: 'ci-webhook',
      timeoutMs: WEBHOOK_TIMEOUT_S * 1000,
      http: { methods: ['POST'] },
      body: async (event: Buffer) => {
        const request = requestOf(event);
        if (request === null) throw new Error('not a request');
        const secrets = [{ read: async () => WEBHOOK_SECRET, stale: () => false }];
        const { status, text } = await webhook(request, {
          secrets,
          rules: plane().config,
          queue: queue(),
          log,
        });
        return replyOf(status, text);
      },
    },
    {
      ...common,
      name: 'ci-launcher',
      timeoutMs: LAUNCHER_TIMEOUT_S * 1000,
      asyncRetries: 3,
      onFailure: 'ci-reaper',
      body: async (event: Buffer, { life }: Context) => {
        const handedOn = parseEvent(event);
        if (handedOn?.kind !== 'queued' && handedOn?.kind !== 'due') throw new Error('not a launch');
        return launch(handedOn, mortal(launcherWorld(plane(), SCRIPTS), life));
      },
    },
    {
      ...common,
      name: 'ci-reaper',
      timeoutMs: REAPER_TIMEOUT_S * 1000,
      asyncRetries: 3,
      timer: { name: 'sweep', cron: '@every 1m', payload: 'sweep' },
      body: async (event: Buffer, { life }: Context) => {
        const { callEcs, ...rest } = plane();
        const { config, clock, ledger } = rest;
        const source = ecsMarket({ call: callEcs, clock, spotDuration: config.spot.duration });
        const world = mortal({ ...rest, queue: queue() }, life);
        const refreshMarket = (isBusy: boolean, deadlineMs: number) =>
          refreshMarkets(isBusy, deadlineMs, { config, clock, log, market: ledger.market, source });
        return reap(event, { ...world, refreshMarket });
      },
    },
  ];
}

/** The mirror ran before: launches know which runner to install. */
export async function mirrored({ plane }: Pick<World, 'plane'>): Promise<void> {
  await plane().ledger.notes.add(RUNNER_RELEASE_NOTE, { text: JSON.stringify(RELEASE), untilMs: null });
}
