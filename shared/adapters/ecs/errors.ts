/** What a failed call to ECS means to a launch; a code that has no meaning is judged by its status, and reported. */
import { MEANINGS } from './codes.ts';
import {
  AGAIN,
  DISK_KEY,
  HARDENED,
  KEY,
  type Meaning,
  OTHER_DISK,
  OURS,
  PERMISSION,
  REFUSED,
  THROTTLED,
  usedUp,
} from './meaning.ts';

export type { Meaning } from './meaning.ts';

const MEANING_OF = new Map(MEANINGS);

/** Every code that has a meaning of its own. */
export const KNOWN_CODES: readonly string[] = MEANINGS.map(([code]) => code);

/** Code and status of a failed call, whoever threw it; null status: nobody answered. */
export interface Failure {
  readonly code: string;
  readonly status: number | null;
}

/** A failed call says its code, and its status or null. Anything else is a mistake of ours, and is thrown on. */
export function failureOf(error: unknown): Failure {
  const { code, status } = (error ?? {}) as { code?: unknown; status?: unknown };
  if (typeof code !== 'string' || (typeof status !== 'number' && status !== null)) throw error;
  return { code, status };
}

/** `isKnown` false: no line of the table; the status decides, and somebody should hear of it. */
export function meaningOf({ code, status }: Failure): {
  readonly meaning: Meaning;
  readonly isKnown: boolean;
} {
  const meaning = believed(MEANING_OF.get(code) ?? familyOf(code), status);
  if (meaning !== null) return { meaning, isKnown: true };
  if (status === null) return { meaning: AGAIN, isKnown: true };
  return { meaning: byStatus(code, status), isKnown: false };
}

/** HTTP's own meaning, and what codes of other APIs are called: what did not come to its end may have made an instance. */
function byStatus(code: string, status: number): Meaning {
  if (status === 429) return THROTTLED;
  const isUnclear = status === 408 || /Unknown|Time-?d?out|^Internal|Busy|TryAgain|TryLater/i.test(code);
  return status >= 400 && status < 500 && !isUnclear ? REFUSED : AGAIN;
}

/** HTTP 500 is no refusal, whatever its code says: what failed inside may have made an instance before. */
function believed(meaning: Meaning | null, status: number | null): Meaning | null {
  const isClear = meaning?.kind === 'throttled' || meaning?.kind === 'unknown';
  return status === 500 && meaning !== null && !isClear ? AGAIN : meaning;
}

/** Codes that come in many endings. */
function familyOf(code: string): Meaning | null {
  if (/Throttling/.test(code)) return THROTTLED;
  if (/^(NoPermission|Forbidden\.RAM)/.test(code)) return PERMISSION;
  if (/^InvalidAccessKeyId/.test(code)) return KEY;
  if (/^InvalidTag/.test(code)) return OURS;
  if (/^Invalid(?:System)?DiskCategory\./.test(code)) return OTHER_DISK;
  if (/HttpTokens|Imds/i.test(code)) return HARDENED;
  if (/Kms/i.test(code)) return DISK_KEY;
  // Of what, nobody knows: the narrowest scope.
  if (/^QuotaExceed(?:ed)?\./.test(code)) return usedUp('family');
  return null;
}

/** RAM's: whoever asks may not. */
export const isRightMissing = (code: string): boolean => /^(Forbidden\.RAM|NoPermission)/.test(code);
