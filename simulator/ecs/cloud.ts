/** The simulated ECS of one account: everything its actions read and write. */
import type { Credentials } from '../accounts.ts';
import type { SimClock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Bill } from './bill.ts';
import { type Builder, newBuilder } from './builder.ts';
import type { FaultSource } from './faults.ts';
import { type BootDriver, type Machine, silentDriver } from './machine.ts';
import { EcsRefusal } from './refusal.ts';
import { type Region, standardRegions } from './region/catalogue.ts';
import { type Currency, pricedIn } from './region/currency.ts';
import { createMarket, type Market } from './region/market.ts';
import { DOCUMENTED, type Ways } from './ways.ts';

/** Every span is drawn evenly between its two ends. */
export interface Delays {
  readonly pendingMs: Span;
  readonly startingMs: Span;
  readonly stoppingMs: Span;
  /** from DeleteInstance to the instance being gone */
  readonly deletingMs: Span;
  /** how old the world is that a list by tag shows, and one by ids */
  readonly listLagMs: Span;
  readonly findLagMs: Span;
}
type Span = readonly [min: number, max: number];

const DELAYS: Delays = {
  pendingMs: [1_000, 3_000],
  startingMs: [4_000, 12_000],
  stoppingMs: [2_000, 6_000],
  deletingMs: [2_000, 8_000],
  listLagMs: [0, 20_000],
  findLagMs: [0, 3_000],
};

export interface EcsOptions {
  readonly clock: SimClock;
  readonly random: Random;
  /** Who may call over the wire. Calls in process are trusted. */
  readonly credentials: Credentials;
  readonly boot?: BootDriver;
  readonly regions?: readonly Region[];
  /** What the account pays in; default CNY. Everything that it is told, and billed, is in it. */
  readonly currency?: Currency;
  readonly delays?: Partial<Delays>;
  /** Share of spot offerings that are sold out at any moment; default 0.05. */
  readonly soldOut?: number;
  /** Multiplies how often the market takes instances back, unsaid; default 1. */
  readonly interruptions?: number;
  /**
   * The market looks at its own steps, so one without protection may be taken back in its first minute; default: each of its
   * looks is five minutes after the last, and the first after protection or the beginning. Which of the two ECS does is not documented.
   */
  readonly isReviewedByClock?: boolean;
  /** Multiplies the rates at which it does, and which it tells; default 1. */
  readonly rates?: number;
  /** Calls a minute, by action; the default is in throttle.ts. */
  readonly callsPerMinute?: Readonly<Record<string, number>>;
  readonly faults?: FaultSource;
  readonly ways?: Partial<Ways>;
}

/** What became of one command on one machine. */
export interface Invocation {
  readonly machineId: string;
  readonly clientToken: string;
  status: 'Pending' | 'Running' | 'Success' | 'Failed' | 'Aborted';
  exitCode: number | null;
  output: string;
  /** '' while nothing went wrong with the sending itself. */
  errorCode: string;
}

/** A session of Session Manager. */
export interface Session {
  readonly id: string;
  readonly token: string;
  readonly machineId: string;
  readonly region: string;
  readonly madeAtMs: number;
  readonly clientToken: string;
  connected: number;
}

/** What an account may have; a refusal names the one that is used up. */
export interface Quotas {
  vcpusPerFamily: number;
  instances: number;
}

export interface Cloud {
  readonly clock: SimClock;
  readonly random: Random;
  readonly delays: Delays;
  readonly boot: BootDriver;
  readonly regions: ReadonlyMap<string, Region>;
  readonly currency: Currency;
  readonly market: Market;
  readonly interruptions: number;
  readonly isReviewedByClock: boolean;
  /** Alive, and for a while those that are gone: lists still show them. */
  readonly machines: Map<string, Machine>;
  /** Client tokens by region, with what they were used for. */
  readonly tokens: Map<
    string,
    { readonly params: string; readonly ids: readonly string[]; readonly atMs: number }
  >;
  readonly builder: Builder;
  /** Commands of Cloud Assistant, by their id. */
  readonly invocations: Map<string, Invocation>;
  /** Sessions of Session Manager, by their id. */
  readonly sessions: Map<string, Session>;
  /** Where its websockets are served; null: nowhere. */
  sessionAddress: string | null;
  readonly bills: Bill[];
  readonly quotas: Quotas;
  readonly ways: Ways;
  stuckPending: number;
  made: number;
}

export function createCloud(options: EcsOptions): Cloud {
  const { clock, random, currency = 'CNY' } = options;
  const regions = (options.regions ?? standardRegions()).map((each) => pricedIn(each, currency));
  return {
    clock,
    random: random.fork(),
    delays: { ...DELAYS, ...options.delays },
    boot: options.boot ?? silentDriver,
    regions: new Map(regions.map((region) => [region.id, region])),
    currency,
    market: createMarket(random.fork(), options.soldOut ?? 0.05, options.rates),
    interruptions: options.interruptions ?? 1,
    isReviewedByClock: options.isReviewedByClock ?? false,
    machines: new Map(),
    tokens: new Map(),
    builder: newBuilder(),
    invocations: new Map(),
    sessions: new Map(),
    sessionAddress: null,
    bills: [],
    quotas: { vcpusPerFamily: 10_000, instances: 5_000 },
    ways: { ...DOCUMENTED, ...options.ways },
    stuckPending: 0,
    made: 0,
  };
}

export function regionOf(cloud: Cloud, id: string): Region {
  const region = cloud.regions.get(id);
  if (region === undefined) throw new EcsRefusal('InvalidRegionId.NotFound');
  return region;
}

export function drawn(cloud: Cloud, [min, max]: Span): number {
  return cloud.random.whole(min, max);
}
