/** GitHub's answers, as far as we read them. What does not parse throws: half a list is no list. */
import * as z from 'zod';
import { trimmedName } from '../../job/event.ts';
import { attemptOf, namedRunner, timeMs } from '../../job/payload.ts';
import type { JobId, JobRecord, Registration, RunId, RunRecord } from '../../nouns.ts';
import type { Delivery } from '../../ports.ts';

const id = z.number().int().nonnegative().refine(Number.isSafeInteger);
const time = z.string().transform((text, context) => {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) context.addIssue('must be a time');
  return ms;
});

const runner = z
  .object({
    id,
    name: z.string(),
    status: z.string(),
    busy: z.boolean(),
    labels: z.array(z.object({ name: z.string() })),
  })
  .transform(
    ({ id, name, status, busy, labels }): Registration => ({
      id,
      name,
      isOnline: status === 'online',
      isBusy: busy,
      labels: labels.map((label) => label.name),
    }),
  );

export const minted = z.object({ runner: z.object({ id }), encoded_jit_config: z.string().min(1) });
export const oneRunner = runner;
export const runnersPage = z.object({ total_count: id, runners: z.array(runner) });

const group = z.object({ id, name: z.string() });
export const groupsPage = z.object({ total_count: id, runner_groups: z.array(group) });

const repository = z.object({
  full_name: z.string(),
  private: z.boolean(),
  pushed_at: z.string().nullish(),
});
export const repositoriesPage = z.object({
  total_count: id,
  repositories: z.array(repository.extend({ id })),
});
export const oneRepository = repository;

/** Null and times of the year 1 are absent, as in deliveries: both end in the same entries. */
const maybeTime = z
  .string()
  .nullish()
  .transform((text) => timeMs(text));
const job = z.object({
  id,
  run_id: id,
  run_attempt: id.nullish().transform(attemptOf),
  name: z
    .string()
    .nullish()
    .transform((name) => name ?? ''),
  /** One that GitHub does not say, or that is newer than we, asks nothing of us. */
  status: z
    .enum(['queued', 'in_progress', 'completed', 'waiting', 'pending', 'requested'])
    .catch('requested'),
  conclusion: z
    .string()
    .nullish()
    .transform((conclusion) => conclusion || null),
  labels: z
    .array(z.string())
    .nullish()
    .transform((labels) => labels ?? []),
  /** Not said by GitHub Enterprise Server before 3.8. */
  created_at: maybeTime,
  started_at: maybeTime,
  completed_at: maybeTime,
  runner_id: z.number().int().nullish(),
  runner_name: z.string().nullish(),
});
export const oneJob = job;
export const jobsPage = z.object({ total_count: id, jobs: z.array(job) });

/** What a job's own record does not say. */
export interface Where {
  readonly repository: string;
  readonly isPublic: boolean;
  readonly installationId: number | null;
}

/** `started_at` is set before a job has started. */
export function jobRecord(seen: z.output<typeof job>, where: Where): JobRecord {
  const runner = namedRunner(seen.runner_id, seen.runner_name);
  return {
    job: {
      id: seen.id as JobId,
      runId: seen.run_id as RunId,
      runAttempt: seen.run_attempt,
      name: trimmedName(seen.name),
      labels: seen.labels,
      createdAtMs: seen.created_at ?? seen.started_at ?? seen.completed_at ?? 0,
      ...(seen.created_at === null ? { isUndated: true } : {}),
      ...where,
    },
    status: seen.status,
    conclusion: seen.conclusion,
    runner,
    startedAtMs: runner === null ? null : seen.started_at,
    completedAtMs: seen.completed_at,
  };
}

const run = z
  .object({
    id,
    run_attempt: id.nullish().transform(attemptOf),
    status: z.string().nullable(),
    conclusion: z.string().nullable(),
    event: z.string(),
    repository: z.object({ id }),
    head_repository: z.object({ id }).nullish(),
    head_sha: z.string(),
    name: z.string().nullish(),
    created_at: time.nullish(),
    updated_at: time.nullish(),
    run_started_at: time.nullish(),
    workflow_id: id.nullish(),
    head_branch: z.string().nullish(),
    run_number: id.nullish(),
  })
  .transform(
    (seen): RunRecord => ({
      id: seen.id as RunId,
      attempt: seen.run_attempt,
      status: seen.status ?? 'unknown',
      conclusion: seen.conclusion,
      event: seen.event,
      repositoryId: seen.repository.id,
      headRepositoryId: seen.head_repository?.id ?? null,
      workflowId: seen.workflow_id ?? null,
      branch: seen.head_branch ?? null,
      number: seen.run_number ?? null,
      headSha: seen.head_sha,
      workflow: seen.name ?? '',
      createdAtMs: seen.created_at ?? 0,
      changedAtMs: Math.max(seen.updated_at ?? 0, seen.run_started_at ?? 0) || null,
    }),
  );
export const oneRun = run;
export const oneCheckRun = z.object({ id, external_id: z.string().nullish() });
export const checkRunsPage = z.object({ total_count: id, check_runs: z.array(oneCheckRun) });
export const runsPage = z.object({ total_count: id, workflow_runs: z.array(run) });

/** Ids lie beyond 2^53: octokit gives those as bigint, and we keep the digits. */
export const deliveriesPage = z.array(
  z
    .object({
      id: z.union([z.bigint(), id]).transform(String),
      guid: z.string(),
      delivered_at: time,
      status_code: z.number().int(),
      event: z.string(),
      action: z.string().nullable(),
    })
    .transform(
      (seen): Delivery => ({
        id: seen.id,
        guid: seen.guid,
        deliveredAtMs: seen.delivered_at,
        statusCode: seen.status_code,
        event: seen.event,
        action: seen.action,
      }),
    ),
);

export const installation = z.object({
  id,
  /** An enterprise has no login. */
  account: z.object({ login: z.string().nullish() }).nullish(),
  suspended_at: z.string().nullish(),
});
export const installationsPage = z.array(installation);

export const applicationsPage = z.array(
  z.object({
    os: z.string(),
    filename: z.string(),
    download_url: z.url({ protocol: /^https?$/ }),
    temp_download_token: z.string().nullish(),
    sha256_checksum: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullish(),
  }),
);
