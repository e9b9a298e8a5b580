/** The reaper over a real ledger, and vendors that answer only what a test has them say. */
import { newLooks } from '../../../functions/reaper/looks.ts';
import type { ReaperWorld } from '../../../functions/reaper/world.ts';
import { ledgerOn } from '../../../shared/adapters/tablestore/ledger.ts';
import { HISTORY_TABLE, LEDGER_TABLE } from '../../../shared/adapters/tablestore/tables.ts';
import type { JobRecord, Listing, RunId, RunRecord } from '../../../shared/nouns.ts';
import type { GitHub, Instances } from '../../../shared/ports.ts';
import { VirtualClock } from '../../../simulator/clock.ts';
import { createTable, createTableStore, tableOf } from '../../../simulator/tablestore/index.ts';
import { build } from '../../shared/ledger/builders.ts';
import { bakeScripts } from '../../world/functions.ts';
import { configOf, START_MS } from '../../world/in-process.ts';
import { NO_MIRRORS, PUBLISHED } from '../../world/release.ts';

/** GitHub has calls to spare. */
export const FREE = { budget: () => null, mayAsk: () => true, leaveRoomFor: () => undefined };

interface Says {
  readonly config?: object;
  readonly github?: Partial<GitHub>;
  readonly instances?: Partial<Instances>;
}

export interface ReaperFixture {
  readonly world: ReaperWorld;
  readonly clock: VirtualClock;
  /** Texts that a person was sent. */
  readonly alerts: string[];
  readonly lines: { readonly event: string; readonly [field: string]: unknown }[];
  readonly launched: number[];
  pass(ms: number): Promise<void>;
}

/** What a test does not say, nobody may ask for. */
export function openReaper({ config, github = {}, instances = {} }: Says = {}): ReaperFixture {
  const clock = new VirtualClock(START_MS);
  const store = createTableStore({ clock, credentials: () => null });
  for (const shape of [LEDGER_TABLE, HISTORY_TABLE]) createTable(store, shape);
  let token = 0;
  const tables = { ledger: tableOf(store, 'ledger'), history: tableOf(store, 'history') };
  const [alerts, lines, launched]: [string[], ReaperFixture['lines'], number[]] = [[], [], []];
  const world: ReaperWorld = {
    config: configOf(config),
    clock,
    pause: (ms) => clock.sleep(ms),
    log: (event, fields) => lines.push({ event, ...fields }),
    ledger: ledgerOn(tables, () => `token-${++token}`),
    looks: newLooks(),
    github: { ...FREE, ...github } as GitHub,
    instances: { tagged: async () => completeList(), ...instances } as Instances,
    // No image bakes itself in these tests.
    images: {} as ReaperWorld['images'],
    bakeScripts,
    queue: {
      async launch(event) {
        if (event.kind !== 'warm') launched.push(event.job.id);
      },
    },
    mirrors: NO_MIRRORS,
    alerts: {
      async post(text) {
        alerts.push(text);
      },
    },
    bills: { ofDay: async () => [] },
    refreshMarket: async () => '',
  };
  return { world, clock, alerts, lines, launched, pass: (ms) => clock.runUntil(clock.nowMs() + ms) };
}

export const completeList = <Thing>(...things: Thing[]): Listing<Thing> => ({ things, complete: true });

export const record = (id: number, some: Partial<JobRecord> = {}): JobRecord => ({
  job: build.job(id),
  status: 'in_progress',
  conclusion: null,
  runner: null,
  startedAtMs: START_MS,
  completedAtMs: null,
  ...some,
});

/** A run that is not over. */
export const runOf = (id: number, some: { status?: string } & Partial<RunRecord> = {}): RunRecord => ({
  ...{ id: id as RunId, attempt: 1, status: 'in_progress', conclusion: null, event: 'push' },
  ...{ repositoryId: 5, headRepositoryId: 5, createdAtMs: START_MS, changedAtMs: START_MS },
  ...{ headSha: '', workflow: 'CI', workflowId: 1, branch: 'main', number: 1 },
  ...some,
});

/** A sweep of a deployment where nothing is alive. */
export const QUIET = {
  github: {
    registrations: async () => completeList<never>(),
    deliveries: async () => completeList<never>(),
    repositories: async () => completeList<never>(),
    liveRuns: async () => completeList<never>(),
    latestRunner: async () => PUBLISHED,
  },
  instances: { list: async () => completeList<never>() },
} satisfies Says;
