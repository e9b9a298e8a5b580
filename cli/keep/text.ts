/** What keeping a machine means and costs, for people and programs: pure. */
import { hourlyCost } from '../../shared/advisor/spend.ts';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import { formatDuration, formatPrice } from '../../shared/story/format.ts';
import { formatTimeAndDistance, toIsoOrNull } from '../shared/format.ts';
import type { Kept } from './keep.ts';

const HOUR_MS = 3_600_000;
type Done = Exclude<Kept, { kind: 'refused' }>;

/** Asked before anything is done. */
export function proposal(
  entry: RunnerEntry,
  untilMs: number,
  nowMs: number,
  currency: string | null,
): string {
  const { name, candidate } = entry;
  const what = candidate === null ? name : `${name} (${candidate.instanceType}, ${candidate.capacityType})`;
  return `${what} is kept for ${formatDuration(untilMs - nowMs)}, for ${costLine(entry, untilMs - nowMs, currency)}.${spotLine(entry)}`;
}

const spotLine = ({ candidate }: RunnerEntry): string =>
  candidate?.capacityType === 'spot' ? ' The spot market may take it back all the same.' : '';

function costLine(entry: RunnerEntry, spanMs: number, ofAccount: string | null): string {
  const [perHour, currency] = [hourlyCost(entry), entry.candidate?.currency ?? ofAccount];
  if (perHour === null) return 'a price that is not known';
  return `about ${formatPrice((perHour * spanMs) / HOUR_MS, currency)}, at ${formatPrice(perHour, currency)} an hour with its disk`;
}

export function report(kept: Done, currency: string | null, nowMs: number): string {
  const { entry } = kept;
  const until = entry.keep?.untilMs ?? null;
  if (kept.kind === 'let-go' || until === null)
    return `${entry.name} is kept no more: it ends as any other, and the next sweep deletes what is over.`;
  return [
    `${entry.name} is kept until ${formatTimeAndDistance(until, nowMs).slice('at '.length)}, for ${costLine(entry, until - nowMs, currency)}. To let it go before: npm run keep -- ${entry.name} --end`,
    ...(kept.releaseAtMs !== null && kept.releaseAtMs < until
      ? [
          `But the cloud releases it ${formatTimeAndDistance(kept.releaseAtMs, nowMs)}. Say it again to move that.`,
        ]
      : []),
  ].join('\n');
}

export function jsonOf({ kind, entry, releaseAtMs, failures }: Done, currency: string | null, nowMs: number) {
  const perHour = hourlyCost(entry);
  const untilMs = entry.keep?.untilMs ?? null;
  return {
    ...{
      runner: entry.name,
      instance: entry.instanceId,
      kind,
      currency: entry.candidate?.currency ?? currency,
      failures,
    },
    keptUntil: toIsoOrNull(untilMs),
    releaseAt: toIsoOrNull(releaseAtMs),
    pricePerHour: perHour,
    cost: perHour === null || untilMs === null ? null : (perHour * Math.max(0, untilMs - nowMs)) / HOUR_MS,
  };
}
