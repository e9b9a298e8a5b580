/**
 * GitHub's limits on callers.
 * GitHub docs, "Rate limits for the REST API": 5,000 an hour for an installation; secondary: 100 at once (here, of all callers),
 * 900 points a minute (GET 1, others 5), 80 creations a minute and 500 an hour.
 * GitHub docs, "Actions limits": 1,500 runner registrations in 5 minutes for each owner.
 */
import type { Budget, Limits } from './model.ts';
import type { State } from './state.ts';
import { Refusal } from './wire.ts';

export const LIMITS: Limits = {
  callsPerHour: 5_000,
  pointsPerMinute: 900,
  concurrent: 100,
  registrationsPer5Minutes: 1_500,
  contents: { perMinute: 80, perHour: 500 },
  creations: null,
};

function budget(state: State, key: string, windowMs: number): Budget {
  const nowMs = state.clock.nowMs();
  const found = state.budgets.get(key);
  if (found === undefined) {
    const made = { windowStartMs: nowMs, used: 0 };
    state.budgets.set(key, made);
    return made;
  }
  if (nowMs >= found.windowStartMs + windowMs) {
    found.windowStartMs = nowMs;
    found.used = 0;
  }
  return found;
}

const SECONDARY = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';

export function secondaryLimit(retryAfterS: number | null, status: 403 | 429 = 403): Refusal {
  return new Refusal(status, SECONDARY, retryAfterS === null ? {} : { 'retry-after': String(retryAfterS) });
}

/** Secondary limits refuse before anything happens, and do not show in the headers. */
export function admit(state: State, caller: string, method: string): void {
  const minute = budget(state, `points ${caller}`, 60_000);
  const points = method === 'GET' ? 1 : 5;
  if (minute.used + points > state.limits.pointsPerMinute) throw secondaryLimit(60);
  minute.used += points;
}

/** One registration more, or a refusal. */
export function admitRegistration(state: State, owner: string): void {
  const minutes = budget(state, `registrations ${owner}`, 5 * 60_000);
  if (minutes.used >= state.limits.registrationsPer5Minutes) throw secondaryLimit(60, 429);
  const creations = state.limits.creations;
  if (creations !== null) {
    const minute = budget(state, `creations/m ${owner}`, 60_000);
    const hour = budget(state, `creations/h ${owner}`, 3_600_000);
    if (minute.used >= creations.perMinute || hour.used >= creations.perHour) throw secondaryLimit(60);
    minute.used++;
    hour.used++;
  }
  minutes.used++;
}

/** One check run made or changed more, or a refusal. That a change counts too is the less convenient reading. */
export function admitContent(state: State, caller: string): void {
  const { perMinute, perHour } = state.limits.contents;
  const minute = budget(state, `contents/m ${caller}`, 60_000);
  const hour = budget(state, `contents/h ${caller}`, 3_600_000);
  if (minute.used >= perMinute || hour.used >= perHour) throw secondaryLimit(60);
  minute.used++;
  hour.used++;
}

const EXCEEDED = (caller: string): string =>
  `API rate limit exceeded for ${caller}. If you reach out to GitHub Support for help, please include the request ID.`;

/** The hour's budget as headers; `cost` 0 only looks. Throws 403 when it is spent. */
export function charge(state: State, caller: string, cost: 0 | 1): Record<string, string> {
  const hour = budget(state, `hour ${caller}`, 3_600_000);
  const isSpent = hour.used + cost > state.limits.callsPerHour;
  if (!isSpent) hour.used += cost;
  const headers = {
    'x-ratelimit-limit': String(state.limits.callsPerHour),
    'x-ratelimit-remaining': String(Math.max(0, state.limits.callsPerHour - hour.used)),
    'x-ratelimit-used': String(hour.used),
    'x-ratelimit-reset': String(Math.ceil((hour.windowStartMs + 3_600_000) / 1000)),
    'x-ratelimit-resource': 'core',
  };
  if (isSpent) throw new Refusal(403, EXCEEDED(caller), headers);
  return headers;
}

export function primaryLimit(state: State, resetInS: number): Refusal {
  return new Refusal(403, EXCEEDED('installation'), {
    'x-ratelimit-limit': String(state.limits.callsPerHour),
    'x-ratelimit-remaining': '0',
    'x-ratelimit-used': String(state.limits.callsPerHour),
    'x-ratelimit-reset': String(Math.ceil(state.clock.nowMs() / 1000) + resetInS),
    'x-ratelimit-resource': 'core',
  });
}
