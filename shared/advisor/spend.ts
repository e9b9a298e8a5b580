/** What a launch may cost, and what of the operator's bounds it counts against. Pure; in millionths of the account's currency. */
import type { Config } from '../config/config.ts';
import type { RunnerEntry } from '../ledger/entries.ts';
import type { SlotCost, SpendLimits } from '../ledger/ledger.ts';
import { diskPricePerHour } from '../market/disk.ts';
import type { Candidate } from '../nouns.ts';
import { stoppedMsOf } from '../warm/standby.ts';

const HOUR_MS = 3_600_000;
const MILLION = 1_000_000;
const millionths = (value: number): number => Math.round(value * MILLION);

/** Kept of the day's money for a job of which nobody knows how long it runs. */
export const HOURS_KEPT = 1;

/**
 * The same share of the money as of the runners is one repository's: `limits.runnersPerRepository` of `limits.runners`.
 * Null: money is not bounded, and nothing is counted.
 */
export function spendLimits({ limits }: Pick<Config, 'limits'>): SpendLimits | null {
  const { spendPerHour, spendPerDay, runners, runnersPerRepository } = limits;
  if (spendPerHour === null && spendPerDay === null) return null;
  const share = Math.min(1, (runnersPerRepository ?? runners) / runners);
  return {
    perHour: spendPerHour === null ? null : millionths(spendPerHour),
    perHourRepository: spendPerHour === null ? null : millionths(spendPerHour * share),
    perDay: spendPerDay === null ? null : millionths(spendPerDay),
  };
}

type Priced = Pick<Candidate, 'capacityType' | 'pricePerHour' | 'onDemandPricePerHour' | 'priceLimit'>;

/** At market price ECS takes pay-as-you-go at most. */
const mostOf = ({ capacityType, pricePerHour, onDemandPricePerHour, priceLimit }: Priced): number =>
  (capacityType === 'spot' ? priceLimit : null) ?? onDemandPricePerHour ?? pricePerHour ?? 0;

/** Of the dearest that the walk may come to. */
export function slotCost(candidates: readonly Candidate[], diskGiB: number, hours = HOURS_KEPT): SlotCost {
  const perHour = Math.max(0, ...candidates.map((each) => mostOf(each) + diskPricePerHour(diskGiB, each)));
  return { perHour: millionths(perHour), forDay: millionths(perHour * hours) };
}

/** Those that a slot which counts for so much can be used for. */
export const within = (
  { perHour, forDay }: SlotCost,
  candidates: readonly Candidate[],
  diskGiB: number,
  hours: number | undefined,
): readonly Candidate[] =>
  candidates.filter((each) => {
    const cost = slotCost([each], diskGiB, hours);
    return cost.perHour <= perHour && cost.forDay <= forDay;
  });

type Machine = Pick<RunnerEntry, 'instanceId' | 'candidate' | 'diskGiB' | 'createdAtMs'> &
  Pick<RunnerEntry, 'state' | 'standby' | 'stateAtMs' | 'stoppedMs'>;

/** By the price at its launch. Undefined: nobody knows what it is, or whether it is. */
export function spentOn(machine: Machine, nowMs: number): number | undefined {
  const { instanceId, candidate, diskGiB, createdAtMs } = machine;
  if (candidate === null) return instanceId === null ? 0 : undefined;
  const livedMs = Math.max(0, nowMs - createdAtMs);
  const ranMs = Math.max(0, livedMs - stoppedMsOf(machine, nowMs));
  return millionths(
    (runPriceOf(candidate) * ranMs + diskPricePerHour(diskGiB, candidate) * livedMs) / HOUR_MS,
  );
}

const runPriceOf = (candidate: Candidate): number => candidate.pricePerHour ?? mostOf(candidate);

const priceOf = (candidate: Candidate, diskGiB: number | null): number =>
  runPriceOf(candidate) + diskPricePerHour(diskGiB, candidate);

/** What it costs an hour with its disk, in whole units of the account's currency; null: nobody knows. */
export function hourlyCost({ candidate, diskGiB }: Pick<Machine, 'candidate' | 'diskGiB'>): number | null {
  if (candidate === null || (candidate.pricePerHour ?? candidate.onDemandPricePerHour) === null) return null;
  return priceOf(candidate, diskGiB);
}

/** Once its offering is known, and when it has outrun what was kept for it: then for an hour more. Null: nothing is new. */
export function repriced(before: SlotCost, machine: Machine, nowMs: number): SlotCost | null {
  const { candidate, diskGiB } = machine;
  const spent = spentOn(machine, nowMs);
  if (candidate === null || spent === undefined) return null;
  const perHour = millionths(mostOf(candidate) + diskPricePerHour(diskGiB, candidate));
  const kept = before.perHour === 0 ? 0 : Math.round((before.forDay * perHour) / before.perHour);
  const forDay = spent <= kept ? kept : spent + millionths(priceOf(candidate, diskGiB));
  return perHour === before.perHour && forDay === before.forDay ? null : { perHour, forDay };
}
