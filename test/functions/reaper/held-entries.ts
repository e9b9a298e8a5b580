/** Jobs of one matrix, and their runners, as the ledger has them. */
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { JobId, RunId } from '../../../shared/nouns.ts';
import { build } from '../../shared/ledger/builders.ts';
import { START_MS } from '../../world/in-process.ts';

export const MINUTE_MS = 60_000;
export const ago = (minutes: number) => START_MS - minutes * MINUTE_MS;
export const inRun = (
  id: number,
  runId: number,
  some: Partial<JobEntry> = {},
  name = `test (${id})`,
): JobEntry => build.jobEntry(id, { job: build.job(id, { runId: runId as RunId, name }), ...some });
export const waits = (id: number, some: Partial<JobEntry> = {}) => inRun(id, 1, some);
export const runs = (id: number, minutes: number, some: Partial<JobEntry> = {}) =>
  inRun(id, 1, { startedOn: `r-${id}`, startedAtMs: ago(minutes), ...some });
export const runner = (id: number, minutes: number, some: Partial<RunnerEntry> = {}) =>
  build.runnerEntry(`${id}-1`, { state: 'idle', stateAtMs: ago(minutes), for: id as JobId, ...some });
