/** The functions as s.yaml has them, with stories for bodies. A killed run is abandoned. */
import { launchAny } from '../../functions/launcher/warm/launch-any.ts';
import { launcherWorld } from '../../functions/launcher/world.ts';
import { newLooks } from '../../functions/reaper/looks.ts';
import { reap } from '../../functions/reaper/reap.ts';
import { seldom } from '../../functions/webhook/seldom.ts';
import { webhook } from '../../functions/webhook/webhook.ts';
import { ecsMarket } from '../../shared/adapters/ecs/market.ts';
import { httpReply, parseHttpEvent } from '../../shared/adapters/function-compute/http.ts';
import { readBakeScripts, readUserDataScripts } from '../../shared/adapters/user-data-scripts.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseEvent } from '../../shared/job/handed-on.ts';
import {
  LAUNCHER_TIMEOUT_S,
  REAPER_TIMEOUT_S,
  WEBHOOK_EVENT_MAX_BYTES,
  WEBHOOK_TIMEOUT_S,
} from '../../shared/limits.ts';
import type { MarketNeed } from '../../shared/market/plan.ts';
import { refreshMarkets } from '../../shared/market/refresh.ts';
import type { Queue } from '../../shared/ports.ts';
import {
  abandonWhenKilled,
  type FunctionSpec,
  type Host,
  type Life,
} from '../../simulator/function-compute/index.ts';
import { WEBHOOK_SECRET } from './keys.ts';
import type { Ports } from './ports.ts';
import { NO_MIRRORS } from './release.ts';

const SCRIPTS = readUserDataScripts(`${import.meta.dirname}/../../userdata`);
export const bakeScripts = readBakeScripts(`${import.meta.dirname}/../../userdata`);

export interface Deployed {
  readonly adapters: (config: Config) => Ports;
  readonly queue: () => Queue;
  /** What is deployed now; instances of an earlier deployment get no further request. */
  readonly state: { readonly config: Config };
  /** How a killed run loses its world; `abandonWhenKilled`, unless a test wants to say where. */
  readonly killable?: typeof abandonWhenKilled;
}

export function functionsOf(deployed: Deployed): FunctionSpec[] {
  return [webhookOf(deployed), launcherOf(deployed), reaperOf(deployed)];
}

type Run = (event: Buffer, life: Life) => Promise<unknown>;

/** Each instance puts its world together once, as the real ones do at a cold start. */
function host({ adapters, state }: Deployed, coldStart: (adapters: Ports) => Run): Host {
  const open = () => {
    const { config } = state;
    return { config, run: coldStart(adapters(config)) };
  };
  return {
    pace: 0,
    open() {
      let opened = open();
      return {
        run(event, { life }) {
          if (opened.config !== state.config) opened = open();
          return opened.run(event, life);
        },
        kill: () => undefined,
      };
    },
  };
}

function webhookOf(deployed: Deployed): FunctionSpec {
  const secrets = [{ read: async () => WEBHOOK_SECRET, stale: () => false }];
  const body = host(deployed, ({ config, log, clock }) => {
    const asked = { secrets, isHook: null, rules: config, log, logSampled: log, mayTell: seldom(clock) };
    return async (event) => {
      const world = { ...asked, queue: deployed.queue() };
      const { status, text } = await webhook(parseHttpEvent(event, WEBHOOK_EVENT_MAX_BYTES), world);
      return httpReply(status, text);
    };
  });
  const timeoutMs = WEBHOOK_TIMEOUT_S * 1000;
  return { name: 'ci-webhook', memoryMb: 512, timeoutMs, http: { methods: ['POST'] }, body };
}

function launcherOf(deployed: Deployed): FunctionSpec {
  const { killable = abandonWhenKilled } = deployed;
  return {
    name: 'ci-launcher',
    memoryMb: 512,
    timeoutMs: LAUNCHER_TIMEOUT_S * 1000,
    asyncRetries: 3,
    onFailure: 'ci-reaper',
    body: host(deployed, (adapters) => {
      const world = launcherWorld(adapters, SCRIPTS);
      return async (event, life) => {
        return launchAny(parseEvent(event), killable(world, life));
      };
    }),
  };
}

function reaperOf(deployed: Deployed): FunctionSpec {
  const { killable = abandonWhenKilled, queue } = deployed;
  return {
    name: 'ci-reaper',
    memoryMb: 512,
    timeoutMs: REAPER_TIMEOUT_S * 1000,
    asyncRetries: 3,
    timer: { name: 'sweep', cron: '@every 1m', payload: 'sweep' },
    body: host(deployed, ({ callEcs, ...adapters }) => {
      const { config, clock, ledger, log } = adapters;
      const source = ecsMarket({ call: callEcs, clock, spotDuration: config.spot.duration });
      const idle = new Map<string, number>();
      const refreshMarket = (need: MarketNeed, deadlineMs: number) =>
        refreshMarkets(need, deadlineMs, { config, clock, log, market: ledger.market, source, idle });
      const world = {
        ...adapters,
        bakeScripts,
        looks: newLooks(),
        queue: queue(),
        mirrors: NO_MIRRORS,
        refreshMarket,
      };
      return (event, life) => reap(event, killable(world, life));
    }),
  };
}
