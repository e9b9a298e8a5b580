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
  process.on('SIGINT', leave).on('SIGTERM', leave);
  return { signal: asked.signal, end: () => void process.off('SIGINT', leave).off('SIGTERM', leave) };
}
