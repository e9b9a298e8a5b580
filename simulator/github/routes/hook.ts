/** The App's webhook: its configuration and its delivery log. All with the App's JWT. */

import { demandApp } from '../auth.ts';
import { redeliver } from '../deliveries.ts';
import type { LoggedDelivery } from '../model.ts';
import { isoTime, notFound, ok, pageOf, Refusal, type SimResponse } from '../wire.ts';
import { type Call, param, type Route, route } from './route.ts';

function item(one: LoggedDelivery) {
  return {
    id: one.id,
    guid: one.guid,
    delivered_at: isoTime(one.deliveredAtMs),
    redelivery: one.isRedelivery,
    duration: one.durationMs / 1000,
    status: one.status,
    status_code: one.statusCode,
    event: one.event,
    action: one.action,
    installation_id: one.installationId,
    repository_id: one.repositoryId,
    throttled_at: null,
  };
}

/** Newest first; an attempt under way is not listed. The cursor is opaque to the caller. */
function deliveries(call: Call): SimResponse {
  demandApp(call.caller);
  const { size } = pageOf(call.url.searchParams);
  const cursor = call.url.searchParams.get('cursor');
  const before = cursor === null ? null : idInCursor(cursor);
  const shown: LoggedDelivery[] = [];
  const log = call.state.deliveries;
  let at = log.length - 1;
  for (; at >= 0 && shown.length < size; at--) {
    const one = log[at] as LoggedDelivery;
    if (one.statusCode !== 0 && (before === null || one.id < before)) shown.push(one);
  }
  const last = shown.at(-1);
  const headers: Record<string, string> = {};
  if (last !== undefined && at >= 0) {
    const query = new URLSearchParams({ per_page: String(size), cursor: `v1_${last.id}` });
    headers.link = `<${call.origin}${call.url.pathname}?${query}>; rel="next"`;
  }
  return { status: 200, headers, body: shown.map(item) };
}

function idInCursor(cursor: string): bigint {
  if (!/^v1_\d+$/.test(cursor)) throw new Refusal(400, 'Invalid cursor');
  return BigInt(cursor.slice(3));
}

function deliveryOf(call: Call): LoggedDelivery {
  demandApp(call.caller);
  const found = call.state.deliveries.find(({ id }) => String(id) === param(call, 'id'));
  if (found === undefined) throw notFound();
  return found;
}

function delivery(call: Call): SimResponse {
  const found = deliveryOf(call);
  return ok({
    ...item(found),
    request: { headers: { 'X-GitHub-Delivery': found.guid }, payload: found.payload() },
    response: { headers: {}, payload: '' },
  });
}

function redelivery(call: Call): SimResponse {
  redeliver(call.state, deliveryOf(call));
  return ok({}, 202);
}

function config(call: Call): SimResponse {
  demandApp(call.caller);
  return ok({ content_type: 'json', insecure_ssl: '0', secret: '********', url: call.state.hook.url });
}

function changeConfig(call: Call): SimResponse {
  demandApp(call.caller);
  const { url, secret } = (call.body ?? {}) as { url?: string; secret?: string };
  if (url !== undefined) call.state.hook.url = url;
  if (secret !== undefined) call.state.hook.secret = secret;
  return config(call);
}

export const HOOK_ROUTES: readonly Route[] = [
  route('GET /app/hook/deliveries', deliveries),
  route('GET /app/hook/deliveries/{id}', delivery),
  route('POST /app/hook/deliveries/{id}/attempts', redelivery),
  route('GET /app/hook/config', config),
  route('PATCH /app/hook/config', changeConfig),
];
