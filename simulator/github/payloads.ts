/** Bodies of deliveries and records: GitHub's own examples, with our fields in place of theirs. */

import { createRequire } from 'node:module';
import type { Account, Installation, Repository, SimJob, SimRun } from './model.ts';
import { forkRecord, idOf } from './runs/made-up-ids.ts';
import { runConclusion, runStatus } from './runs/status.ts';
import type { State } from './state.ts';
import { isoTime, isoTimeOrNull } from './wire.ts';

type Json = Record<string, unknown>;
interface Examples {
  readonly name: string;
  readonly examples: readonly Json[];
}

const require = createRequire(import.meta.url);
const all = require('@octokit/webhooks-examples/api.github.com/index.json') as Examples[];

/** The newest example of an event that satisfies `fits`. */
export function example(event: string, fits: (example: Json) => boolean): Json {
  const found = all.find(({ name }) => name === event)?.examples.findLast(fits);
  if (found === undefined) throw new Error(`GitHub gives no such example of ${event}`);
  return found;
}

const isAction = (action: string) => (one: Json) => one.action === action;
const job = (one: Json): Json => one.workflow_job as Json;
const TEMPLATES: Record<JobAction | 'gated', Json> = {
  gated: example('workflow_job', (one) => isAction('queued')(one) && 'deployment' in one),
  waiting: example('workflow_job', isAction('waiting')),
  queued: example('workflow_job', (one) => isAction('queued')(one) && !('deployment' in one)),
  in_progress: example('workflow_job', (one) => isAction('in_progress')(one) && 'installation' in one),
  completed: example('workflow_job', (one) => isAction('completed')(one) && 'head_branch' in job(one)),
};
const RUN_TEMPLATE = example('workflow_run', isAction('completed'));
const ORGANIZATION = example('workflow_job', (one) => 'organization' in one).organization as Json;
const PING = example('ping', (one) => 'hook' in one);

export type JobAction = 'queued' | 'in_progress' | 'completed' | 'waiting';

export function ownerRecord(account: Account): Json {
  return { login: account.login, id: account.id, type: account.type, site_admin: false };
}

export function repositoryRecord(repository: Repository, api: string): Json {
  const { id, name, fullName, isPublic, owner, pushedAtMs } = repository;
  return {
    id,
    name,
    full_name: fullName,
    private: !isPublic,
    visibility: isPublic ? 'public' : 'private',
    owner: ownerRecord(owner),
    fork: false,
    url: `${api}/repos/${fullName}`,
    pushed_at: isoTime(pushedAtMs),
    default_branch: 'main',
  };
}

/** A job as both deliveries and `GET …/actions/jobs/{id}` show it. */
export function jobRecord(of: SimJob, api: string): Json {
  const url = `${api}/repos/${of.run.repository.fullName}`;
  return {
    id: of.id,
    run_id: of.run.id,
    run_url: `${url}/actions/runs/${of.run.id}`,
    run_attempt: of.attempt,
    node_id: `CR_${of.id}`,
    head_sha: of.run.headSha,
    head_branch: of.run.branch,
    url: `${url}/actions/jobs/${of.id}`,
    html_url: `https://github.com/${of.run.repository.fullName}/actions/runs/${of.run.id}/job/${of.id}`,
    status: of.isPending ? 'pending' : of.status,
    conclusion: of.conclusion,
    created_at: isoTime(of.createdAtMs),
    started_at: isoTime(of.startedAtMs ?? of.createdAtMs),
    completed_at: isoTimeOrNull(of.completedAtMs),
    name: of.plan.name,
    check_run_url: `${url}/check-runs/${of.id}`,
    labels: [...of.plan.labels],
    runner_id: of.runner?.id ?? null,
    runner_name: of.runner?.name ?? null,
    runner_group_id: of.runner?.groupId ?? null,
    runner_group_name: of.runner?.groupName ?? null,
    workflow_name: of.run.workflow,
  };
}

/** The same for all runs of one workflow of one repository. */
export const workflowId = ({ repository, workflow }: SimRun): number => idOf(workflow, repository.id);

export function runRecord(state: State, run: SimRun, api: string): Json {
  const head =
    run.headRepository === null
      ? null
      : (state.repositories.get(run.headRepository.toLowerCase()) ??
        state.formerNames.get(run.headRepository.toLowerCase()));
  const url = `${api}/repos/${run.repository.fullName}/actions/runs/${run.id}`;
  return {
    id: run.id,
    name: run.workflow,
    node_id: `WFR_${run.id}`,
    head_branch: run.branch,
    head_sha: run.headSha,
    run_number: run.number,
    run_attempt: run.attempt,
    event: run.event,
    status: runStatus(run),
    conclusion: runConclusion(run),
    workflow_id: workflowId(run),
    url,
    jobs_url: `${url}/jobs`,
    html_url: `https://github.com/${run.repository.fullName}/actions/runs/${run.id}`,
    created_at: isoTime(run.createdAtMs),
    updated_at: isoTime(run.updatedAtMs),
    run_started_at: isoTime(run.createdAtMs),
    repository: repositoryRecord(run.repository, api),
    head_repository: head
      ? repositoryRecord(head, api)
      : run.headRepository === null
        ? null
        : forkRecord(run.headRepository),
  };
}

/**
 * The event that a run is of, as `github.event` has it, with what tells whose code it is: as it was when the run was
 * made, whatever its repository is called since. A schedule's is documented as having none of a webhook's fields.
 */
export function eventPayload({
  event,
  repository,
  headRepository,
}: Pick<SimRun, 'event' | 'repository' | 'headRepository'>): Json {
  if (event === 'schedule') return { schedule: '30 5 * * 1' };
  const api = 'https://api.github.com';
  const payload = { repository: repositoryRecord(repository, api) };
  if (!event.startsWith('pull_request')) return payload;
  const isOwn = headRepository === repository.fullName;
  const own = { id: repository.id, full_name: repository.fullName };
  const repo = headRepository === null || isOwn ? headRepository && own : forkRecord(headRepository);
  return {
    action: 'synchronize',
    pull_request: { title: 'A change', head: { ref: 'change', repo } },
    ...payload,
  };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An example with what is ours in place of theirs, at any depth. */
export function onto(template: unknown, own: Json): Json {
  const merged = { ...(isObject(template) ? template : {}) };
  for (const [key, value] of Object.entries(own)) {
    merged[key] = isObject(value) ? onto(merged[key], value) : value;
  }
  return merged;
}

function about(template: Json, repository: Repository, installation: Installation, api: string): Json {
  const { organization: _, installation: __, ...rest } = template;
  const { owner, fullName } = repository;
  const organization = { organization: onto(ORGANIZATION, { login: owner.login, id: owner.id }) };
  return onto(rest, {
    repository: { ...repositoryRecord(repository, api), html_url: `https://github.com/${fullName}` },
    installation: { id: installation.id, node_id: `MDIz${installation.id}` },
    ...(owner.type === 'Organization' ? organization : {}),
  });
}

/** `record` is the job as it was when the delivery was decided on. */
export function jobPayload(
  action: JobAction,
  record: Json,
  repository: Repository,
  installation: Installation,
  api: string,
): Json {
  const template = TEMPLATES[action === 'queued' && record.status === 'waiting' ? 'gated' : action];
  return onto(about(template, repository, installation, api), { action, workflow_job: record });
}

export function runPayload(
  action: 'requested' | 'completed',
  record: Json,
  repository: Repository,
  installation: Installation,
  api: string,
): Json {
  return onto(about(RUN_TEMPLATE, repository, installation, api), { action, workflow_run: record });
}

export const pingPayload = (appId: number): Json => ({
  zen: PING.zen,
  hook_id: appId,
  hook: onto(PING.hook, { type: 'App', app_id: appId }),
});
