/** What is alive, as the ledger has it. */

import { placesInLine } from '../../functions/reaper/rounds/checks/places.ts';
import { lastSweepMs } from '../../functions/reaper/sweep-lease.ts';
import { type StandingAlert, standingAlerts } from '../../shared/alert-once.ts';
import type { JobEntry, RunnerEntry, RunnerState } from '../../shared/ledger/entries.ts';
import { isKept } from '../../shared/ledger/entry-parts.ts';
import type { CapacityView, Held } from '../../shared/ledger/ledger.ts';
import type { Stop } from '../../shared/ledger/stop.ts';
import { LEDGER_SCAN_MAX } from '../../shared/limits.ts';
import { describeLimit } from '../../shared/quota/learned-limits.ts';
import { readLimits } from '../../shared/quota/note.ts';
import { endOf } from '../../shared/warm/created.ts';
import { currencyOf, type Operator } from '../shared/operator.ts';
import { type RefusedJob, readRefused } from './refused.ts';

export interface LiveRunner {
  readonly runner: string;
  readonly state: RunnerState;
  /** The job that it runs, or is meant for. */
  readonly job: number | null;
  readonly jobName: string | null;
  readonly repository: string;
  readonly instance: string | null;
  readonly instanceType: string | null;
  readonly zone: string | null;
  /** The baked image that its machine was made from; null: another. */
  readonly image: string | null;
  readonly capacityType: 'spot' | 'on-demand' | null;
  readonly pricePerHour: number | null;
  readonly createdAtMs: number;
  /** Since when it is in this state. */
  readonly stateAtMs: number;
  /** When we end it, whatever it does; null: there is no instance yet. */
  readonly untilMs: number | null;
  /** Until when its machine is kept for a person to look at; null: it is not. */
  readonly keptUntilMs: number | null;
  readonly because: string;
}

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
      .map((entry) => aliveOf(entry, names, clock.nowMs()))
      .sort((a, b) => a.createdAtMs - b.createdAtMs),
    jobs: waitingOf(withoutRunner(jobs.things, entries), entries, view, operator),
    ...refused,
  };
}

function aliveOf(entry: RunnerEntry, names: ReadonlyMap<number, string>, nowMs: number): LiveRunner {
  const { name, state, candidate } = entry;
  const job = entry.busyWith ?? entry.ran?.id ?? entry.for;
  return {
    runner: name,
    state,
    job,
    jobName: entry.ran?.name ?? (job === null ? null : (names.get(job) ?? null)),
    repository: entry.repository,
    instance: entry.instanceId,
    instanceType: candidate?.instanceType ?? null,
    zone: candidate?.zone ?? null,
    image: entry.image ?? null,
    capacityType: candidate?.capacityType ?? null,
    pricePerHour: candidate?.pricePerHour ?? null,
    createdAtMs: entry.createdAtMs,
    stateAtMs: entry.stateAtMs,
    ...endsOf(entry, nowMs),
    because: entry.because,
  };
}

function endsOf(entry: RunnerEntry, nowMs: number): Pick<LiveRunner, 'untilMs' | 'keptUntilMs'> {
  const endMs = endOf(entry);
  return {
    untilMs: endMs === null ? null : Math.max(endMs, entry.keep?.untilMs ?? 0),
    keptUntilMs: isKept(entry, nowMs) ? (entry.keep?.untilMs ?? null) : null,
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
    .map(({ entry: { job, nextTryAtMs, because, startedOn } }) => ({
      job: job.id,
      name: job.name,
      repository: job.repository,
      labels: job.labels,
      createdAtMs: job.createdAtMs,
      nextTryAtMs,
      ahead: line.get(job.id) ?? null,
      because: startedOn === null ? because : givenTo(startedOn, runners),
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
