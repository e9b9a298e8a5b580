/** Where each job is, as told by the functions' own log lines and the simulators' truth. */

import { parseJson } from '../../shared/json.ts';
import type { Bill } from '../../simulator/ecs/index.ts';
import type { SimJob } from '../../simulator/github/index.ts';
import type { Loopback } from '../../simulator/loopback.ts';

export const STATES = ['queued', 'launching', 'booting', 'running', 'ended', 'deleted'] as const;
export type State = (typeof STATES)[number];

export interface JobProgress {
  readonly job: SimJob;
  readonly state: State;
  /** a few words on what it waits for or runs on */
  readonly detail: string;
  /** Simulated time from a try that found no machine to the next one. */
  readonly pausedMs: number;
  readonly bill: Bill | null;
}

interface Attempt {
  readonly isMinted: boolean;
  readonly place: string | null;
  readonly because: string;
  readonly pausedMs: number;
  /** Since when it waits for its next try. */
  readonly pausedAtMs: number | null;
}

const FIRST: Attempt = { isMinted: false, place: null, because: '', pausedMs: 0, pausedAtMs: null };

export class Watch {
  #attempts = new Map<number, Attempt>();

  /** One line of a function's log. */
  read(line: string): void {
    const { at, event, job, because, outcome, type, zone } = parsed(line);
    if (typeof job !== 'number' || typeof event !== 'string') return;
    const atMs = Date.parse(String(at));
    const before = resumed(this.#attempts.get(job) ?? FIRST, event, atMs);
    this.#attempts.set(job, before);
    if (event === 'launch.minted') this.#attempts.set(job, { ...before, isMinted: true });
    if (event === 'launch.attempted' && outcome === 'running')
      this.#attempts.set(job, { ...before, place: `${type} in ${zone}` });
    if (event === 'launch.waited')
      this.#attempts.set(job, { ...before, ...NOTHING, because: String(because), pausedAtMs: atMs });
  }

  progressOf(job: SimJob, { ecs }: Pick<Loopback, 'ecs'>): JobProgress {
    const name = job.runner?.name;
    const bill = ecs.paid().find(({ tags }) => name !== undefined && tags['ci-runner-name'] === name) ?? null;
    const attempt = this.#attempts.get(job.id);
    return { job, bill, pausedMs: attempt?.pausedMs ?? 0, ...placeOf(job, bill, attempt) };
  }
}

const NOTHING = { isMinted: false, place: null } as const;

/** Its next try begins with whatever the launcher says of it next. */
function resumed(attempt: Attempt, event: string, atMs: number): Attempt {
  if (attempt.pausedAtMs === null || !event.startsWith('launch.')) return attempt;
  return { ...attempt, pausedMs: attempt.pausedMs + atMs - attempt.pausedAtMs, pausedAtMs: null };
}

function placeOf(
  job: SimJob,
  bill: Bill | null,
  attempt: Attempt | undefined,
): Pick<JobProgress, 'state' | 'detail'> {
  switch (job.status) {
    case 'completed':
      return { state: bill?.endedAtMs === null ? 'ended' : 'deleted', detail: job.conclusion ?? '' };
    case 'in_progress':
      return { state: 'running', detail: bill === null ? '' : `${bill.instanceType} in ${bill.zone}` };
    case 'queued':
    case 'waiting':
      return comingOf(attempt);
  }
}

function comingOf(attempt: Attempt | undefined): Pick<JobProgress, 'state' | 'detail'> {
  if (attempt?.place) return { state: 'booting', detail: attempt.place };
  if (attempt?.isMinted) return { state: 'launching', detail: 'choosing an instance' };
  return { state: 'queued', detail: attempt?.because ?? '' };
}

const parsed = (line: string): Record<string, unknown> =>
  (line.startsWith('{') ? (parseJson(line) as Record<string, unknown> | undefined) : undefined) ?? {};
