/** What is written of a job that ended: pure. */

import { mergeTrail } from '../../../shared/ledger/amend.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { HistoryRow } from '../../../shared/ledger/history-row.ts';
import type { UnusedRow } from '../../../shared/ledger/unused-row.ts';
import type { DiskPriced, JobEvent } from '../../../shared/nouns.ts';
import { withStoppedMs } from '../../../shared/warm/standby.ts';

export type EndedEvent = Extract<JobEvent, { kind: 'completed' }>;

type Row = Partial<HistoryRow> & Pick<HistoryRow, 'job'>;

export function historyRow(event: EndedEvent, entry: JobEntry | null, runner: RunnerEntry | null): Row {
  const { job, conclusion, startedAtMs, completedAtMs } = event;
  return {
    job,
    outcome: conclusion,
    runnerName: event.runner?.name ?? null,
    startedAtMs: startedAtMs ?? entry?.startedAtMs ?? null,
    completedAtMs,
    launches: entry?.launches ?? null,
    trail: mergeTrail(...(entry?.trail ?? []), ...(runner?.trail ?? [])),
    ...(runner === null ? {} : runnerFacts(runner)),
  };
}

export function runnerFacts(runner: RunnerEntry): Omit<Row, 'job'> {
  const { candidate } = runner;
  return {
    because: runner.isInterrupted ? 'its spot instance was taken back' : null,
    instanceId: runner.instanceId,
    instanceType: candidate?.instanceType ?? null,
    zone: candidate?.zone ?? null,
    ...(runner.image ? { image: runner.image } : {}),
    ...(runner.warm === undefined ? {} : { isWarm: true }),
    ...(runner.stoppedMs === undefined ? {} : { stoppedMs: runner.stoppedMs }),
    diskGiB: runner.diskGiB,
    capacityType: candidate?.capacityType ?? null,
    pricePerHour: candidate?.pricePerHour ?? null,
    onDemandPricePerHour: candidate?.onDemandPricePerHour ?? null,
    ...pricedIn(candidate),
    launchedAtMs: runner.createdAtMs,
    onlineAtMs: runner.onlineAtMs,
  };
}

/** Absent of a candidate that an earlier release chose. */
function pricedIn(candidate: RunnerEntry['candidate']): DiskPriced {
  if (candidate?.diskPerGiBHour === undefined) return {};
  return { currency: candidate.currency ?? null, diskPerGiBHour: candidate.diskPerGiBHour };
}

/** Null: it had no machine, as far as we know. */
export function unusedRow(runner: RunnerEntry, goneAtMs: number): UnusedRow | null {
  const { instanceId, candidate, name, repository, labels, profile, because } = runner;
  if (instanceId === null) return null;
  return {
    ...{ runnerName: name, repository, labels, profile, because, isWarm: runner.warm !== undefined },
    ...{ instanceId, instanceType: candidate?.instanceType ?? null, diskGiB: runner.diskGiB },
    capacityType: candidate?.capacityType ?? null,
    pricePerHour: candidate?.pricePerHour ?? null,
    onDemandPricePerHour: candidate?.onDemandPricePerHour ?? null,
    ...pricedIn(candidate),
    ...withStoppedMs(runner, goneAtMs),
    ...{ isInterrupted: runner.isInterrupted, onlineAtMs: runner.onlineAtMs },
    ...{ launchedAtMs: runner.createdAtMs, goneAtMs },
  };
}
