/** What the cloud's word for the state of a machine means: pure. */

import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { STOPPED_LOOKS_MIN } from '../../../shared/limits.ts';
import type { Instance } from '../../../shared/nouns.ts';

export const isStopped = ({ status }: Pick<Instance, 'status'>): boolean =>
  status === 'Stopped' || status === 'Stopping';

export const isEnding = ({ status, isRecycling }: Pick<Instance, 'status' | 'isRecycling'>): boolean =>
  isRecycling || isStopped({ status });

/** ECS deletes no instance that is Pending or Starting. */
export const isYoung = ({ status }: Pick<Instance, 'status'>): boolean =>
  status === 'Pending' || status === 'Starting';

interface Seen {
  readonly held: Held<RunnerEntry> | null;
  readonly instances: readonly Pick<Instance, 'status'>[];
}

/** Nothing runs on it: the sweeps before saw so, and this one. What GitHub says, or cannot say, is no matter then. */
export const hasStoppedForGood = ({ held, instances }: Seen): boolean =>
  held !== null && stoppedLooks(held.entry.stoppedLooks ?? 0, instances) >= STOPPED_LOOKS_MIN;

/** How many sweeps in a row saw it stopped, this one included. */
export function stoppedLooks(before: number, instances: readonly Pick<Instance, 'status'>[]): number {
  const isNow = instances.length > 0 && instances.every(({ status }) => status === 'Stopped');
  return isNow ? Math.min(before + 1, STOPPED_LOOKS_MIN) : 0;
}
