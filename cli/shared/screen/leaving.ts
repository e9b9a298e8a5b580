/**
 * Ctrl-C and SIGTERM, for a command that ends with its own words: the first one asks it to, a second one ends it at once.
 * It goes on listening: `signal-exit`, which libraries bring, kills the process by a signal that nobody else listens to.
 */
export interface Leaving {
  /** Aborted with the first of them. */
  readonly signal: AbortSignal;
  /** What comes later is the process's own business again. */
  readonly end: () => void;
}

export const LEFT = 130;

export function leaving(): Leaving {
  const asked = new AbortController();
  const leave = () => {
    if (asked.signal.aborted) process.exit(LEFT);
    asked.abort();
  };
  const done = withOwnWords();
  process.on('SIGINT', leave).on('SIGTERM', leave);
  return {
    signal: asked.signal,
    end() {
      process.off('SIGINT', leave).off('SIGTERM', leave);
      done();
    },
  };
}

/** How many listen by themselves: signals are the process's, and so is this. */
let listening = 0;

/** From now on until what it gives is called, Ctrl-C is none of `sayWhenLeft`'s. */
export function withOwnWords(): () => void {
  listening += 1;
  return () => {
    listening -= 1;
  };
}

/** Ctrl-C ends a command that does not listen to it by itself: at once, and never without a word. */
export function sayWhenLeft(say: () => void): void {
  process.on('SIGINT', () => {
    if (listening > 0) return;
    say();
    process.exit(LEFT);
  });
}
