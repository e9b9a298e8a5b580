/** Of runners whose machines are kept stopped: pure. */
import type { RunnerEntry } from '../ledger/entries.ts';

/** It is nobody's, and no job can come to it: it is made ready to be stopped, or stands stopped. */
export const isStandingBy = ({
  state,
  standby,
  runnerId,
}: Pick<RunnerEntry, 'state' | 'standby' | 'runnerId'>): boolean =>
  standby != null &&
  standby !== 'starting' &&
  runnerId === null &&
  (state === 'launching' || state === 'booting');

type Rested = Pick<RunnerEntry, 'state' | 'standby' | 'stateAtMs' | 'stoppedMs'>;

/** How long it stood stopped, up to now: since its stop was asked for, until it is gone or started. */
export function stoppedMsOf({ state, standby, stateAtMs, stoppedMs = 0 }: Rested, nowMs: number): number {
  const isNow = standby === 'stopped' && (state === 'booting' || state === 'retiring');
  return stoppedMs + (isNow ? Math.max(0, nowMs - stateAtMs) : 0);
}

/** What is kept of that when it stands stopped no longer. */
export function withStoppedMs(entry: Rested, nowMs: number): { readonly stoppedMs?: number } {
  const stoppedMs = stoppedMsOf(entry, nowMs);
  return stoppedMs === 0 ? {} : { stoppedMs };
}
