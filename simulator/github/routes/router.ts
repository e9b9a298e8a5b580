/** One request from end to end: outage, faults, caller, limits, route, conditional answer, account of calls. */

import { createHash } from 'node:crypto';
import { authenticate, type Caller } from '../auth.ts';
import { admit, charge, primaryLimit, secondaryLimit } from '../limits.ts';
import type { State } from '../state.ts';
import { type Fault, notFound, Refusal, type SimRequest, type SimResponse } from '../wire.ts';
import { moved, named } from './moved.ts';
import { ROUTES, type Route } from './routes.ts';

/** Null: the connection ended without an answer. */
export async function respond(
  state: State,
  request: SimRequest,
  origin: string,
): Promise<SimResponse | null> {
  const url = new URL(request.path, origin);
  const found = routeOf(state, request.method, url.pathname);
  const name = found === null ? `${request.method} (no such route)` : found.route.name;
  state.calls.set(name, (state.calls.get(name) ?? 0) + 1);
  if (state.isOut) return dated(state, refused(new Refusal(503, 'Service Unavailable')));
  if (state.inFlight >= state.limits.concurrent) return dated(state, refused(secondaryLimit(null, 429)));
  state.inFlight++;
  try {
    const fault = state.options.faults?.(request.method, url.pathname) ?? null;
    const before = await faultBefore(state, fault);
    if (before !== undefined) return before;
    const answer = dated(state, answerTo(state, request, url, origin, found));
    await latency(state);
    return await faultAfter(state, fault, answer);
  } finally {
    state.inFlight--;
  }
}

async function latency(state: State): Promise<void> {
  const [min, max] = state.behaviour.answerMs;
  if (max > 0) await passed(state, state.random.whole(min, max));
}

function answerTo(
  state: State,
  request: SimRequest,
  url: URL,
  origin: string,
  found: Found | null,
): SimResponse {
  try {
    const caller = authenticate(state, request);
    admit(state, caller.name, request.method);
    return called(state, request, caller, url, origin, found);
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    throw error;
  }
}

/** GitHub docs, "Conditional requests": an authorised 304 does not count against the hour's limit. */
function called(
  state: State,
  request: SimRequest,
  caller: Caller,
  url: URL,
  origin: string,
  found: Found | null,
): SimResponse {
  if (found === null) throw notFound();
  const spent = charge(state, caller.name, 0);
  if (spent['x-ratelimit-remaining'] === '0') charge(state, caller.name, 1);
  const { route, params } = found;
  const answer = settledAnswer(
    () =>
      moved(state, caller, request.method, url) ??
      route.answer({ state, caller, params, url, origin, body: request.body }),
  );
  if (request.method === 'GET' && answer.status === 200) {
    const etag = etagOf(caller, answer);
    if (request.headers['if-none-match'] === etag && caller.kind !== 'nobody') {
      return { status: 304, headers: { ...spent, etag }, body: null };
    }
    return { ...answer, headers: { ...charge(state, caller.name, 1), etag, ...answer.headers } };
  }
  return { ...answer, headers: { ...charge(state, caller.name, 1), ...answer.headers } };
}

function settledAnswer(answer: () => SimResponse): SimResponse {
  try {
    return answer();
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    throw error;
  }
}

/** Varies with the caller's token, as GitHub's does (`Vary: Authorization`). */
function etagOf(caller: Caller, { body, headers }: SimResponse): string {
  const token = caller.kind === 'installation' ? caller.token.token : caller.name;
  const text = JSON.stringify([token, headers.link, body], (_key, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return `W/"${createHash('sha1').update(text).digest('hex')}"`;
}

function refused({ status, message, headers }: Refusal): SimResponse {
  const body = { message, documentation_url: 'https://docs.github.com/rest', status: String(status) };
  return { status, headers, body };
}

function dated(state: State, answer: SimResponse): SimResponse {
  const headers = { date: new Date(state.clock.nowMs()).toUTCString(), ...answer.headers };
  return { ...answer, headers };
}

const passed = (state: State, ms: number): Promise<void> =>
  new Promise((resolve) => state.clock.after(ms, resolve));

/** Undefined: the request goes on. */
async function faultBefore(state: State, fault: Fault | null): Promise<SimResponse | null | undefined> {
  switch (fault?.kind) {
    case 'status':
      return dated(state, refused(new Refusal(fault.status, fault.message ?? `Simulated ${fault.status}`)));
    case 'secondary-limit':
      return dated(state, refused(secondaryLimit(fault.retryAfterS, fault.status)));
    case 'primary-limit':
      return dated(state, refused(primaryLimit(state, fault.resetInS)));
    case 'timeout':
      if (fault.effect === 'after') return undefined;
      await passed(state, fault.ms);
      return null;
    case 'hang-up':
      return fault.effect === 'after' ? undefined : null;
    default:
      return undefined;
  }
}

async function faultAfter(
  state: State,
  fault: Fault | null,
  answer: SimResponse,
): Promise<SimResponse | null> {
  switch (fault?.kind) {
    case 'slow':
      await passed(state, fault.ms);
      return answer;
    case 'timeout':
      await passed(state, fault.ms);
      return null;
    case 'hang-up':
      return null;
    case 'truncated': {
      const text = JSON.stringify(answer.body, (_key, value) =>
        typeof value === 'bigint' ? Number(value) : value,
      );
      return { ...answer, body: text.slice(0, Math.ceil(text.length / 2)) };
    }
    case 'empty-page':
      return { ...answer, headers: withoutLink(answer.headers), body: emptied(answer.body) };
    default:
      return answer;
  }
}

function withoutLink({ link: _, ...rest }: SimResponse['headers']): SimResponse['headers'] {
  return rest;
}

function emptied(body: unknown): unknown {
  if (Array.isArray(body)) return [];
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [
      key,
      Array.isArray(value) ? [] : key === 'total_count' ? 0 : value,
    ]),
  );
}

interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** GitHub Enterprise Server has the same paths under `/api/v3`. */
function routeOf(state: State, method: string, pathname: string): Found | null {
  const path = named(state, pathname.replace(/^\/api\/v3(?=\/)/, ''));
  for (const route of ROUTES) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (match !== null) {
      const params = Object.entries(match.groups ?? {});
      return {
        route,
        params: Object.fromEntries(params.map(([key, text]) => [key, decodeURIComponent(text)])),
      };
    }
  }
  return null;
}
