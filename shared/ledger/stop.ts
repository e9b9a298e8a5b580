/** The switch for an incident: from the moment it is written, no slot is given to what it names. Pure. */

export interface Stop {
  readonly atMs: number;
  /** owner/name, in lower case; null: all of the deployment */
  readonly repositories: readonly string[] | null;
}

export function isStopped(stop: Stop | null | undefined, repository: string): boolean {
  if (stop == null) return false;
  return stop.repositories === null || stop.repositories.includes(repository.toLowerCase());
}

/** Completes "waits because …". */
export function whyStopped({ repositories }: Stop, repository: string): string {
  const [what, how] =
    repositories === null ? ['everything', ''] : [repository, ` -- --repository ${repository}`];
  return `the operator has stopped ${what} (to go on: npm run resume${how})`;
}

/** `repository` null: everything. What is stopped already keeps its time. */
export function stopping(stop: Stop | null, repository: string | null, nowMs: number): Stop {
  if (stop?.repositories === null) return stop;
  if (repository === null) return { atMs: nowMs, repositories: null };
  const before = stop?.repositories ?? [];
  return {
    atMs: stop?.atMs ?? nowMs,
    repositories: [...new Set([...before, repository.toLowerCase()])].sort(),
  };
}

/** `repository` null: everything goes on. Null: nothing is stopped any more. */
export function resuming(stop: Stop | null, repository: string | null): Stop | null {
  if (stop === null || repository === null) return null;
  if (stop.repositories === null) return stop;
  const repositories = stop.repositories.filter((each) => each !== repository.toLowerCase());
  return repositories.length === 0 ? null : { ...stop, repositories };
}
