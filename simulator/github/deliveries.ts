/**
 * Webhook deliveries. GitHub docs: signed with HMAC-SHA256 over the raw body; the receiver has 10 seconds; a failed
 * delivery is not repeated by itself; a redelivery keeps its `X-GitHub-Delivery`; order is not promised. The log is
 * kept for three days, and its ids lie beyond 2^53.
 */

import { createHmac } from 'node:crypto';
import type { LoggedDelivery, OutgoingDelivery } from './model.ts';
import type { State } from './state.ts';

const REPLY_MAX_MS = 10_000;
const LOG_MS = 3 * 24 * 3_600_000;

export type Announcement = Pick<
  LoggedDelivery,
  'event' | 'action' | 'installationId' | 'repositoryId' | 'payload'
>;

export function announce(state: State, what: Announcement): void {
  const fault = state.options.deliveryFaults?.(what.event, what.action) ?? null;
  if (fault?.kind === 'lose' && !fault.isLogged) return;
  const [min, max] = state.behaviour.deliveryMs;
  const waitMs = state.random.whole(min, max) + (fault?.kind === 'delay' ? fault.ms : 0);
  const entry = { ...what, guid: guid(state) };
  attempt(state, entry, { waitMs, isRedelivery: false, isLost: fault?.kind === 'lose' });
  if (fault?.kind !== 'repeat') return;
  for (let time = 1; time <= fault.times; time++) {
    attempt(state, entry, { waitMs: waitMs + time * fault.gapMs, isRedelivery: false, isLost: false });
  }
}

type Entry = Announcement & Pick<LoggedDelivery, 'guid'>;

interface Attempt {
  readonly waitMs: number;
  readonly isRedelivery: boolean;
  readonly isLost: boolean;
}

function attempt(state: State, entry: Entry, { waitMs, isRedelivery, isLost }: Attempt): void {
  state.clock.after(waitMs, () => {
    state.lastDeliveryId += BigInt(state.random.whole(1, 1_000_000));
    const logged: LoggedDelivery = {
      ...entry,
      id: state.lastDeliveryId,
      isRedelivery,
      deliveredAtMs: state.clock.nowMs(),
      durationMs: 0,
      status: '',
      statusCode: 0,
    };
    remember(state, logged);
    if (isLost) settle(state, logged, 502, 'failed to connect');
    else send(state, logged);
  });
}

function send(state: State, logged: LoggedDelivery): void {
  const give = state.clock.after(REPLY_MAX_MS, () => settle(state, logged, 504, 'timed out'));
  state.options.deliver(signed(state, logged), state.hook.url).then(
    ({ status }) => {
      give();
      settle(
        state,
        logged,
        status,
        status >= 200 && status < 300 ? 'OK' : `Invalid HTTP Response: ${status}`,
      );
    },
    () => {
      give();
      settle(state, logged, 502, 'failed to connect');
    },
  );
}

function settle(state: State, logged: LoggedDelivery, statusCode: number, status: string): void {
  if (logged.statusCode !== 0) return;
  logged.statusCode = statusCode;
  logged.status = status;
  logged.durationMs = state.clock.nowMs() - logged.deliveredAtMs;
}

function signed(state: State, { guid, event, payload }: LoggedDelivery): OutgoingDelivery {
  const body = Buffer.from(JSON.stringify(payload()));
  const signature = createHmac('sha256', state.hook.secret).update(body).digest('hex');
  return {
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/simulated',
      'x-github-delivery': guid,
      'x-github-event': event,
      'x-github-hook-id': String(state.options.app.id),
      'x-github-hook-installation-target-id': String(state.options.app.id),
      'x-github-hook-installation-target-type': 'integration',
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
  };
}

function remember(state: State, logged: LoggedDelivery): void {
  const oldestMs = state.clock.nowMs() - LOG_MS;
  const stale = state.deliveries.findIndex(({ deliveredAtMs }) => deliveredAtMs >= oldestMs);
  if (stale > 0) state.deliveries.splice(0, stale);
  state.deliveries.push(logged);
}

/** `POST /app/hook/deliveries/{id}/attempts`: soon, with the same guid. */
export function redeliver(state: State, logged: LoggedDelivery): void {
  const waitMs = state.random.whole(...state.behaviour.deliveryMs);
  attempt(state, logged, { waitMs, isRedelivery: true, isLost: false });
}

function guid(state: State): string {
  const hex = (length: number) =>
    Array.from({ length }, () => state.random.whole(0, 15).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-11ef-${hex(4)}-${hex(12)}`;
}
