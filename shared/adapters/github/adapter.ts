/** The port `GitHub` over any way to GitHub. */

import type { GitHubMemory } from '../../github-note.ts';
import type { Listing } from '../../nouns.ts';
import type { Clock, Delivery, GitHub } from '../../ports.ts';
import { type Calls, callsOver } from './calls.ts';
import { checksOver } from './checks.ts';
import { codeOver } from './code.ts';
import { jobsOver } from './jobs.ts';
import { budgeted } from './limits/budgeted.ts';
import { pacing } from './limits/pacing.ts';
import { heedingSilence } from './limits/silence.ts';
import { failed, type GitHubRequest, parsed } from './request.ts';
import { newestRunner, type OwnHost } from './runner-releases.ts';
import { runnersOver } from './runners.ts';
import { deliveriesPage } from './shapes.ts';

export interface GitHubConfig {
  readonly clock: Clock;
  /** Name of the organisation's runner group; unused in repository scope. */
  readonly runnerGroup: string;
  readonly pause: (ms: number) => Promise<void>;
  /** What processes tell each other of GitHub. */
  readonly memory: GitHubMemory;
  /** Where the jobs are; null: on github.com. */
  readonly ownHost: OwnHost | null;
  /** Reads the App's key, which is kept for a while. */
  readonly prepare?: () => Promise<unknown>;
}

/** Throws `GitHubFailed` for what is not in a method's own answers. Its memory is that of the process. */
export function gitHubOver(transport: GitHubRequest, config: GitHubConfig): GitHub {
  const pace = pacing(config.clock, config.pause);
  const calls = callsOver(budgeted(heedingSilence(transport, config.clock), pace, config.clock));
  const jobs = jobsOver(calls);
  return {
    budget: (owner) => calls.budget(owner),
    mayAsk: (use, owner) => calls.mayAsk(use, owner),
    leaveRoomFor: (mints) => pace.reserve(mints),
    ...runnersOver(calls, config),
    ...jobs,
    ...codeOver(jobs.run, config),
    ...checksOver(calls, config),
    deliveries: (sinceMs) => deliveries(calls, sinceMs),
    redeliver: (id) => redeliver(calls, id),
    latestRunner: () => newestRunner(calls, config.ownHost),
  };
}

const DELIVERY_PAGES_MAX = 50;

/** Cursor pages, newest first; complete once one lies before `sinceMs`, or there is no next page. */
async function deliveries({ request }: Calls, sinceMs: number): Promise<Listing<Delivery>> {
  const route = 'GET /app/hook/deliveries';
  const things: Delivery[] = [];
  let cursor: string | null = null;
  for (let page = 1; page <= DELIVERY_PAGES_MAX; page++) {
    const answer = await request(route, { per_page: 100, ...(cursor === null ? {} : { cursor }) }, 'app');
    if (answer.status !== 200) throw failed(route, answer);
    const shown = parsed(route, deliveriesPage, answer);
    things.push(...shown.filter(({ deliveredAtMs }) => deliveredAtMs >= sinceMs));
    cursor = nextCursor(answer.headers.link);
    const isBefore = shown.some(({ deliveredAtMs }) => deliveredAtMs < sinceMs);
    if (isBefore || cursor === null) return { things, complete: true };
  }
  return { things, complete: false };
}

function nextCursor(link: string | undefined): string | null {
  const next = /<([^<>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];
  return next === undefined ? null : new URL(next).searchParams.get('cursor');
}

async function redeliver({ request }: Calls, id: string): Promise<'asked' | 'gone'> {
  const route = 'POST /app/hook/deliveries/{delivery_id}/attempts';
  const answer = await request(route, { delivery_id: id }, 'app');
  if (answer.status === 202) return 'asked';
  if (answer.status === 404 || answer.status === 410 || answer.status === 422) return 'gone';
  throw failed(route, answer);
}
