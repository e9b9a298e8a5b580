/** Made-up jobs, entries and requests; each test says only what matters to it. */

import type { CheckEntry } from '../../../shared/check-runs/check-entry.ts';
import { BLANK_RUNNER } from '../../../shared/ledger/blank-runner.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held, SlotLimits, SlotRequest } from '../../../shared/ledger/ledger.ts';
import type { UnusedRow } from '../../../shared/ledger/unused-row.ts';
import type { Job, JobId, RunId, RunnerName } from '../../../shared/nouns.ts';

export const CREATED_MS = Date.UTC(2026, 4, 4, 11, 59, 58);

export const build = {
  job: (id: number, some: Partial<Job> = {}): Job => ({
    id: id as JobId,
    runId: (id * 10) as RunId,
    runAttempt: 1,
    name: 'build – größer',
    repository: 'acme/kernel',
    isPublic: false,
    installationId: 7,
    labels: ['self-hosted', 'aliyun', 'arm64'],
    createdAtMs: CREATED_MS,
    ...some,
  }),
  jobEntry: (id: number, some: Partial<JobEntry> = {}): JobEntry => ({
    job: build.job(id),
    nextTryAtMs: CREATED_MS + 180_000,
    because: 'a launch is under way',
    launches: 1,
    firstTryAtMs: CREATED_MS,
    offSpot: false,
    startedOn: null,
    startedAtMs: null,
    trail: [],
    ...some,
  }),
  check: (some: Partial<CheckEntry> = {}): CheckEntry => ({
    ...{ runId: 1 as RunId, attempt: 1, repository: 'acme/app', isPublic: false, installationId: 7 },
    ...{ headSha: 'a'.repeat(40), name: 'runners: CI (push)', checkId: 1, lines: [] },
    ...{ said: 'before', saidAtMs: CREATED_MS, refusals: 0, isClosed: false, ...some },
  }),
  runnerName: (name: string | number): RunnerName => `ci-runner-arm64-spot-${name}` as RunnerName,
  runnerEntry: (name: string | number, some: Partial<RunnerEntry> = {}): RunnerEntry => ({
    ...BLANK_RUNNER,
    name: build.runnerName(name),
    state: 'launching',
    for: 1 as JobId,
    repository: 'acme/kernel',
    installationId: 7,
    labels: ['self-hosted', 'aliyun', 'arm64'],
    profile: null,
    diskGiB: null,
    createdAtMs: CREATED_MS,
    stateAtMs: CREATED_MS,
    leaseUntilMs: CREATED_MS + 180_000,
    ...some,
  }),
  unused: (some: Partial<UnusedRow> = {}): UnusedRow => ({
    ...{ runnerName: build.runnerName('01-0'), repository: 'acme/*', labels: ['arm64'], profile: null },
    ...{ isWarm: true, because: '', instanceId: 'i-9', instanceType: 'ecs.c8y.2xlarge', diskGiB: 0 },
    ...{ capacityType: 'spot', pricePerHour: 0.4, onDemandPricePerHour: 2, isInterrupted: false },
    ...{ launchedAtMs: CREATED_MS, onlineAtMs: CREATED_MS, goneAtMs: CREATED_MS + 3_600_000, ...some },
  }),
  slot: (name: string | number, some: Partial<SlotRequest> = {}): SlotRequest => ({
    name: build.runnerName(name),
    profile: null,
    repository: 'acme/kernel',
    jobCreatedAtMs: CREATED_MS,
    hasTurn: true,
    isInLine: true,
    ...some,
  }),
  limits: (some: Partial<SlotLimits> = {}): SlotLimits => ({
    runners: 100,
    perProfile: null,
    perRepository: null,
    mintsPerMinute: 120,
    ...some,
  }),
};

/** A held entry, or a failed test. */
export function held<Entry>(answer: Held<Entry> | null): Held<Entry> {
  if (answer === null) throw new Error('expected to hold an entry');
  return answer;
}
