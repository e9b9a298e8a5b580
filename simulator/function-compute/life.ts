/**
 * The life of one run. JavaScript cannot stop a promise, so a killed run in process is abandoned: its world, wrapped by `abandonWhenKilled`,
 * answers no more, and does nothing more.
 */

export type ErrorType = 'UnhandledInvocationError' | 'FunctionTimedOut' | 'ProcessExitedUnexpectedly';

export type RunOutcome =
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly type: ErrorType; readonly message: string }
  /** No instance was to be had. */
  | { readonly kind: 'throttled' };

export interface Life {
  readonly isOver: boolean;
  /** One call to the world has come back. May end the life. */
  passed(): void;
}

export class CountedLife implements Life {
  isOver = false;
  /** Whether the run ends after so many calls. */
  onPassed: (calls: number) => boolean = () => false;
  #calls = 0;
  #settle: (outcome: RunOutcome) => void;

  constructor(settle: (outcome: RunOutcome) => void) {
    this.#settle = settle;
  }

  passed(): void {
    this.#calls++;
    if (!this.isOver && this.onPassed(this.#calls))
      this.end({
        kind: 'failed',
        type: 'ProcessExitedUnexpectedly',
        message: `killed after ${this.#calls} calls`,
      });
  }

  /** The first end is the end. */
  end(outcome: RunOutcome): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#settle(outcome);
  }
}

/** One of its own for each who waits: a shared one would keep all that ever waited for it, and their worlds. */
const never = () => new Promise<never>(() => undefined);

/**
 * The same world, for as long as this life lasts. Calls after its end are not made; calls on their way at its end may
 * have had their effect, but nobody learns of it. Goes down into objects (`ledger.jobs.add`), not into results.
 */
export function abandonWhenKilled<World extends object>(world: World, life: Life): World {
  const wrapped = new Map<unknown, unknown>();
  return new Proxy(world, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) return value;
      const known = wrapped.get(value);
      if (known !== undefined) return known;
      const made =
        typeof value === 'function'
          ? guarded((...args) => Reflect.apply(value, target, args), life)
          : abandonWhenKilled(value as object, life);
      wrapped.set(value, made);
      return made;
    },
  });
}

function guarded(call: (...args: unknown[]) => unknown, life: Life): (...args: unknown[]) => unknown {
  const unlessOver = async (answer: Promise<unknown>): Promise<unknown> => {
    try {
      return await answer;
    } finally {
      life.passed();
      if (life.isOver) await never();
    }
  };
  return (...args) => {
    if (life.isOver) return never();
    const answer = call(...args);
    return answer instanceof Promise ? unlessOver(answer) : answer;
  };
}
