/** What a page is made from, and what is asked of it. */

import type { Finding } from '../doctor/finding.ts';
import type { Operator } from '../shared/operator.ts';
import type { Say, Section } from './say.ts';

export interface DashboardWorld {
  /** Its `history` remembers days: see `rememberingHistory`. */
  readonly operator: Operator;
  /** Doctor's look; null: the simulated world, which has no account to look at. */
  readonly doctor: (() => Promise<readonly Finding[]>) | null;
  readonly allowsActions: boolean;
}

/** What the address asks for, parsed; what is not understood is as if it were not there. */
export interface Ask {
  /** A job's id or address. */
  readonly job: string;
  readonly days: number;
  readonly by: string;
}

export interface View<Data> {
  /** How long what was read is good; null: until somebody asks for it again. */
  readonly everyMs: (data: Data) => number | null;
  readonly read: (ask: Ask, world: DashboardWorld) => Promise<Data>;
  readonly json: (data: Data, world: DashboardWorld) => unknown;
  readonly sections: (data: Data, ask: Ask, say: Say, world: DashboardWorld) => readonly Section[];
  /** What can be shown before anything was read. */
  readonly ahead?: (ask: Ask, say: Say) => readonly Section[];
}

export const SPANS = [1, 7, 30] as const;

export const parseAsk = (query: URLSearchParams): Ask => ({
  job: (query.get('id') ?? '').slice(0, 300),
  days: SPANS.find((days) => String(days) === query.get('days')) ?? 7,
  by: (query.get('by') ?? '').slice(0, 20),
});
