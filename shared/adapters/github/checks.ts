/**
 * What is told on a commit. GitHub docs, "REST API endpoints for check runs": one is made by POST on a commit, and
 * changed by PATCH for as long as it is there; both need `checks: write`.
 */

import type { CheckRefusal, CheckRun, CheckRuns, CheckSight } from '../../check-runs/check-runs.ts';
import type { Target } from '../../nouns.ts';
import type { Clock } from '../../ports.ts';
import { type Calls, type Params, partsOf, REPO } from './calls.ts';
import { allPages } from './pages.ts';
import {
  CallKept,
  failed,
  type GitHubAnswer,
  lacksPermission,
  messageOf,
  parsed,
  redact,
  Throttled,
  throttledMs,
} from './request.ts';
import { checkRunsPage, oneCheckRun } from './shapes.ts';

const KEPT_MS = 60_000;
/** GitHub keeps 1,000 of one name in a suite. */
const CHECK_PAGES_MAX = 10;

export function checksOver(calls: Calls, { clock }: { readonly clock: Clock }): CheckRuns {
  const write: CheckRuns['writeCheck'] = async (target, repository, check, checkId) => {
    const route = checkId === null ? `POST ${REPO}/check-runs` : `PATCH ${REPO}/check-runs/{check_run_id}`;
    const which: Params = checkId === null ? { head_sha: check.headSha } : { check_run_id: checkId };
    const answer = await calls.ask(target, route, { ...partsOf(repository), ...which, ...bodyOf(check) });
    if (answer.status === 200 || answer.status === 201)
      return { kind: 'written', checkId: parsed(route, oneCheckRun, answer).id };
    return refusalOf(route, answer, clock.nowMs());
  };
  const heldBack = (error: unknown) => heldBackBy(error, clock.nowMs());
  return {
    findCheck: (target, repository, check) => find(calls, clock, target, repository, check).catch(heldBack),
    writeCheck: (target, repository, check, checkId) =>
      write(target, repository, check, checkId).catch(heldBack),
  };
}

/** What kept it from being asked: authors are told a little later, or not at all. */
function heldBackBy(error: unknown, nowMs: number): CheckRefusal {
  if (error instanceof Throttled) return { kind: 'throttled', retryAtMs: nowMs + error.waitMs };
  // Kept for launches.
  if (error instanceof CallKept) return { kind: 'throttled', retryAtMs: nowMs + KEPT_MS };
  if (lacksPermission(error)) return { kind: 'not-permitted', because: redact(error.message) };
  throw error;
}

/** Neutral from the first word on: it tells, and holds nothing up (docs/decisions/check-runs.md). */
const bodyOf = ({ name, externalId, detailsUrl, title, summary }: CheckRun): Params => ({
  name,
  external_id: externalId,
  details_url: detailsUrl,
  status: 'completed',
  conclusion: 'neutral',
  output: { title, summary },
});

const FIND = `GET ${REPO}/commits/{ref}/check-runs`;

/** A POST whose answer was lost may have made one. */
async function find(
  calls: Calls,
  clock: Clock,
  target: Target,
  repository: string,
  { headSha, name, externalId }: CheckRun,
): Promise<CheckSight> {
  const where = { ...partsOf(repository), ref: headSha, check_name: name, filter: 'all' };
  let refusal: GitHubAnswer | null = null;
  const { things, complete } = await allPages(
    async (paging) => {
      const answer = await calls.ask(target, FIND, { ...where, ...paging });
      if (answer.status !== 200) {
        refusal = answer;
        return { total: 0, things: [] };
      }
      const { total_count: total, check_runs: things } = parsed(FIND, checkRunsPage, answer);
      return { total, things };
    },
    ({ id }) => id,
    CHECK_PAGES_MAX,
  );
  if (refusal !== null) return refusalOf(FIND, refusal, clock.nowMs());
  const own = things.filter(({ external_id }) => external_id === externalId).map(({ id }) => id);
  if (own.length > 0) return { kind: 'seen', checkId: Math.min(...own) };
  // A list that was cut proves nothing absent, and a second check is worse than a late one.
  if (!complete) throw failed(FIND, { status: 200, headers: {}, data: 'the list of checks was cut' });
  return { kind: 'unseen' };
}

function refusalOf(route: string, answer: GitHubAnswer, nowMs: number): CheckRefusal {
  const { status } = answer;
  const waitMs = throttledMs(answer);
  if (waitMs !== null) return { kind: 'throttled', retryAtMs: nowMs + waitMs };
  const because = `GitHub answered ${status} (${redact(messageOf(answer))})`;
  if (status === 403 && /not accessible/i.test(messageOf(answer))) return { kind: 'not-permitted', because };
  if (status >= 400 && status < 500 && status !== 401)
    return { kind: 'refused', because, isGone: status === 404 || status === 410 };
  throw failed(route, answer);
}
