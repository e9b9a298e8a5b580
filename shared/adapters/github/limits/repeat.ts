/** What is worth asking GitHub again, and when. */
import { setTimeout } from 'node:timers/promises';
import type { GitHubAnswer } from '../request.ts';

/** A definite answer, or one that a repetition cannot better; 409 means that it is there already. */
const DEFINITE = [304, 400, 401, 403, 404, 409, 410, 422, 429, 451];
/** Waiting longer is the caller's business: it sets the job's next try. */
const RETRY_AFTER_MAX_S = 5;

export interface Tries {
  readonly triesMax: number;
  /** Before the first repetition; before the next it is four times as long. */
  readonly pauseMs: number;
}

/** Throws what the last try threw. */
export async function repeatedly(
  ask: () => Promise<GitHubAnswer>,
  { triesMax, pauseMs }: Tries,
): Promise<GitHubAnswer> {
  let hasWaited = false;
  for (let tried = 1; ; tried++) {
    const isLast = tried >= triesMax;
    const answer: GitHubAnswer | null = await (isLast ? ask() : ask().catch(() => null));
    const shortMs: number | null = hasWaited ? null : shortLimitMs(answer);
    if (shortMs === null && isEnd(answer, isLast)) return answer;
    hasWaited ||= shortMs !== null;
    await setTimeout(shortMs ?? tried ** 2 * pauseMs);
  }
}

function isEnd(answer: GitHubAnswer | null, isLast: boolean): answer is GitHubAnswer {
  return answer !== null && (isLast || answer.status < 400 || DEFINITE.includes(answer.status));
}

/** Null: no secondary limit that is over soon. GitHub docs, "Rate limits for the REST API": 403 or 429, retry-after. */
function shortLimitMs(answer: GitHubAnswer | null): number | null {
  if (answer?.status !== 403 && answer?.status !== 429) return null;
  const isSpent = answer.headers['x-ratelimit-remaining'] === '0';
  const retryAfterS = Number(answer.headers['retry-after'] ?? Number.NaN);
  return !isSpent && retryAfterS >= 0 && retryAfterS <= RETRY_AFTER_MAX_S ? retryAfterS * 1000 : null;
}
