/** A GitHub that takes calls and says nothing is not waited for by each call in turn: a sweep has a hundred, and machines to delete. */
import { SILENCE_HEEDED_MS, SILENCE_MIN_MS } from '../../../github-limits.ts';
import type { Clock } from '../../../ports.ts';
import { GitHubFailed, type GitHubRequest, Throttled } from '../request.ts';

const NOT_ASKED = 'it was not asked, because a call a moment ago had no answer';
const EVERYBODY = '';

/**
 * After a call that waited long for nothing, others fail at once for a while: those of the same owner, or all when two owners'
 * had no answer, or one of the App's own. These heed no single owner's: everybody's lost deliveries are asked for by them. What
 * fails soon says nothing of the next one.
 */
export function heedingSilence(transport: GitHubRequest, clock: Clock): GitHubRequest {
  const untilMs = new Map<string, number>();
  const silentUntilMs = (owner: string, nowMs: number): number => {
    const silent = [...untilMs].filter(([, endMs]) => endMs > nowMs);
    const isGitHubs = silent.length > 1;
    const heeded = silent.filter(([key]) => isGitHubs || key === owner || key === EVERYBODY);
    return Math.max(0, ...heeded.map(([, endMs]) => endMs));
  };
  return async (route, params, ...asked) => {
    const [owner, beganMs] = [ownerIn(params), clock.nowMs()];
    const endMs = silentUntilMs(owner, beganMs);
    if (beganMs < endMs) throw new Throttled(route, 0, endMs - beganMs, NOT_ASKED);
    try {
      return await transport(route, params, ...asked);
    } catch (error) {
      const nowMs = clock.nowMs();
      const isSilent = error instanceof GitHubFailed && error.status === 0;
      if (isSilent && nowMs - beganMs >= SILENCE_MIN_MS) untilMs.set(owner, nowMs + SILENCE_HEEDED_MS);
      throw error;
    }
  };
}

/** Whose organisation or repository is asked about; the App's own calls are everybody's. */
function ownerIn({ org, owner, username }: Readonly<Record<string, unknown>>): string {
  const named = org ?? owner ?? username;
  return typeof named === 'string' ? named.toLowerCase() : EVERYBODY;
}
