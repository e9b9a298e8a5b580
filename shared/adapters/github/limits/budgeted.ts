/** Each call within its share of what GitHub lets an installation ask for, and at GitHub's pace. */
import { type CallBudget, type CallUse, mayCall } from '../../../budget.ts';
import type { Clock } from '../../../ports.ts';
import {
  CallKept,
  type GitHubAnswer,
  type GitHubAuth,
  type GitHubRequest,
  Throttled,
  throttledMs,
  untilResetMs,
} from '../request.ts';
import type { Pacing } from './pacing.ts';

export interface Budgets {
  readonly request: GitHubRequest;
  /** Null: this process has had no answer yet. */
  of(installation: number): CallBudget | null;
  mayAsk(use: CallUse, installation: number): boolean;
}

export function budgeted(transport: GitHubRequest, pace: Pacing, clock: Clock): Budgets {
  const known = new Map<string, CallBudget>();
  /** Throws what keeps it from being asked now. */
  const admit = (route: string, key: string, use: CallUse): void => {
    const budget = known.get(key) ?? null;
    const nowMs = clock.nowMs();
    if (mayCall(use, budget, nowMs)) return;
    const heldMs = (budget?.heldUntilMs ?? 0) - nowMs;
    if (heldMs > 0) throw new Throttled(route, 429, heldMs);
    throw new CallKept(route, whyKept(budget));
  };
  const learn = (key: string, answer: GitHubAnswer): GitHubAnswer => {
    known.set(key, budgetAfter(answer, known.get(key) ?? UNKNOWN, clock.nowMs()));
    return answer;
  };
  /** A limit was met before the call itself. */
  const learnFailure = (key: string, error: unknown): never => {
    // As the App we ask about every owner, and one's silence is its own.
    if (error instanceof Throttled && (error.status !== 0 || key !== keyOf('app')))
      known.set(key, { ...(known.get(key) ?? UNKNOWN), heldUntilMs: clock.nowMs() + error.waitMs });
    throw error;
  };
  const request: GitHubRequest = async (route, params, auth, use = useOf(route)) => {
    const key = keyOf(auth);
    admit(route, key, use);
    const leave = await pace.enter(key, route, use);
    return transport(route, params, auth)
      .then(
        (answer) => learn(key, answer),
        (error: unknown) => learnFailure(key, error),
      )
      .finally(leave);
  };
  const of = (installation: number) => known.get(keyOf({ installation })) ?? null;
  return {
    request,
    of,
    mayAsk: (use, installation) =>
      mayCall(use, of(installation), clock.nowMs()) && pace.hasRoom(keyOf({ installation }), use),
  };
}

const keyOf = (auth: GitHubAuth): string =>
  typeof auth === 'string' ? auth : `installation ${auth.installation}`;

/** Of an installation that has said nothing yet: as if a new hour began. */
const UNKNOWN: CallBudget = { limit: 5_000, remaining: 5_000, resetAtMs: 0, heldUntilMs: 0 };

/** What a call is for, where its caller does not say. */
export function useOf(route: string): CallUse {
  if (/generate-jitconfig$|runner-groups/.test(route)) return 'mint';
  if (route.startsWith('DELETE ') || route.endsWith('/cancel')) return 'removal';
  const proves =
    /\/actions\/(runners|workflows|jobs\/\{job_id\}|runs\/\{run_id\})|\/installation$|access_tokens$|^GET \/repos\/\{owner\}\/\{repo\}$/;
  return proves.test(route) ? 'proof' : 'look';
}

function budgetAfter(answer: GitHubAnswer, before: CallBudget, nowMs: number): CallBudget {
  const { headers } = answer;
  const waitMs = throttledMs(answer);
  const heldUntilMs = waitMs === null ? before.heldUntilMs : nowMs + waitMs;
  const limit = Number(headers['x-ratelimit-limit'] ?? Number.NaN);
  const remaining = Number(headers['x-ratelimit-remaining'] ?? Number.NaN);
  const untilMs = untilResetMs(headers);
  const isSaid = limit > 0 && remaining >= 0 && untilMs !== null;
  if (!isSaid) return { ...before, heldUntilMs };
  return { limit, remaining, resetAtMs: nowMs + untilMs, heldUntilMs };
}

function whyKept(budget: CallBudget | null): string {
  return `${budget?.remaining ?? 0} of ${budget?.limit ?? 0} calls are left, and they are kept for launches`;
}
