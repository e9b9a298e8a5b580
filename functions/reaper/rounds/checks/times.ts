/** Times on a page that is read later, anywhere: pure. */

/** `10:03 UTC`; the date only where it is not today's. */
export function at(ms: number, nowMs: number): string {
  const iso = new Date(ms).toISOString();
  const isToday = iso.slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10);
  return `${isToday ? '' : `${iso.slice(0, 10)} `}${iso.slice(11, 16)} UTC`;
}

const SOON_MS = 2 * 60_000;

export const nextTry = (ms: number, nowMs: number): string =>
  ms <= nowMs + SOON_MS ? 'It is tried again each minute.' : `The next try is at ${at(ms, nowMs)}.`;
