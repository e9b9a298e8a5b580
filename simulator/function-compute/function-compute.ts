/** Function Compute 3.0 as our functions meet it: one region of one account. */

import type { Account } from '../accounts.ts';
import type { SimClock } from '../clock.ts';
import type { Random } from '../random.ts';
import { Events, tooLarge } from './events.ts';
import { errorReply, eventOf, type HttpReply, type HttpRequest, replyOf } from './http-trigger.ts';
import { newRequestId } from './keys.ts';
import type { RunOutcome } from './life.ts';
import { type Acceptance, type Faults, type FunctionSpec, type InvocationEvent, noFaults } from './model.ts';
import { Runs } from './runs.ts';
import { startTimer } from './timers.ts';

/** Docs give 300 and 100 instances a region; the smaller. */
const INSTANCES_MAX = 100;
/** Docs, limits: a synchronous event takes 32 MB. */
const SYNC_EVENT_MAX_BYTES = 32 * 1024 * 1024;

export interface FunctionComputeOptions {
  readonly clock: SimClock;
  readonly random: Random;
  readonly account: Account;
  readonly functions: readonly FunctionSpec[];
  readonly instancesMax?: number;
  readonly observe?: (event: InvocationEvent) => void;
  /** Each line that a hosted function prints. */
  readonly onLine?: (functionName: string, line: string) => void;
}

export function createFunctionCompute(options: FunctionComputeOptions): FunctionCompute {
  return new FunctionCompute(options);
}

export class FunctionCompute {
  readonly clock: SimClock;
  readonly account: Account;
  /** To be changed at any time. */
  readonly faults: Faults = noFaults();
  #random: Random;
  #runs: Runs;
  #events: Events;
  #functions = new Map<string, FunctionSpec>();
  /** By function. */
  #timers = new Map<string, () => void>();
  #startTimer: (spec: WithTimer) => () => void;

  constructor(options: FunctionComputeOptions) {
    const {
      clock,
      account,
      functions,
      random,
      observe = () => undefined,
      onLine = () => undefined,
    } = options;
    this.clock = clock;
    this.account = account;
    this.#random = random.fork();
    const common = { clock, account, faults: this.faults, observe };
    const instancesMax = options.instancesMax ?? INSTANCES_MAX;
    this.#runs = new Runs({ ...common, random: random.fork(), instancesMax, onLine });
    this.#events = new Events({
      ...common,
      random: random.fork(),
      runs: this.#runs,
      find: (name) => this.#find(name),
      arnOf: (name) => `acs:fc:${account.region}:${account.id}:functions/${name}`,
    });
    const fire = (spec: FunctionSpec, event: Buffer) => void this.#events.accept(spec, event);
    this.#startTimer = (spec) => startTimer(spec, { ...common, random: random.fork(), fire });
    for (const spec of functions) this.put(spec);
  }

  get functions(): readonly FunctionSpec[] {
    return [...this.#functions.values()];
  }

  /** Made, or changed: what runs goes on with the old code to its end, and all that begins has the new one. */
  put(spec: FunctionSpec): void {
    this.remove(spec.name);
    this.#functions.set(spec.name, spec);
    if (hasTimer(spec)) this.#timers.set(spec.name, this.#startTimer(spec));
  }

  remove(name: string): void {
    const old = this.#functions.get(name);
    if (old === undefined) return;
    this.#functions.delete(name);
    this.#timers.get(name)?.();
    this.#timers.delete(name);
    this.#runs.retire(old);
  }

  /** Accepted events that are neither done nor given up. */
  get pending(): number {
    return this.#events.pending;
  }

  invokeAsync(functionName: string, payload: Buffer): Acceptance {
    const spec = this.#find(functionName);
    if (spec === undefined) return notFound(functionName);
    if (this.#random.chance(this.faults.throttle)) return EXHAUSTED;
    if (!this.#random.chance(this.faults.serverError)) return this.#events.accept(spec, payload);
    // An internal error says nothing of whether the event was kept.
    if (this.#random.chance(0.5)) this.#events.accept(spec, payload);
    return INTERNAL;
  }

  async invokeSync(functionName: string, payload: Buffer): Promise<Acceptance | RunOutcome> {
    const spec = this.#find(functionName);
    if (spec === undefined) return notFound(functionName);
    if (payload.length > SYNC_EVENT_MAX_BYTES) return tooLarge(SYNC_EVENT_MAX_BYTES);
    return this.#runs.run(spec, payload, newRequestId(this.#random));
  }

  /** One request to the function's URL. */
  async requestHttp(functionName: string, request: HttpRequest): Promise<HttpReply> {
    const spec = this.#find(functionName);
    if (spec?.http === undefined) return errorReply(404, 'FunctionNotFound', 'no such function URL');
    if (!spec.http.methods.includes(request.method))
      return errorReply(405, 'MethodNotAllowed', `not allowed: ${request.method}`);
    const requestId = newRequestId(this.#random);
    const { account, clock } = this;
    const event = eventOf(request, requestId, { account, clock, random: this.#random });
    if (event.length > SYNC_EVENT_MAX_BYTES)
      return errorReply(413, 'EntityTooLarge', 'the request is too large');
    // Docs: whoever may call the URL may also ask for this.
    if (request.headers['x-fc-invocation-type'] === 'Async')
      return acceptedReply(this.invokeAsync(functionName, event));
    return replyOf(await this.#runs.run(spec, event, requestId), requestId);
  }

  /** Stops timers and instances; what was accepted is forgotten. */
  close(): void {
    for (const stop of this.#timers.values()) stop();
    this.#events.close();
    this.#runs.close();
  }

  #find(name: string): FunctionSpec | undefined {
    return this.#functions.get(name);
  }
}

type WithTimer = FunctionSpec & Required<Pick<FunctionSpec, 'timer'>>;
const hasTimer = (spec: FunctionSpec): spec is WithTimer => spec.timer !== undefined;

function acceptedReply(accepted: Acceptance): HttpReply {
  return accepted.kind === 'accepted'
    ? { status: 202, headers: { 'x-fc-request-id': accepted.requestId }, body: Buffer.alloc(0) }
    : errorReply(accepted.status, accepted.code, accepted.message);
}

/** Statuses and codes: Alibaba Cloud docs, Function Compute, error codes. */
const EXHAUSTED: Acceptance = {
  kind: 'refused',
  status: 429,
  code: 'ResourceExhausted',
  message: 'Your request is limited by the concurrency of your account',
};
const INTERNAL: Acceptance = {
  kind: 'refused',
  status: 500,
  code: 'InternalServerError',
  message: 'an internal error has occurred, please retry',
};
function notFound(name: string): Acceptance {
  return {
    kind: 'refused',
    status: 404,
    code: 'FunctionNotFound',
    message: `function '${name}' does not exist`,
  };
}
