/** What is true of every runner of which nothing is known yet. */
import type { RunnerEntry } from './entries.ts';

export const BLANK_RUNNER = {
  busyWith: null,
  isUnwanted: false,
  runnerId: null,
  instanceId: null,
  region: null,
  candidate: null,
  releaseAtMs: null,
  absentLooks: 0,
  idleSightings: 0,
  removedAtMs: null,
  isInterrupted: false,
  onlineAtMs: null,
  ran: null,
  because: '',
  trail: [],
} as const satisfies Partial<RunnerEntry>;
