/** What a diagnosis may ask for, and what it may go by. */
import type { Config } from '../../../shared/config/config.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import { isKept } from '../../../shared/ledger/entry-parts.ts';
import {
  LIFETIME_MAX_MS,
  LIFETIME_WARNING_MS,
  REGION_KEPT_MS,
  RELEASE_MARGIN_MS,
} from '../../../shared/limits.ts';
import { isOfOtherHost, placeOf, targetOf } from '../../../shared/names.ts';
import type { Standing } from '../events/held.ts';
import { regionsOf } from '../survey/known.ts';
import type { Observation } from '../survey/observe.ts';
import type { Survey } from '../survey/survey.ts';

export type VerdictKind =
  | 'keep'
  /** Its end is near. */
  | 'warn'
  /** An instance without entry: give it one. */
  | 'adopt'
  /** A registration without entry and instance: remove it. */
  | 'deregister'
  /** An abandoned launch turned out to have an instance. */
  | 'found'
  | 'online'
  | 'busy'
  /** Unneeded, seen once more; `unsight` forgets that. */
  | 'sight'
  | 'unsight'
  /** Remove its registration, so that it can take no job from now on. */
  | 'remove'
  /** Its registration is gone since an earlier sweep: does any job name it? */
  | 'confirm'
  /** Ask GitHub for the record of the job it is busy with. */
  | 'ask'
  /** Taken back by the spot market while busy. */
  | 'interrupt'
  /** It may be prepared, or was to be stopped: see to it that it is. */
  | 'rest'
  /** It stands stopped, and costs its disk alone. */
  | 'stopped'
  /** It stands stopped, and goes on billing. */
  | 'bills-on'
  /** It is not needed, and nothing is wrong with it. */
  | 'dismiss'
  | 'retire'
  | 'terminate'
  /** One more complete look-up saw no instance. */
  | 'look-again'
  /** Nothing is left of it: hand the slot back, remove the entry. */
  | 'close';

export interface Verdict {
  readonly kind: VerdictKind;
  /** lower-case clause that completes "because …" */
  readonly because: string;
  /** Its job is held back, and this is written down first. */
  readonly standing?: Standing;
}

export interface Coverage {
  readonly nowMs: number;
  readonly surveyAtMs: number;
  readonly instancesComplete: boolean;
  readonly registrationsComplete: boolean;
}

/** A registration is proved absent where it would be, and so is an instance. */
export function wholeFor({ held, name }: Observation, survey: Survey, config: Config): Whole {
  const { registrationsComplete, wholeTargets, singly } = survey;
  const instancesComplete = isWholeFor(held?.entry ?? null, survey);
  if (held === null || held.entry.repository === '')
    // Not every repository is asked in each sweep.
    return {
      instancesComplete,
      registrationsComplete: registrationsComplete && config.github.scope !== 'repository',
    };
  const isWhole =
    !isOfOtherHost(held.entry, config) && wholeTargets.has(placeOf(targetOf(held.entry, config)));
  return { instancesComplete, registrationsComplete: isWhole || singly.has(name) };
}

/** Where its launcher asked for one; all regions together where nobody knows. A region that is out holds up no other. */
function isWholeFor(entry: RunnerEntry | null, { wholeRegions, instancesComplete, atMs }: Survey): boolean {
  if (entry === null) return instancesComplete;
  const regions = regionsOf(entry);
  if (regions.length === 0) return instancesComplete;
  // Whatever it was, the cloud released it long ago.
  if (atMs - entry.createdAtMs > REGION_KEPT_MS) return true;
  return regions.every((region) => wholeRegions.has(region));
}

type Whole = Pick<Coverage, 'instancesComplete' | 'registrationsComplete'>;

type Lived = Pick<RunnerEntry, 'createdAtMs' | 'releaseAtMs' | 'keep'>;

/**
 * Our own end of its life; the cloud's release time comes after it. A machine that is kept lives as long as that, and one
 * that nobody has seen no longer than any.
 */
export function endsAtMs({ createdAtMs, releaseAtMs, keep }: Lived): number {
  const ownMs = releaseAtMs === null ? createdAtMs + LIFETIME_MAX_MS : releaseAtMs - RELEASE_MARGIN_MS;
  return Math.max(ownMs, keep?.untilMs ?? 0);
}

/** A kept machine stays, whatever became of its runner. */
export const deletion = (entry: RunnerEntry, because: string, nowMs: number): Verdict =>
  isKept(entry, nowMs) ? verdict('keep', 'its machine is kept') : verdict('terminate', because);

/** An hour before it, or a sixth of a short life. */
export const warningMs = (entry: Lived): number =>
  Math.min(LIFETIME_WARNING_MS, (endsAtMs(entry) - entry.createdAtMs) / 6);

export const endIsNear = (entry: Lived): string =>
  `no more than ${Math.ceil(warningMs(entry) / 60_000)} minutes of its lifetime are left`;

export const verdict = (kind: VerdictKind, because: string): Verdict => ({ kind, because });
