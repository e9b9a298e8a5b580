/** Times as people read them in a terminal. */
import { formatDuration } from '../../shared/story/format.ts';

/** In the local zone; the date only where it is not today's. */
export function formatTime(ms: number, nowMs: number): string {
  const [at, now] = [new Date(ms), new Date(nowMs)];
  const clock = at.toLocaleTimeString('en-GB', { hour12: false });
  return at.toDateString() === now.toDateString() ? clock : `${dayOf(at)} ${clock}`;
}

const dayOf = (at: Date): string =>
  `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;

/** `at 10:03:11 (in 40 s)`, or how long it is overdue. */
export function formatTimeAndDistance(ms: number, nowMs: number): string {
  const distance = ms >= nowMs ? `in ${formatDuration(ms - nowMs)}` : `${formatDuration(nowMs - ms)} ago`;
  return `at ${formatTime(ms, nowMs)} (${distance})`;
}

export const toIsoOrNull = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString();
