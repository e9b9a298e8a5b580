/**
 * What the market takes back from jobs is left alone for a while: the offering, its family in the zone when it happens again
 * and again; both only where it has lately taken as much as lives there. Learned from our own interruptions, and forgotten by halves.
 */
import * as z from 'zod';
import { familyInZoneKey, unavailableKeys } from '../../../../shared/advisor/rank.ts';
import { parseJson } from '../../../../shared/json.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import type { Candidate } from '../../../../shared/nouns.ts';
import type { ReaperWorld } from '../../world.ts';
import { BREAKER_FAMILY_OPEN_MS, BREAKER_HALVED_MS, BREAKER_OPEN_MS, BREAKER_STRIKES_MAX } from './limits.ts';

const NOTE = 'interruptions';
/** So many interruptions of a family in a zone, older ones counting less, and the zone is short of it. */
const FAMILY_STRIKES_MIN = 2.5;
/** Each further one of the same offering doubles the time, so often. */
const DOUBLINGS_MAX = 5;

const Strikes = z.array(
  z.strictObject({ runner: z.string(), offering: z.string(), family: z.string(), atMs: z.number() }),
);
export type Strike = z.output<typeof Strikes>[number];

export interface Opened {
  readonly key: string;
  readonly untilMs: number;
  readonly because: string;
}

/** How many offerings and families were left alone. Without an interruption that is new it asks the ledger nothing. */
export async function openBreakers(
  runners: readonly Held<RunnerEntry>[],
  { ledger, clock, log }: Pick<ReaperWorld, 'ledger' | 'clock' | 'log'>,
): Promise<number> {
  const taken = runners.map(({ entry }) => entry).filter(isTaken);
  if (taken.length === 0) return 0;
  const held = await ledger.notes.read(NOTE);
  const before = decode(held?.entry.text ?? '[]');
  const known = new Set(before.map(({ runner }) => runner));
  const fresh = taken.filter(({ name }) => !known.has(name));
  if (fresh.length === 0) return 0;
  const nowMs = clock.nowMs();
  const strikes = [...before, ...fresh.map((entry) => strikeOf(entry, nowMs))];
  const opened = opening(strikes, nowMs, livingIn(runners));
  // First what they are for: after a crash between the two they are counted, and opened, again.
  for (const { key, untilMs, because } of opened) await ledger.unavailable.remember(key, untilMs, because);
  const note = { text: JSON.stringify(strikes.slice(-BREAKER_STRIKES_MAX)), untilMs: null };
  if (held === null) await ledger.notes.add(NOTE, note);
  else await ledger.notes.replace(NOTE, held, note);
  for (const { key, because } of opened) log('breaker.opened', { key, because });
  return opened.length;
}

type Taken = RunnerEntry & { readonly candidate: Candidate };

const isTaken = (entry: RunnerEntry): entry is Taken =>
  entry.isInterrupted && entry.candidate?.capacityType === 'spot';

const strikeOf = ({ name, candidate }: Taken, atMs: number): Strike => ({
  ...{ runner: name, atMs },
  ...placesOf(candidate),
});

const placesOf = (candidate: Candidate): Record<Place, string> => ({
  offering: unavailableKeys(candidate, 'offering')[0] as string,
  family: familyInZoneKey(candidate),
});

/** Pure. How many of ours live on an offering, or on a family in a zone. */
function livingIn(runners: readonly Held<RunnerEntry>[]): (by: Place, key: string) => number {
  const living = runners.flatMap(({ entry: { candidate, state, isInterrupted } }) =>
    candidate?.capacityType === 'spot' && state !== 'retiring' && !isInterrupted ? [placesOf(candidate)] : [],
  );
  return (by, key) => living.filter((places) => places[by] === key).length;
}

type Place = 'offering' | 'family';

/** Pure: what the newest strikes leave alone, and until when. `living`: how many of ours still run there. */
export function opening(
  strikes: readonly Strike[],
  nowMs: number,
  living: (by: Place, key: string) => number,
): readonly Opened[] {
  const newest = strikes.filter(({ atMs }) => atMs === nowMs);
  const weightOf = (by: Place, key: string) =>
    strikes
      .filter((strike) => strike[by] === key)
      .reduce((sum, { atMs }) => sum + 2 ** (-(nowMs - atMs) / BREAKER_HALVED_MS), 0);
  // Where many run, some are taken back every hour, as the rates say that the ranking goes by: that is no shortage, and who
  // avoids the cheapest for it pays more than what was lost.
  const isTaking = (by: Place) => (key: string) => weightOf(by, key) >= living(by, key);
  const struck = (by: Place) => [...new Set(newest.map((strike) => strike[by]))].filter(isTaking(by));
  const offerings = struck('offering').map((key) => {
    const doublings = Math.min(DOUBLINGS_MAX, Math.max(0, Math.round(weightOf('offering', key)) - 1));
    return opened(key, nowMs + BREAKER_OPEN_MS * 2 ** doublings, 'the market took it back from a job');
  });
  const families = struck('family')
    .filter((key) => weightOf('family', key) >= FAMILY_STRIKES_MIN)
    .map((key) =>
      opened(
        key,
        nowMs + BREAKER_FAMILY_OPEN_MS,
        'the market takes its family back in this zone, again and again',
      ),
    );
  return [...offerings, ...families];
}

const opened = (key: string, untilMs: number, because: string): Opened => ({ key, untilMs, because });

/** What is no such note is forgotten. */
const decode = (text: string): readonly Strike[] => Strikes.safeParse(parseJson(text)).data ?? [];
