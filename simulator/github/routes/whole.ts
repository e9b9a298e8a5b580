/** Records as REST shows them: with every field that GitHub's OpenAPI description requires, also those that nobody here reads. */
import type { Account, Repository, SimRun } from '../model.ts';
import { example, onto, ownerRecord, repositoryRecord, runRecord } from '../payloads.ts';
import type { State } from '../state.ts';
import { isoTime } from '../wire.ts';

type Json = Record<string, unknown>;

const EXAMPLE = example('workflow_job', (one) => one.action === 'completed' && 'repository' in one)
  .repository as Json & { readonly full_name: string; readonly owner: Json & { readonly login: string } };

/** Addresses in the examples are theirs. */
function renamed<Record extends Json>(record: Record, from: string, to: string): Record {
  return JSON.parse(JSON.stringify(record).replaceAll(from, to)) as Record;
}

export function wholeOwner(account: Account): Json {
  return onto(renamed(EXAMPLE.owner, EXAMPLE.owner.login, account.login), {
    ...ownerRecord(account),
    node_id: `O_${account.id}`,
  });
}

/** By name: most questions are about few repositories. */
const templates = new Map<string, Json>();
const TEMPLATES_MAX = 1_000;

export function wholeRepository(repository: Repository, api: string): Json {
  const { fullName, id, owner } = repository;
  const key = `${api} ${fullName} ${owner.id}`;
  if (templates.size > TEMPLATES_MAX) templates.clear();
  const template = templates.get(key) ?? {
    ...renamed(EXAMPLE, EXAMPLE.full_name, fullName),
    ...{ node_id: `R_${id}`, owner: wholeOwner(owner), html_url: `https://github.com/${fullName}` },
    ...{ has_discussions: false, network_count: 0, subscribers_count: 0 },
  };
  templates.set(key, template);
  const { owner: _, ...own } = repositoryRecord(repository, api);
  return { ...template, ...own };
}

export function wholeRun(state: State, run: SimRun, api: string): Json {
  const record = runRecord(state, run, api) as Json & { head_repository: Json | null; head_sha: string };
  const repository = wholeRepository(run.repository, api);
  const isOwn = record.head_repository?.full_name === run.repository.fullName;
  const url = String(record.url);
  return {
    ...record,
    ...{ display_title: run.workflow, path: '.github/workflows/ci.yml', pull_requests: [] },
    head_commit: {
      ...{ id: record.head_sha, tree_id: record.head_sha, message: 'A change', timestamp: record.created_at },
      ...{ author: PERSON, committer: PERSON },
    },
    ...{ logs_url: `${url}/logs`, cancel_url: `${url}/cancel`, rerun_url: `${url}/rerun` },
    ...{
      artifacts_url: `${url}/artifacts`,
      check_suite_url: `${api}/repos/${run.repository.fullName}/check-suites/1`,
    },
    workflow_url: `${api}/repos/${run.repository.fullName}/actions/workflows/${String(record.workflow_id)}`,
    repository,
    head_repository:
      record.head_repository === null ? null : { ...repository, ...(isOwn ? {} : record.head_repository) },
  };
}

const PERSON = { name: 'A person', email: 'person@example.com' };

export function wholeApp(id: number, nowMs: number): Json {
  return {
    ...{ id, slug: `app-${id}`, name: `app ${id}`, node_id: `A_${id}`, description: null },
    ...{ external_url: 'https://example.com', html_url: `https://github.com/apps/app-${id}` },
    ...{ owner: renamed(EXAMPLE.owner, EXAMPLE.owner.login, 'acme'), permissions: {}, events: [] },
    ...{ created_at: isoTime(nowMs), updated_at: isoTime(nowMs) },
  };
}
