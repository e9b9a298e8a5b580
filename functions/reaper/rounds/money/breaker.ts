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
import {
  BREAKER_FAMILY_OPEN_MS,
  BREAKER_HALVED_MAX_MS,
  BREAKER_HALVED_MIN_MS,
  BREAKER_OPEN_MS,
  BREAKER_STRIKES_MAX,
} from './limits.ts';

const NOTE = 'interruptions';
/** So many interruptions of a family in a zone, older ones counting less, and the zone is short of it. */
const FAMILY_STRIKES_MIN = 2.5;

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
  const entries = runners.map(({ entry }) => entry);
  const taken = entries.filter(isTaken);
  if (taken.length === 0) return 0;
  const held = await ledger.notes.read(NOTE);
  const before = decode(held?.entry.text ?? '[]');
  const known = new Set(before.map(({ runner }) => runner));
  const fresh = taken.filter(({ name }) => !known.has(name));
  if (fresh.length === 0) return 0;
  const nowMs = clock.nowMs();
  const strikes = [...before, ...fresh.map((entry) => strikeOf(entry, nowMs))];
  const opened = opening(strikes, nowMs, ownAmong(entries.filter(isLiving), fresh, nowMs));
  // First what they are for: after a crash between the two they are counted, and opened, again.
  for (const { key, untilMs, because } of opened) await ledger.unavailable.remember(key, untilMs, because);
  const note = { text: JSON.stringify(strikes.slice(-BREAKER_STRIKES_MAX)), untilMs: null };
  if (held === null) await ledger.notes.add(NOTE, note);
  else await ledger.notes.replace(NOTE, held, note);
  for (const { key, because } of opened) log('breaker.opened', { key, because });
  return opened.length;
}

type OnSpot = RunnerEntry & { readonly candidate: Candidate };

const isTaken = (entry: RunnerEntry): entry is OnSpot =>
  entry.isInterrupted && entry.candidate?.capacityType === 'spot';

const strikeOf = ({ name, candidate }: OnSpot, atMs: number): Strike => ({
  ...{ runner: name, atMs },
  ...placesOf(candidate),
});

const placesOf = (candidate: Candidate): Record<Place, string> => ({
  offering: unavailableKeys(candidate, 'offering')[0] as string,
  family: familyInZoneKey(candidate),
});

/** Of ours on an offering, or of a family in a zone. */
interface Own {
  readonly living: number;
  /** Of those and of what was just taken back, on average. */
  readonly ageMs: number;
}

const isLiving = (entry: RunnerEntry): entry is OnSpot =>
  entry.candidate?.capacityType === 'spot' && entry.state !== 'retiring' && !entry.isInterrupted;

/** Pure. */
function ownAmong(
  living: readonly OnSpot[],
  fresh: readonly OnSpot[],
  nowMs: number,
): (by: Place, key: string) => Own {
  return (by, key) => {
    const isThere = ({ candidate }: OnSpot) => placesOf(candidate)[by] === key;
    const [alive, taken] = [living.filter(isThere), fresh.filter(isThere)];
    const ages = [...alive, ...taken].map(({ createdAtMs }) => nowMs - createdAtMs);
    return { living: alive.length, ageMs: ages.reduce((sum, each) => sum + each, 0) / ages.length };
  };
}

type Place = 'offering' | 'family';

/** Pure: what the newest strikes leave alone, and until when. */
export function opening(
  strikes: readonly Strike[],
  nowMs: number,
  ownOf: (by: Place, key: string) => Own,
): readonly Opened[] {
  const newest = strikes.filter(({ atMs }) => atMs === nowMs);
  const struck = (by: Place) =>
    [...new Set(newest.map((strike) => strike[by]))].flatMap((key) => {
      const own = ownOf(by, key);
      const times = strikes.filter((strike) => strike[by] === key).map(({ atMs }) => atMs);
      const weight = weightOf(times, nowMs, own.ageMs);
      // Where many run, some are taken back every hour, as the rates say that the ranking goes by: that is no shortage, and
      // who avoids the cheapest for it pays more than what was lost.
      return weight >= own.living ? [{ key, weight }] : [];
    });
  const offerings = struck('offering').map(({ key }) =>
    opened(key, nowMs + BREAKER_OPEN_MS, 'the market took it back from a job'),
  );
  const families = struck('family')
    .filter(({ weight }) => weight >= FAMILY_STRIKES_MIN)
    .map(({ key }) =>
      opened(
        key,
        nowMs + BREAKER_FAMILY_OPEN_MS,
        'the market takes its family back in this zone, again and again',
      ),
    );
  return [...offerings, ...families];
}

/**
 * Held against what lives there now, so remembered for as long as a machine lives there: an hour's interruptions of machines of
 * minutes would be held against the few of that hour that are left.
 */
function weightOf(times: readonly number[], nowMs: number, ageMs: number): number {
  const halvedMs = Math.min(BREAKER_HALVED_MAX_MS, Math.max(BREAKER_HALVED_MIN_MS, ageMs));
  return times.reduce((sum, atMs) => sum + 2 ** (-(nowMs - atMs) / halvedMs), 0);
}

const opened = (key: string, untilMs: number, because: string): Opened => ({ key, untilMs, because });

/** What is no such note is forgotten. */
const decode = (text: string): readonly Strike[] => Strikes.safeParse(parseJson(text)).data ?? [];
