/**
 * What we read of GitHub's payloads. The one place where its numbers become our ids.
 * zod/mini, because the webhook's cold start pays for every kilobyte.
 */
import type { EmitterWebhookEvent } from '@octokit/webhooks';
import * as z from 'zod/mini';
import type { JobId, NamedRunner, RunId } from '../nouns.ts';

export const id = z.int().check(z.positive());
export const jobId = z.pipe(
  id,
  z.transform((value) => value as JobId),
);
export const runId = z.pipe(
  id,
  z.transform((value) => value as RunId),
);
export const text = z.string().check(z.maxLength(1024));
/** What is no time is none: see `timeMs`. Servers of other make write '', or the year 0. */
const time = text;

/**
 * Null is seen in the wild for most of it, and means that it is not known.
 * @see https://docs.github.com/webhooks/webhook-events-and-payloads#workflow_job
 */
const WorkflowJob = z.object({
  id: jobId,
  run_id: runId,
  run_attempt: z.nullish(z.int()),
  name: z.nullish(z.string()),
  workflow_name: z.nullish(z.string()),
  labels: z.nullish(z.array(text)),
  status: z.nullish(z.string()),
  conclusion: z.nullish(text),
  /** 0 and '' are seen where no runner took the job. */
  runner_id: z.nullish(z.int()),
  runner_name: z.nullish(text),
  created_at: z.nullish(time),
  started_at: z.nullish(time),
  completed_at: z.nullish(time),
});
const Repository = z.object({
  /** Stays when a repository is renamed or transferred. */
  id: z.nullish(z.int()),
  full_name: z.string().check(z.regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/)),
  /** Older payloads have no `visibility`; `internal` is private too. */
  private: z.boolean(),
});
const Installation = z.object({ id: z.nullish(id) });

export const Payload = z.object({
  action: text,
  workflow_job: z.nullish(WorkflowJob),
  repository: Repository,
  installation: z.nullish(Installation),
});
export type Payload = z.output<typeof Payload>;
export type WorkflowJob = z.output<typeof WorkflowJob>;

/** A time that there is not is written as one of the year 1 by Go and .NET: before 1970 is absent, and so is what is no time. */
export function timeMs(iso: string | null | undefined): number | null {
  const ms = Date.parse(iso ?? '');
  return ms >= 0 ? ms : null;
}

/** GitHub names runner 0 with an empty name where there is none. */
export function namedRunner(
  runnerId: number | null | undefined,
  name: string | null | undefined,
): NamedRunner | null {
  return runnerId && runnerId > 0 && name ? { id: runnerId, name } : null;
}

/** The first, where nobody says which. */
export const attemptOf = (attempt: number | null | undefined): number =>
  attempt && attempt > 0 ? attempt : 1;

/** Compiles only while what GitHub may send is what the schema takes. */
export type Taken<Ours, Sent extends Ours> = Sent;

type Theirs = EmitterWebhookEvent<'workflow_job'>['payload'];

/**
 * GitHub's own types of the fields that we read. Each is named, because a schema that lets a field be absent would never
 * miss one that GitHub renames.
 */
export type Sent = Taken<
  z.input<typeof Payload>,
  {
    action: Theirs['action'];
    workflow_job: Pick<Theirs['workflow_job'], keyof z.input<typeof WorkflowJob>>;
    repository: Pick<Theirs['repository'], keyof z.input<typeof Repository>>;
    installation?: Pick<NonNullable<Theirs['installation']>, keyof z.input<typeof Installation>>;
  }
>;
