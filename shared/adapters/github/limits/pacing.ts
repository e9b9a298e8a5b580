/**
 * How fast one process may call, on GitHub's documented points. GitHub docs, "Rate limits for the REST API": 900 points
 * a minute (a GET 1, others 5), 100 calls at once, 80 a minute that create content. The client over the network and the
 * simulated GitHub in process are paced by this same file.
 */
import type { CallUse } from '../../../budget.ts';
import { SWEEP_PARALLEL_MAX } from '../../../limits.ts';
import type { Clock } from '../../../ports.ts';
import { CallKept } from '../request.ts';

const MINUTE_MS = 60_000;
const POINTS_MAX = 900;
const MINT_POINTS = 5;
/** Two clocks never begin a minute at the same time, and a repeated try counts, too. */
const POINTS_MARGIN = 60;
/** What removals and proofs leave in each minute, so that a look is never kept out by them alone. */
const LOOK_POINTS = 80;
const CREATIONS_MAX = 80;
/** Of the hundred, what one process takes: others run beside it. */
const AT_ONCE_MAX = 20;
/** Waiting longer is the caller's business. */
const WAIT_MAX_MS = 5_000;
const WAIT_STEP_MS = 250;

export interface Pacing {
  /** Other processes may mint so many in the coming minute: their points are left to them. */
  reserve(mints: number): void;
  hasRoom(key: string, use: CallUse): boolean;
  /** Waits for its turn; throws `CallKept`. To be told when the call is over. */
  enter(key: string, route: string, use: CallUse): Promise<() => void>;
}

interface Spent {
  readonly atMs: number;
  readonly points: number;
  readonly isCreation: boolean;
}

export function pacing(clock: Clock, pause: (ms: number) => Promise<void>): Pacing {
  const spent = new Map<string, Spent[]>();
  let reserved = 0;
  let atOnce = 0;

  const recent = (key: string): Spent[] => {
    const fromMs = clock.nowMs() - MINUTE_MS;
    const kept = (spent.get(key) ?? []).filter(({ atMs }) => atMs > fromMs);
    spent.set(key, kept);
    return kept;
  };
  const hasPoints = (key: string, use: CallUse, points: number): boolean => {
    const used = recent(key).reduce((sum, each) => sum + each.points, 0);
    if (use === 'mint') return used + points <= POINTS_MAX;
    const left = POINTS_MAX - POINTS_MARGIN - reserved - (use === 'look' ? 0 : LOOK_POINTS);
    return used + points <= Math.max(LOOK_POINTS, left);
  };
  const mayCreate = (key: string): boolean =>
    recent(key).filter(({ isCreation }) => isCreation).length < CREATIONS_MAX;

  return {
    reserve(mints) {
      reserved = mints * MINT_POINTS;
    },
    // As many at once as a sweep has under way.
    hasRoom: (key, use) => hasPoints(key, use, SWEEP_PARALLEL_MAX * (use === 'removal' ? 5 : 1)),
    async enter(key, route, use) {
      const points = route.startsWith('GET ') ? 1 : 5;
      const isCreation = route.startsWith('POST ') && !route.endsWith('/generate-jitconfig');
      const mayBegin = () =>
        atOnce < AT_ONCE_MAX && hasPoints(key, use, points) && (!isCreation || mayCreate(key));
      for (let waitedMs = 0; !mayBegin(); waitedMs += WAIT_STEP_MS) {
        if (waitedMs >= WAIT_MAX_MS) throw new CallKept(route, 'this minute’s calls are used up');
        await pause(WAIT_STEP_MS);
      }
      recent(key).push({ atMs: clock.nowMs(), points, isCreation });
      atOnce++;
      return () => {
        atOnce--;
      };
    },
  };
}
