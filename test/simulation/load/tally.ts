/** What GitHub was asked for, as GitHub counts. */
import type { World } from '../../world/in-process.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export interface Tally {
  mints: number;
  mintsRefused: number;
  /** A 304 counts in no hour's budget; what is refused does nothing. */
  unchanged: number;
  refused: number;
  /** By hour since the start. */
  readonly countedByHour: number[];
  readonly countedByRoute: Map<string, number>;
  /** Of the installation, in the busiest sixty seconds, wherever they begin: what was asked, refusals included. */
  busiest: { readonly points: number; readonly byRoute: ReadonlyMap<string, number> };
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
    busiest: { points: 0, byRoute: new Map() },
  };
  const look = busiestMinute(tally);
  const ask = github.request;
  const startMs = clock.nowMs();
  github.request = async (request, origin) => {
    const atMs = clock.nowMs();
    const answer = await ask(request, origin);
    look(request, atMs);
    count(tally, request, answer?.status ?? 0, Math.floor((atMs - startMs) / HOUR_MS));
    return answer;
  };
  return tally;
}

interface Asked {
  readonly atMs: number;
  readonly points: number;
  readonly route: string;
}

/** The App as itself has points of its own. */
function busiestMinute(tally: Tally) {
  const recent: Asked[] = [];
  let points = 0;
  return ({ method, path }: { readonly method: string; readonly path: string }, atMs: number): void => {
    if (path.startsWith('/app')) return;
    const asked = { atMs, points: method === 'GET' ? 1 : 5, route: routeOf(method, path) };
    recent.push(asked);
    points += asked.points;
    while (recent.length > 0 && isOver(recent[0], atMs)) points -= recent.shift()?.points ?? 0;
    if (points > tally.busiest.points) tally.busiest = { points, byRoute: pointsByRoute(recent) };
  };
}

const isOver = (asked: Asked | undefined, nowMs: number): boolean =>
  asked !== undefined && asked.atMs <= nowMs - MINUTE_MS;

function pointsByRoute(asked: readonly Asked[]): ReadonlyMap<string, number> {
  const byRoute = new Map<string, number>();
  for (const { route, points } of asked) byRoute.set(route, (byRoute.get(route) ?? 0) + points);
  return byRoute;
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
