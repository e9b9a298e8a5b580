/**
 * Asynchronous invocation: accepted events, at least once, in no order.
 * @see https://www.alibabacloud.com/help/en/functioncompute/error-handling-1-2 (retries, edition of 2026-04-01)
 */

import type { SimClock } from '../clock.ts';
import type { Random } from '../random.ts';
import { newRequestId } from './keys.ts';
import type { RunOutcome } from './life.ts';
import type { Acceptance, Faults, FunctionSpec, InvocationEvent } from './model.ts';
import type { Runs } from './runs.ts';

/** Alibaba Cloud docs, Function Compute, limits: 128 KB for an asynchronous event. */
export const ASYNC_EVENT_MAX_BYTES = 128 * 1024;
const RETRIES_DEFAULT = 3;
const EVENT_AGE_MAX_MS = 86_400_000;
/** Without an instance: tried again after 0.5, 1, 2, 4 … seconds, for at most 5 hours. */
const THROTTLE_FIRST_MS = 500;
const THROTTLED_MAX_MS = 5 * 3_600_000;
/** How long after a function's error the next try comes is not documented: at once, or late. */
const ERROR_RETRY_MAX_MS = 60_000;

export interface EventsWorld {
  readonly clock: SimClock;
  readonly random: Random;
  readonly faults: Faults;
  readonly runs: Runs;
  readonly observe: (event: InvocationEvent) => void;
  readonly find: (functionName: string) => FunctionSpec | undefined;
  readonly arnOf: (functionName: string) => string;
}

interface Event {
  readonly spec: FunctionSpec;
  readonly payload: Buffer;
  readonly requestId: string;
  readonly acceptedAtMs: number;
  errors: number;
  throttles: number;
}

export class Events {
  #world: EventsWorld;
  #pending = new Set<Event>();
  #isClosed = false;

  constructor(world: EventsWorld) {
    this.#world = world;
  }

  /** Accepted and neither done nor given up. */
  get pending(): number {
    return this.#pending.size;
  }

  close(): void {
    this.#isClosed = true;
    this.#pending.clear();
  }

  accept(spec: FunctionSpec, payload: Buffer): Acceptance {
    const { clock, random, faults, observe } = this.#world;
    const requestId = newRequestId(random);
    if (payload.length > ASYNC_EVENT_MAX_BYTES) return tooLarge(ASYNC_EVENT_MAX_BYTES);
    observe({ kind: 'accepted', functionName: spec.name, requestId });
    if (random.chance(faults.drop)) {
      // Docs: neither an internal error nor a lack of resources is tried again; that the destination hears of it is not said.
      observe({ kind: 'dropped', functionName: spec.name, requestId, because: 'of an internal error' });
      return { kind: 'accepted', requestId };
    }
    const copies = random.chance(faults.duplicate) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const event = { spec, payload, requestId, acceptedAtMs: clock.nowMs(), errors: 0, throttles: 0 };
      this.#pending.add(event);
      this.#later(event, copy === 0 ? random.whole(1, 30) : random.whole(1, ERROR_RETRY_MAX_MS));
    }
    return { kind: 'accepted', requestId };
  }

  #later(event: Event, ms: number): void {
    if (this.#isClosed) return;
    this.#world.clock.after(ms, () => {
      if (!this.#isClosed) void this.#attempt(event);
    });
  }

  async #attempt(event: Event): Promise<void> {
    const { clock, find, runs } = this.#world;
    const ageMs = clock.nowMs() - event.acceptedAtMs;
    if (ageMs > (event.spec.eventAgeMaxMs ?? EVENT_AGE_MAX_MS)) return this.#drop(event, 'it became too old');
    // Whatever code is there now: the event was for the function, not for one version of it.
    const spec = find(event.spec.name);
    if (spec === undefined) return this.#drop(event, 'its function was deleted');
    const outcome = await runs.run(spec, event.payload, event.requestId);
    switch (outcome.kind) {
      case 'done':
        this.#pending.delete(event);
        return;
      case 'throttled':
        return this.#afterThrottle(event, ageMs);
      case 'failed':
        return this.#afterError(event, outcome);
    }
  }

  #afterThrottle(event: Event, ageMs: number): void {
    const waitMs = THROTTLE_FIRST_MS * 2 ** event.throttles++;
    if (ageMs + waitMs > THROTTLED_MAX_MS) this.#drop(event, 'no instance was to be had for 5 hours');
    else this.#later(event, waitMs);
  }

  #afterError(event: Event, outcome: RunOutcome & { kind: 'failed' }): void {
    if (this.#isClosed) return;
    const { random, find } = this.#world;
    if (event.errors++ < (event.spec.asyncRetries ?? RETRIES_DEFAULT)) {
      this.#later(event, random.whole(1, ERROR_RETRY_MAX_MS));
      return;
    }
    this.#drop(event, `its retries are used up: ${outcome.type}`);
    const destination = event.spec.onFailure === undefined ? undefined : find(event.spec.onFailure);
    if (destination !== undefined) this.accept(destination, this.#destinationPayload(event, outcome));
  }

  #drop(event: Event, because: string): void {
    this.#pending.delete(event);
    const { requestId, spec } = event;
    this.#world.observe({ kind: 'dropped', functionName: spec.name, requestId, because });
  }

  /** @see https://www.alibabacloud.com/help/en/fc/user-guide/result-callback */
  #destinationPayload(event: Event, outcome: RunOutcome & { kind: 'failed' }): Buffer {
    return Buffer.from(
      JSON.stringify({
        timestamp: new Date(this.#world.clock.nowMs()).toISOString(),
        requestContext: {
          requestId: event.requestId,
          functionArn: this.#world.arnOf(event.spec.name),
          condition: outcome.type,
          approximateInvokeCount: event.errors,
        },
        requestPayload: event.payload.toString('utf8'),
        responseContext: { statusCode: 200, functionError: outcome.type },
        responsePayload: JSON.stringify({ errorMessage: outcome.message, errorType: outcome.type }),
      }),
    );
  }
}

export function tooLarge(maxBytes: number): Acceptance {
  const message = `payload size exceeds maximum allowed size (${maxBytes} bytes)`;
  return { kind: 'refused', status: 400, code: 'EntityTooLarge', message };
}
