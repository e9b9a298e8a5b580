/** What GitHub was asked for, as GitHub counts. */
import type { World } from '../../world/in-process.ts';

const HOUR_MS = 3_600_000;

export interface Tally {
  mints: number;
  mintsRefused: number;
  /** A 304 counts in no hour's budget; what is refused does nothing. */
  unchanged: number;
  refused: number;
  /** By hour since the start. */
  readonly countedByHour: number[];
  readonly countedByRoute: Map<string, number>;
}

/** Stands between the adapter and the simulated GitHub, and changes nothing. */
export function tallyOf({ github, clock }: World): Tally {
  const tally: Tally = {
    mints: 0,
    mintsRefused: 0,
    unchanged: 0,
    refused: 0,
    countedByHour: [],
    countedByRoute: new Map(),
  };
  const ask = github.request;
  const startMs = clock.nowMs();
  github.request = async (request, origin) => {
    const atMs = clock.nowMs();
    const answer = await ask(request, origin);
    count(tally, request, answer?.status ?? 0, Math.floor((atMs - startMs) / HOUR_MS));
    return answer;
  };
  return tally;
}

function count(
  tally: Tally,
  { method, path }: { readonly method: string; readonly path: string },
  status: number,
  hour: number,
): void {
  const isMint = path.endsWith('/generate-jitconfig');
  const isRefused = status === 403 || status === 429;
  if (isMint && status === 201) tally.mints++;
  if (isMint && isRefused) tally.mintsRefused++;
  if (isRefused) tally.refused++;
  else if (status === 304) tally.unchanged++;
  else {
    tally.countedByHour[hour] = (tally.countedByHour[hour] ?? 0) + 1;
    const route = routeOf(method, path);
    tally.countedByRoute.set(route, (tally.countedByRoute.get(route) ?? 0) + 1);
  }
}

function routeOf(method: string, path: string): string {
  const [way = '', query = ''] = path.split('?');
  const short = way
    .replace(/^\/repos\/[^/]+\/[^/]+/, '/repo')
    .replace(/^\/orgs\/[^/]+/, '/org')
    .replace(/\/\d+/g, '/N');
  const status = new URLSearchParams(query).get('status');
  return `${method} ${short}${status === null ? '' : `?${status}`}`;
}
