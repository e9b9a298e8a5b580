/** One runner that is alive, as people see it: pure. */
import type { RunnerEntry, RunnerState } from '../../shared/ledger/entries.ts';
import { isKept } from '../../shared/ledger/entry-parts.ts';
import type { Standby } from '../../shared/ledger/warm-entry.ts';
import { diskPriceOf, diskPricePerHour, isForeign } from '../../shared/market/disk.ts';
import { endOf } from '../../shared/warm/created.ts';

export interface LiveRunner {
  readonly runner: string;
  /** Of one that is kept stopped, how far it is with that. */
  readonly state: RunnerState | Standby;
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
  /** What it costs now: its disk alone while it stands stopped. */
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

export function aliveOf(
  entry: RunnerEntry,
  names: ReadonlyMap<number, string>,
  currency: string | null,
  nowMs: number,
): LiveRunner {
  const { name, candidate } = entry;
  const state = stateOf(entry);
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
    pricePerHour: priceNow(entry, currency),
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

const stateOf = ({ state, standby }: RunnerEntry): LiveRunner['state'] =>
  standby != null && (state === 'launching' || state === 'booting') ? standby : state;

/** To be added to others in `currency`; null: not known in that. One that is going away stands stopped until it is gone. */
export function priceNow(
  { candidate, diskGiB, standby, state }: RunnerEntry,
  currency: string | null,
): number | null {
  if (candidate === null || isForeign(candidate, currency)) return null;
  const isStopped = standby === 'stopped' && (state === 'booting' || state === 'retiring');
  if (!isStopped) return candidate.pricePerHour;
  return diskPriceOf(candidate) === null ? null : diskPricePerHour(diskGiB, candidate);
}
