/** Self-hosted runners of an organisation or a repository, and the organisation's runner groups. */

import { accountOf, canSee, groupsOf, repositoryOf } from '../accounts.ts';
import { type Caller, demand } from '../auth.ts';
import { type Group, newestRelease, type Repository, type Scope, type SimRunner } from '../model.ts';
import { isInScope, type JitBody, mint, removeRunner } from '../runners.ts';
import { listed, noContent, notFound, ok, Refusal, type SimResponse } from '../wire.ts';
import { type Call, numberParam, param, type Route, route } from './route.ts';
import { wholeRepository } from './whole.ts';

/** Repositories have the one default group, whose id is 1 (GitHub docs, example of the repository's call). */
const REPOSITORY_GROUP = 1;

export function repositoryFor(call: Call): Repository {
  const repository = repositoryOf(call.state, `${param(call, 'owner')}/${param(call, 'repo')}`);
  const { caller } = call;
  if (caller.kind !== 'installation' || !canSee(caller.installation, repository)) throw notFound();
  const { repositories } = caller.token;
  if (repositories !== 'all' && !repositories.includes(repository.fullName.toLowerCase())) throw notFound();
  return repository;
}

function organizationFor(call: Call): string {
  const account = accountOf(call.state, param(call, 'org'));
  if (account.type !== 'Organization' || accountIdOf(call.caller) !== account.id) throw notFound();
  return account.login;
}

const accountIdOf = (caller: Caller): number | null =>
  caller.kind === 'installation' ? caller.installation.account.id : null;

/** The scope in the path, if the caller's App may do `level` there. */
function scopeFor(call: Call, level: 'read' | 'write'): Scope {
  if (call.params.org === undefined) {
    const repository = repositoryFor(call);
    demand(call.caller, 'administration', level);
    return { kind: 'repository', repository: repository.fullName };
  }
  const organization = organizationFor(call);
  demand(call.caller, 'organization_self_hosted_runners', level);
  return { kind: 'organization', organization };
}

function runnerRecord(runner: SimRunner) {
  return {
    id: runner.id,
    name: runner.name,
    os: runner.isUsed ? 'Linux' : 'unknown',
    status: runner.isOnline ? 'online' : 'offline',
    busy: runner.job !== null && !runner.isBusyHidden,
    ephemeral: true,
    runner_group_id: runner.groupId,
    labels: runner.labels.map((name, index) => ({ id: index + 1, name, type: 'custom' })),
  };
}

function generate(call: Call): SimResponse {
  const scope = scopeFor(call, 'write');
  const runner = mint(call.state, scope, (call.body ?? {}) as JitBody, (id) => groupUsable(call, scope, id));
  return ok({ runner: runnerRecord(runner), encoded_jit_config: runner.jitConfig }, 201);
}

function groupUsable(call: Call, scope: Scope, id: number): void {
  if (scope.kind === 'repository') {
    if (id !== REPOSITORY_GROUP) throw notFound();
    return;
  }
  const group = call.state.groups.get(id);
  if (group?.organization.toLowerCase() !== scope.organization.toLowerCase()) throw notFound();
}

function listedRunners(call: Call): SimRunner[] {
  const scope = scopeFor(call, 'read');
  return [...call.state.runners.values()].filter((runner) => runner.isListed && isInScope(runner, scope));
}

function runners(call: Call): SimResponse {
  const name = call.url.searchParams.get('name');
  const all = listedRunners(call).filter((runner) => name === null || runner.name === name);
  return listed(call.origin, call.url, 'runners', all, runnerRecord);
}

function runnerFor(call: Call): SimRunner {
  const found = listedRunners(call).find(({ id }) => id === numberParam(call, 'id'));
  if (found === undefined) throw notFound();
  return found;
}

/** GitHub's OpenAPI, `runner-application`: whatever else there is, of Linux those that were released. */
function applications(call: Call): SimResponse {
  scopeFor(call, 'read');
  const newest = newestRelease(call.state);
  const named = /^actions-runner-(\w+)-(\w+)-/;
  return ok(
    (newest?.assets ?? []).map(({ name, url, sha256 }) => {
      const [, os, architecture] = named.exec(name) ?? [];
      return { os, architecture, download_url: url, filename: name, sha256_checksum: sha256 };
    }),
  );
}

function remove(call: Call): SimResponse {
  scopeFor(call, 'write');
  removeRunner(call.state, runnerFor(call));
  return noContent();
}

function groupRecord(group: Group, url: string) {
  return {
    runners_url: `${url}/${group.id}/runners`,
    id: group.id,
    name: group.name,
    visibility: group.repositories === 'all' ? 'all' : 'selected',
    default: group.isDefault,
    inherited: false,
    allows_public_repositories: group.allowsPublic,
    restricted_to_workflows: false,
    selected_workflows: [],
  };
}

function groups(call: Call): SimResponse {
  const organization = organizationFor(call);
  demand(call.caller, 'organization_self_hosted_runners', 'read');
  return listed(call.origin, call.url, 'runner_groups', groupsOf(call.state, organization), (group) =>
    groupRecord(group, `${call.origin}${call.url.pathname}`),
  );
}

function groupRepositories(call: Call): SimResponse {
  const organization = organizationFor(call);
  demand(call.caller, 'organization_self_hosted_runners', 'read');
  const group = groupsOf(call.state, organization).find(({ id }) => id === numberParam(call, 'id'));
  if (group === undefined) throw notFound();
  if (group.repositories === 'all') throw new Refusal(422, 'The runner group is visible to all repositories');
  const named = group.repositories.map((name) => repositoryOf(call.state, name));
  return listed(call.origin, call.url, 'repositories', named, (one) => wholeRepository(one, call.origin));
}

const SCOPES = ['/orgs/{org}', '/repos/{owner}/{repo}'];

export const RUNNER_ROUTES: readonly Route[] = [
  ...SCOPES.flatMap((scope) => [
    route(`POST ${scope}/actions/runners/generate-jitconfig`, generate),
    route(`GET ${scope}/actions/runners`, runners),
    route(`GET ${scope}/actions/runners/downloads`, applications),
    route(`GET ${scope}/actions/runners/{id}`, (call) => ok(runnerRecord(runnerFor(call)))),
    route(`DELETE ${scope}/actions/runners/{id}`, remove),
  ]),
  route('GET /orgs/{org}/actions/runner-groups', groups),
  route('GET /orgs/{org}/actions/runner-groups/{id}/repositories', groupRepositories),
];
