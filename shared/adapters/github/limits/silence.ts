/** A GitHub that takes calls and says nothing is not waited for by each call in turn: a sweep has a hundred, and machines to delete. */
import { SILENCE_HEEDED_MS, SILENCE_MIN_MS } from '../../../github-limits.ts';
import type { Clock } from '../../../ports.ts';
import { GitHubFailed, type GitHubRequest, Throttled } from '../request.ts';

const NOT_ASKED = 'it was not asked, because a call a moment ago had no answer';

/** After a call that waited long for nothing, others fail at once for a while. What fails soon says nothing of the next one. */
export function heedingSilence(transport: GitHubRequest, clock: Clock): GitHubRequest {
  let untilMs = 0;
  return async (route, ...asked) => {
    const beganMs = clock.nowMs();
    if (beganMs < untilMs) throw new Throttled(route, 0, untilMs - beganMs, NOT_ASKED);
    try {
      return await transport(route, ...asked);
    } catch (error) {
      const nowMs = clock.nowMs();
      const isSilent = error instanceof GitHubFailed && error.status === 0;
      if (isSilent && nowMs - beganMs >= SILENCE_MIN_MS) untilMs = nowMs + SILENCE_HEEDED_MS;
      throw error;
    }
  };
}
