/** The product's ports over the simulators in process: real adapters' mappings, answers that take simulated time. */
import { bssBills } from '../../shared/adapters/bss/bills.ts';
import { ecsImages } from '../../shared/adapters/ecs/images.ts';
import { ecsInstances } from '../../shared/adapters/ecs/instances.ts';
import { gitHubOver } from '../../shared/adapters/github/adapter.ts';
import type { OwnHost } from '../../shared/adapters/github/runner-releases.ts';
import { ledgerOn } from '../../shared/adapters/tablestore/ledger.ts';
import { withRetries } from '../../shared/adapters/tablestore/retries.ts';
import type { Columns, Key, Table } from '../../shared/adapters/tablestore/table.ts';
import type { Config } from '../../shared/config/config.ts';
import { memoryIn } from '../../shared/github-note.ts';
import type { Log } from '../../shared/ports.ts';
import type { VirtualClock } from '../../simulator/clock.ts';
import { type Ecs, inProcess } from '../../simulator/ecs/index.ts';
import { inProcessRequest } from '../../simulator/github/in-process.ts';
import type { SimGitHub } from '../../simulator/github/index.ts';
import type { Random } from '../../simulator/random.ts';
import { type TableStore, tableOf } from '../../simulator/tablestore/index.ts';
import { APP_ID, PRIVATE_KEY_PEM } from './keys.ts';

/** Sees what passes between the product and the world, and changes nothing. */
export interface Watch {
  log?(event: string, fields: Readonly<Record<string, unknown>>): void;
  row?(table: string, key: Key, columns: Columns): void;
  gone?(table: string, key: Key): void;
}

export interface Parts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly github: SimGitHub;
  readonly ecs: Ecs;
  readonly store: TableStore;
  readonly log: Log;
  readonly watch: Watch;
  /** The ledger answers at once: for tests that look at it. */
  readonly isPrompt?: boolean;
  /** How far the clock of a new function instance is off. */
  readonly skewMs: () => number;
  /** Stands between the adapter and ECS: for answers that the simulated ECS itself never gives. */
  readonly wrapEcs: (ask: Ask) => Ask;
  /** Throws when the channel is down. */
  readonly post: (text: string) => Promise<void>;
}

export type Ask = ReturnType<typeof inProcess>;
export type Ports = ReturnType<ReturnType<typeof portsOver>>;

/** What one function instance holds: its own clock, tokens and caches. */
export function portsOver(parts: Parts) {
  const { clock, random, github, ecs, store, log, watch } = parts;
  const draws = random.fork();
  const pause = parts.isPrompt ? async () => undefined : () => sleep(draws.whole(1, 6));
  const sleep = (ms: number) => clock.sleep(ms);
  const policy = { nowMs: () => clock.nowMs(), sleep, random: () => draws.next() };
  const table = (name: string) => {
    const lagging = lag(tableOf(store, name), pause);
    return withRetries(watched(name, lagging, watch), policy);
  };
  const whose = parts.isPrompt ? 'test' : 'token';
  let tokens = 0;
  const tables = { ledger: table('ledger'), history: table('history') };
  const ledger = ledgerOn(tables, () => `${whose}-${++tokens}`);
  const callEcs = parts.wrapEcs(inProcess(ecs, () => draws.whole(40, 160)));
  return (config: Config) => {
    const skewMs = parts.skewMs();
    const skewed = { nowMs: () => clock.nowMs() + skewMs };
    const request = inProcessRequest({ github, clock, appId: APP_ID, privateKeyPem: PRIVATE_KEY_PEM });
    return {
      config,
      clock: skewed,
      log,
      ledger,
      callEcs,
      pause: sleep,
      github: gitHubOver(request, {
        clock: skewed,
        runnerGroup: config.github.runnerGroup,
        pause: sleep,
        memory: memoryIn(ledger, skewed),
        ownHost: ownHostOf(config),
      }),
      instances: ecsInstances({
        ...{ call: callEcs, deployment: config.name, clock: skewed, log, pause: sleep },
        ...{ placements: config.placements, images: config.images },
        ...{ spotDuration: config.spot.duration, ramRole: null },
        diskEncryption: config.defaults.diskEncryption,
      }),
      images: ecsImages({ call: callEcs, pause: sleep, deployment: config.name }),
      bills: bssBills((params) => callEcs('cn-hangzhou', 'DescribeInstanceBill', params)),
      alerts: { post: parts.post },
    };
  };
}

/** A host of jobs that is not github.com names its runners itself, and nobody gets to github.com from it. */
function ownHostOf({ github: { baseUrl, scope } }: Config): OwnHost | null {
  if (new URL(baseUrl).hostname === 'github.com') return null;
  const files = {
    text: (url: string) => Promise.reject(new Error(`no way to ${url}`)),
    weigh: async () => ({ sizeBytes: 160_000_000, modifiedAtMs: null }),
  };
  return { scope, files };
}

/** Time passes on the way there and on the way back, also of an answer that is an error. */
function lag(table: Table, pause: () => Promise<void>): Table {
  const slowly = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    await pause();
    try {
      return await ask();
    } finally {
      await pause();
    }
  };
  return {
    get: (key) => slowly(() => table.get(key)),
    put: (key, columns, condition) => slowly(() => table.put(key, columns, condition)),
    update: (key, change, condition) => slowly(() => table.update(key, change, condition)),
    delete: (key, condition) => slowly(() => table.delete(key, condition)),
    range: (...asked) => slowly(() => table.range(...asked)),
  };
}

/** Shows what is asked to be written before it is, or is not, and what was asked to be removed after it was, or was not. */
function watched(name: string, table: Table, { row, gone }: Watch): Table {
  return {
    ...table,
    put(key, columns, condition) {
      row?.(name, key, columns);
      return table.put(key, columns, condition);
    },
    update(key, change, condition) {
      row?.(name, key, change.put ?? {});
      return table.update(key, change, condition);
    },
    async delete(key, condition) {
      try {
        return await table.delete(key, condition);
      } finally {
        gone?.(name, key);
      }
    },
  };
}
