/** What is alive, as the ledger has it. */

import { placesInLine } from '../../functions/reaper/rounds/checks/places.ts';
import { lastSweepMs } from '../../functions/reaper/sweep-lease.ts';
import { type StandingAlert, standingAlerts } from '../../shared/alert-once.ts';
import type { JobEntry, RunnerEntry } from '../../shared/ledger/entries.ts';
import type { CapacityView, Held } from '../../shared/ledger/ledger.ts';
import type { Stop } from '../../shared/ledger/stop.ts';
import { LEDGER_SCAN_MAX } from '../../shared/limits.ts';
import { describeLimit } from '../../shared/quota/learned-limits.ts';
import { readLimits } from '../../shared/quota/note.ts';
import { currencyOf, type Operator } from '../shared/operator.ts';
import { aliveOf, type LiveRunner } from './live-runner.ts';
import { type RefusedJob, readRefused } from './refused.ts';

export type { LiveRunner } from './live-runner.ts';

export interface WaitingJob {
  readonly job: number;
  readonly name: string;
  readonly repository: string;
  readonly labels: readonly string[];
  readonly createdAtMs: number;
  readonly nextTryAtMs: number;
  /** Jobs that get a slot before it; null: it stands in no line, since it is a time that it waits for. */
  readonly ahead: number | null;
  readonly because: string;
  /** GitHub does not let it run yet: what lets it go is an event, and its next try is for the case that none comes. */
  readonly isHeld: boolean;
}

export interface LiveState {
  readonly atMs: number;
  /** Null: no sweep ended yet. */
  readonly sweptAtMs: number | null;
  /** Null: nothing is stopped. */
  readonly stop: Stop | null;
  readonly slots: { readonly taken: number; readonly limit: number };
  /** What the account gives at once, as its refusals say: one clause each. */
  readonly quotas: readonly string[];
  readonly currency: string | null;
  /** Newest first: raised, and not known to be over. */
  readonly alerts: readonly StandingAlert[];
  readonly runners: readonly LiveRunner[];
  /** Those without a runner coming. */
  readonly jobs: readonly WaitingJob[];
  /** In the last 24 hours, newest first. */
  readonly refused: readonly RefusedJob[];
  /** False: there were more jobs on these days than were looked through. */
  readonly isRefusedComplete: boolean;
}

export async function readLiveState(operator: Operator): Promise<LiveState> {
  const { ledger, clock, config } = operator;
  const [runners, jobs, view, limits, currency, sweptAtMs, alerts] = await Promise.all([
    ledger.runners.list(LEDGER_SCAN_MAX),
    ledger.jobs.list(LEDGER_SCAN_MAX),
    ledger.capacity.view(),
    readLimits(ledger),
    currencyOf(operator),
    lastSweepMs(ledger),
    standingAlerts({ ledger, clock }),
  ]);
  const refused = await readRefused(operator);
  const entries = runners.things.map(({ entry }) => entry);
  const jobEntries = jobs.things.map(({ entry }) => entry);
  const names = new Map(jobEntries.map(({ job }) => [job.id as number, job.name]));
  return {
    atMs: clock.nowMs(),
    sweptAtMs,
    stop: view.stop ?? null,
    slots: { taken: view.total, limit: config.limits.runners },
    quotas: [...limits].map(([scope, limit]) => describeLimit(scope, limit)),
    currency,
    alerts,
    runners: entries
      .map((entry) => aliveOf(entry, names, currency, clock.nowMs()))
      .sort((a, b) => a.createdAtMs - b.createdAtMs),
    jobs: waitingOf(withoutRunner(jobs.things, entries), entries, view, operator),
    ...refused,
  };
}

type HeldJob = Held<JobEntry>;

function withoutRunner(jobs: readonly HeldJob[], runners: readonly RunnerEntry[]): readonly HeldJob[] {
  // A launch that threw leaves an entry that stands for nothing until the sweep has looked.
  const failed = new Set(
    jobs.filter(({ entry }) => (entry.failure ?? null) !== null).map(({ entry }) => entry.job.id),
  );
  const isComing = ({ state, for: wanted }: RunnerEntry) =>
    state !== 'retiring' && !(state === 'launching' && wanted !== null && failed.has(wanted));
  const served = new Set(runners.filter(isComing).flatMap(jobsOf));
  return jobs.filter(({ entry }) => !served.has(entry.job.id));
}

/** Oldest first. */
function waitingOf(
  jobs: readonly HeldJob[],
  runners: readonly RunnerEntry[],
  view: CapacityView,
  { config, clock }: Pick<Operator, 'config' | 'clock'>,
): WaitingJob[] {
  const line = placesInLine(
    jobs.filter(({ entry }) => entry.startedOn === null),
    view,
    config,
    clock.nowMs(),
  );
  return jobs
    .map(({ entry: { job, nextTryAtMs, because, startedOn, held } }) => ({
      job: job.id,
      name: job.name,
      repository: job.repository,
      labels: job.labels,
      createdAtMs: job.createdAtMs,
      nextTryAtMs,
      ahead: line.get(job.id) ?? null,
      because: startedOn === null ? because : givenTo(startedOn, runners),
      isHeld: startedOn === null && held != null,
    }))
    .sort((a, b) => a.createdAtMs - b.createdAtMs);
}

/** A runner that is on its way out stands in the same list. */
const givenTo = (name: string, runners: readonly RunnerEntry[]): string =>
  runners.some((runner) => runner.name === name)
    ? `GitHub gave it to ${name}, which is gone or going`
    : `GitHub gave it to ${name}, which is not in our ledger`;

const jobsOf = ({ for: wanted, busyWith }: RunnerEntry): readonly number[] =>
  [wanted, busyWith].filter((id) => id !== null);
