/** What is told once in a while, however often it comes: who may write labels may push a matrix of them. */
import type { Clock } from '../../shared/ports.ts';

/** Of the refusals of one repository and reason, each instance hands one on in this time; it knows of so many of these. */
export const REFUSAL_TOLD_MS = 3_600_000;
export const REFUSALS_KNOWN_MAX = 1_000;

/** True for the first of a key in an hour. By this instance alone: what several hand on is one note a day in the ledger. */
export function seldom({ nowMs }: Clock): (key: string) => boolean {
  const told = new Map<string, number>();
  return (key) => {
    const atMs = told.get(key);
    if (atMs !== undefined && nowMs() - atMs < REFUSAL_TOLD_MS) return false;
    told.delete(key);
    const [oldest] = told.keys();
    if (oldest !== undefined && told.size >= REFUSALS_KNOWN_MAX) told.delete(oldest);
    told.set(key, nowMs());
    return true;
  };
}
