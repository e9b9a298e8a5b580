/** Deliveries as data, and what is handed on of them. */
import type * as z from 'zod/mini';
import type { WarmEvent } from '../ledger/warm-entry.ts';
import { EVENT_MAX_BYTES, JOB_NAME_MAX_CHARS, LABELS_MAX } from '../limits.ts';
import type { DueEvent, Job, JobEvent } from '../nouns.ts';
import { JOB_MAX_BYTES } from './limits.ts';
import { attemptOf, namedRunner, Payload, type Sent, timeMs, type WorkflowJob } from './payload.ts';

export type Parsed =
  | { readonly kind: 'event'; readonly event: JobEvent; readonly isGated: boolean }
  /** Well-formed, and nothing that we act on. */
  | { readonly kind: 'nothing'; readonly because: string }
  | { readonly kind: 'malformed'; readonly because: string };

/** The body of a `workflow_job` delivery; `delivery` is its id, for logs alone. */
export function parseWorkflowJob(body: Uint8Array, delivery: string): Parsed {
  const json = jsonOf(body);
  if (json === undefined) return { kind: 'malformed', because: 'the body is not JSON in UTF-8' };
  if (isWithoutJob(json)) return { kind: 'nothing', because: 'the delivery carries no job' };
  const parsed = Payload.safeParse(json);
  if (!parsed.success)
    return { kind: 'malformed', because: `not a workflow_job event: ${where(parsed.error)}` };
  const { action, workflow_job: job } = parsed.data;
  if (job === null || job === undefined) return { kind: 'nothing', because: 'the delivery carries no job' };
  return eventOf(action, job, parsed.data, delivery);
}

function eventOf(action: string, job: WorkflowJob, payload: Payload, delivery: string): Parsed {
  const startedAtMs = timeMs(job.started_at);
  const endedAtMs = timeMs(job.completed_at);
  const createdAtMs = timeMs(job.created_at) ?? startedAtMs ?? endedAtMs;
  if (createdAtMs === null) return { kind: 'malformed', because: 'the job has no time of creation' };
  const common = { job: jobOf(job, payload, createdAtMs), delivery };
  const runner = namedRunner(job.runner_id, job.runner_name);
  // GitHub may add an action one day, and its types tell us: then the last line does not compile.
  const known = action as Sent['action'];
  switch (known) {
    case 'queued':
      return { kind: 'event', event: { kind: 'queued', ...common }, isGated: job.status === 'waiting' };
    case 'in_progress':
      if (runner === null)
        return { kind: 'nothing', because: 'the job is in progress on a runner without a name' };
      return {
        kind: 'event',
        event: { kind: 'in_progress', ...common, runner, startedAtMs: startedAtMs ?? createdAtMs },
        isGated: false,
      };
    case 'completed': {
      const conclusion = job.conclusion || 'unknown';
      const completedAtMs = endedAtMs ?? startedAtMs ?? createdAtMs;
      return {
        kind: 'event',
        event: { kind: 'completed', ...common, runner, conclusion, startedAtMs, completedAtMs },
        isGated: false,
      };
    }
    case 'waiting':
      return nothingWhen(action);
    default:
      known satisfies never;
      return nothingWhen(action);
  }
}

function nothingWhen(action: string): Parsed {
  return { kind: 'nothing', because: `there is nothing to do when a job is ${action.slice(0, 40)}` };
}

/** At most JOB_NAME_MAX_CHARS characters, none cut in half. */
export function trimmedName(name: string): string {
  return [...name.slice(0, 2 * JOB_NAME_MAX_CHARS)].slice(0, JOB_NAME_MAX_CHARS).join('');
}

function jobOf(job: WorkflowJob, payload: Payload, createdAtMs: number): Job {
  const { repository, installation } = payload;
  return {
    id: job.id,
    runId: job.run_id,
    runAttempt: attemptOf(job.run_attempt),
    name: trimmedName(job.name ?? ''),
    ...(job.workflow_name ? { workflow: trimmedName(job.workflow_name) } : {}),
    repository: repository.full_name,
    repositoryId: repository.id ?? null,
    isPublic: !repository.private,
    installationId: installation?.id ?? null,
    labels: job.labels ?? [],
    createdAtMs,
    ...(timeMs(job.created_at) === null ? { isUndated: true } : {}),
  };
}

/** As UTF-8 JSON; null when it is larger than we hand on. */
export function encodeEvent(event: JobEvent | DueEvent | WarmEvent): Uint8Array | null {
  const bytes = new TextEncoder().encode(JSON.stringify(event));
  return bytes.length <= EVENT_MAX_BYTES ? bytes : null;
}

/**
 * Null: it fits into whatever is handed on of it, however often. Else a clause. One that fits a delivery alone would be due for
 * ever, and hold its place before others'.
 */
export function whyTooLarge(job: Job): string | null {
  if (job.labels.length > LABELS_MAX) return `the job has more than ${LABELS_MAX} labels`;
  const bytes = new TextEncoder().encode(JSON.stringify(job)).length;
  return bytes > JOB_MAX_BYTES ? 'the labels of the job are too long to hand on' : null;
}

/** Undefined: it is none, or not in UTF-8. */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Seen in the wild: `workflow_job: null` beside fields that make no sense either. */
function isWithoutJob(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'workflow_job' in json && json.workflow_job === null;
}

/** Which fields are wrong, never their values. */
function where(error: z.core.$ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(({ path }) => path.slice(0, 6).join('.') || 'the whole')
    .join(', ');
}
