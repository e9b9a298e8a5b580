/** Instances and what runs on them. */
import type { Account } from '../accounts.ts';
import type { SimClock } from '../clock.ts';
import type { Random } from '../random.ts';
import { issueKey } from './keys.ts';
import { CountedLife, type ErrorType, type RunOutcome } from './life.ts';
import type { Context, Faults, FunctionSpec, Host, Instance, InvocationEvent } from './model.ts';

export interface RunsWorld {
  readonly clock: SimClock;
  readonly random: Random;
  readonly account: Account;
  readonly faults: Faults;
  readonly instancesMax: number;
  readonly observe: (event: InvocationEvent) => void;
  readonly onLine: (functionName: string, line: string) => void;
}

/** An instance without work is taken away after some minutes; when exactly is not documented. */
const IDLE_MAX_MS = 5 * 60_000;

interface Kept {
  readonly instance: Instance;
  cancelRetirement: () => void;
}

export class Runs {
  #world: RunsWorld;
  /** Warm instances, by function. */
  #idle = new Map<string, Kept[]>();
  #busy = new Map<string, number>();
  #running = new Set<Instance>();
  /** Their code was replaced: what still runs of them is used no second time. */
  #retired = new WeakSet<FunctionSpec>();
  #isClosed = false;

  constructor(world: RunsWorld) {
    this.#world = world;
  }

  /** Runs once, on the simulator's clock; never rejects. */
  async run(spec: FunctionSpec, event: Buffer, requestId: string): Promise<RunOutcome> {
    if (!this.#hasRoom(spec)) return { kind: 'throttled' };
    const { clock, observe } = this.#world;
    this.#count(spec, 1);
    const { instance, isCold } = this.#take(spec);
    this.#running.add(instance);
    await this.#pass(isCold ? this.#world.random.whole(100, 400) : this.#world.random.whole(1, 5));
    observe({ kind: 'started', functionName: spec.name, requestId, isCold });
    const startedAtMs = clock.nowMs();
    const outcome = await this.#settle(spec, instance, event, requestId);
    this.#count(spec, -1);
    this.#running.delete(instance);
    const isDead = outcome.kind === 'failed' && outcome.type !== 'UnhandledInvocationError';
    if (isDead || this.#isClosed || this.#retired.has(spec)) instance.kill();
    else this.#keep(spec, instance);
    const because = outcome.kind === 'failed' ? `${outcome.type}: ${outcome.message}` : '';
    const tookMs = clock.nowMs() - startedAtMs;
    observe({ kind: 'ended', functionName: spec.name, requestId, outcome: outcome.kind, because, tookMs });
    return outcome;
  }

  /** No new run begins on an instance of it. */
  retire(spec: FunctionSpec): void {
    this.#retired.add(spec);
    this.#killIdle(spec.name);
  }

  close(): void {
    this.#isClosed = true;
    for (const name of [...this.#idle.keys()]) this.#killIdle(name);
    for (const instance of this.#running) instance.kill();
  }

  #killIdle(name: string): void {
    for (const kept of this.#idle.get(name) ?? []) {
      kept.cancelRetirement();
      kept.instance.kill();
    }
    this.#idle.delete(name);
  }

  /** The end comes by the body, by its timeout, or by a fault, whichever is first. */
  #settle(spec: FunctionSpec, instance: Instance, event: Buffer, requestId: string): Promise<RunOutcome> {
    return new Promise((resolve) => {
      const cancels: (() => void)[] = [];
      const life = new CountedLife((outcome) => {
        for (const cancel of cancels) cancel();
        resolve(outcome);
      });
      this.#appointEnds(spec, life, cancels);
      // In a promise, so that a body that throws at once fails like one that rejects.
      Promise.resolve()
        .then(() => instance.run(event, { ...this.#contextOf(spec, requestId), life }))
        .then(
          (value) => life.end({ kind: 'done', value }),
          (error: unknown) => life.end(failureOf(error)),
        );
    });
  }

  #appointEnds(spec: FunctionSpec, life: CountedLife, cancels: (() => void)[]): void {
    const { clock, faults, random } = this.#world;
    const appoint = (ms: number, type: ErrorType, message: string): void => {
      cancels.push(clock.after(ms, () => life.end({ kind: 'failed', type, message })));
    };
    const pace = hostOf(spec).pace || 1;
    appoint(spec.timeoutMs * pace, 'FunctionTimedOut', `after ${spec.timeoutMs} ms`);
    const killAfterMs = faults.killAfterMs?.(spec.name) ?? null;
    if (killAfterMs !== null)
      appoint(killAfterMs * pace, 'ProcessExitedUnexpectedly', `killed after ${killAfterMs} ms`);
    life.onPassed = (calls) => faults.killAt?.(spec.name, calls) === true || random.chance(faults.kill);
  }

  #contextOf(spec: FunctionSpec, requestId: string): Omit<Context, 'life'> {
    const { account, clock, random } = this.#world;
    return {
      requestId,
      credentials: issueKey(spec, account, clock.nowMs(), random),
      function: {
        name: spec.name,
        handler: 'index.handler',
        memory: spec.memoryMb,
        timeout: spec.timeoutMs / 1000,
      },
      region: account.region,
      accountId: account.id,
    };
  }

  #hasRoom(spec: FunctionSpec): boolean {
    const all = [...this.#busy.values()].reduce((sum, count) => sum + count, 0);
    const own = this.#busy.get(spec.name) ?? 0;
    return all < this.#world.instancesMax && own < (spec.concurrency ?? Number.POSITIVE_INFINITY);
  }

  #count(spec: FunctionSpec, change: number): void {
    this.#busy.set(spec.name, (this.#busy.get(spec.name) ?? 0) + change);
  }

  #take(spec: FunctionSpec): { instance: Instance; isCold: boolean } {
    const kept = this.#idle.get(spec.name)?.pop();
    if (kept === undefined)
      return { instance: hostOf(spec).open((line) => this.#world.onLine(spec.name, line)), isCold: true };
    kept.cancelRetirement();
    return { instance: kept.instance, isCold: false };
  }

  #keep(spec: FunctionSpec, instance: Instance): void {
    const idle = this.#idle.get(spec.name) ?? [];
    const kept: Kept = {
      instance,
      cancelRetirement: this.#world.clock.after(IDLE_MAX_MS, () => {
        idle.splice(idle.indexOf(kept), 1);
        instance.kill();
      }),
    };
    idle.push(kept);
    this.#idle.set(spec.name, idle);
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.#world.clock.after(ms, resolve));
  }
}

function hostOf(spec: FunctionSpec): Host {
  const { body } = spec;
  return typeof body === 'function' ? { pace: 0, open: () => ({ run: body, kill: () => undefined }) } : body;
}

/** An instance that died says so by the name of its error. */
function failureOf(error: unknown): RunOutcome {
  const isDead = error instanceof Error && error.name === 'ProcessExitedUnexpectedly';
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: 'failed',
    type: isDead ? 'ProcessExitedUnexpectedly' : 'UnhandledInvocationError',
    message,
  };
}
