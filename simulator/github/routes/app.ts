/** The App: itself, where it is installed, its tokens, and what anyone may read. */
import { accountOf, installationOf, repositoriesOf, repositoryOf } from '../accounts.ts';
import { demandApp, issueToken } from '../auth.ts';
import { type Installation, newestRelease, type RunnerRelease } from '../model.ts';
import { isoTime, listed, notFound, ok, pageOf, Refusal, type SimResponse } from '../wire.ts';
import { type Call, numberParam, param, type Route, route } from './route.ts';
import { repositoryFor } from './runners.ts';
import { wholeApp, wholeOwner, wholeRepository } from './whole.ts';

function installationRecord(call: Call, installation: Installation) {
  const { id, account, repositories, isSuspended, createdAtMs } = installation;
  return {
    id,
    account: wholeOwner(account),
    app_id: call.state.options.app.id,
    ...{ app_slug: `app-${call.state.options.app.id}`, single_file_name: null, suspended_by: null },
    access_tokens_url: `${call.origin}/app/installations/${id}/access_tokens`,
    repositories_url: `${call.origin}/installation/repositories`,
    html_url: `https://github.com/settings/installations/${id}`,
    target_id: account.id,
    target_type: account.type,
    repository_selection: repositories === 'all' ? 'all' : 'selected',
    permissions: call.state.permissions,
    events: eventsOf(call),
    created_at: isoTime(createdAtMs),
    updated_at: isoTime(createdAtMs),
    suspended_at: isSuspended ? isoTime(call.state.clock.nowMs()) : null,
  };
}

function installationAnswer(call: Call, installation: Installation | null): SimResponse {
  demandApp(call.caller);
  if (installation === null) throw notFound();
  return ok(installationRecord(call, installation));
}

function byOwner(call: Call, login: string, type: 'Organization' | 'User'): SimResponse {
  demandApp(call.caller);
  if (accountOf(call.state, login).type !== type) throw notFound();
  return installationAnswer(call, installationOf(call.state, login));
}

function byRepository(call: Call): SimResponse {
  demandApp(call.caller);
  const repository = repositoryOf(call.state, `${param(call, 'owner')}/${param(call, 'repo')}`);
  const installation = installationOf(call.state, repository.owner.login);
  const isSeen = installation !== null && repositoriesOf(call.state, installation).includes(repository);
  return installationAnswer(call, isSeen ? installation : null);
}

function installations(call: Call): SimResponse {
  demandApp(call.caller);
  const { number, size } = pageOf(call.url.searchParams);
  const all = [...call.state.installations.values()].slice((number - 1) * size, number * size);
  return ok(all.map((installation) => installationRecord(call, installation)));
}

function installationRepositories(call: Call): SimResponse {
  if (call.caller.kind !== 'installation') throw new Refusal(403, 'Resource not accessible by integration');
  const all = repositoriesOf(call.state, call.caller.installation);
  return listed(call.origin, call.url, 'repositories', all, (one) => wholeRepository(one, call.origin));
}

function convertManifest(call: Call): SimResponse {
  const converted = call.state.options.manifestConversion?.(param(call, 'code')) ?? null;
  if (converted === null) throw notFound();
  return ok(converted, 201);
}

const RELEASER = { login: 'actions', id: 44036562, type: 'Organization' } as const;

function releaseAddresses(version: string) {
  const api = 'https://api.github.com/repos/actions/runner/releases/1';
  return {
    ...{ url: api, assets_url: `${api}/assets`, upload_url: `${api}/assets{?name,label}` },
    ...{
      html_url: `https://github.com/actions/runner/releases/tag/v${version}`,
      tarball_url: null,
      zipball_url: null,
    },
  };
}

function releaseRecord({ version, publishedAtMs, assets }: RunnerRelease) {
  return {
    ...releaseAddresses(version),
    author: wholeOwner(RELEASER),
    ...{ id: 1, node_id: 'RE_1', target_commitish: 'main', created_at: isoTime(publishedAtMs) },
    tag_name: `v${version}`,
    name: `v${version}`,
    draft: false,
    prerelease: false,
    published_at: isoTime(publishedAtMs),
    body: assets
      .map(({ name, sha256 }) => `- ${name} <!-- BEGIN SHA -->${sha256}<!-- END SHA -->`)
      .join('\n'),
    assets: assets.map(({ name, sizeBytes, url, sha256 }) => ({
      ...{ id: 1, node_id: 'RA_1', url, label: '', content_type: 'application/gzip', download_count: 0 },
      ...{
        created_at: isoTime(publishedAtMs),
        updated_at: isoTime(publishedAtMs),
        uploader: wholeOwner(RELEASER),
      },
      name,
      size: sizeBytes,
      state: 'uploaded',
      digest: `sha256:${sha256}`,
      browser_download_url: url,
    })),
  };
}

/** A host of its own has no repository of that name. */
function latestRelease({ state }: Call): SimResponse {
  const newest = state.options.isOwnHost === true ? undefined : newestRelease(state);
  if (newest === undefined) throw notFound();
  return ok(releaseRecord(newest));
}

function releases({ state }: Call): SimResponse {
  if (state.options.isOwnHost === true) throw notFound();
  return ok(state.releases.map(releaseRecord));
}

const eventsOf = ({ state }: Call): readonly string[] => state.options.events ?? ['workflow_job'];

function app(call: Call): SimResponse {
  demandApp(call.caller);
  const { id } = call.state.options.app;
  const permissions = call.state.permissions;
  return ok({ ...wholeApp(id, call.state.clock.nowMs()), permissions, events: eventsOf(call) });
}

/** GitHub docs, "Get GitHub meta information": anyone may ask. */
function meta({ state: { options } }: Call): SimResponse {
  const { hooks = ['127.0.0.0/8', '::1/128'] } = options;
  return ok({ verifiable_password_authentication: false, ...(hooks === null ? {} : { hooks }) });
}

const TEXT = { 'content-type': 'text/plain;charset=utf-8' };

export const APP_ROUTES: readonly Route[] = [
  route('GET /meta', meta),
  route('GET /zen', () => ({ ...ok('Keep it logically awesome.'), headers: TEXT })),
  route('GET /app', app),
  route('GET /app/installations', installations),
  route('GET /app/installations/{id}', (call) =>
    installationAnswer(call, call.state.installations.get(numberParam(call, 'id')) ?? null),
  ),
  route('POST /app/installations/{id}/access_tokens', (call) =>
    issueToken(call.state, call.caller, numberParam(call, 'id'), call.body),
  ),
  route('GET /orgs/{org}/installation', (call) => byOwner(call, param(call, 'org'), 'Organization')),
  route('GET /users/{username}/installation', (call) => byOwner(call, param(call, 'username'), 'User')),
  route('GET /repos/{owner}/{repo}/installation', byRepository),
  route('GET /installation/repositories', installationRepositories),
  route('POST /app-manifests/{code}/conversions', convertManifest),
  route('GET /repos/actions/runner/releases/latest', latestRelease),
  route('GET /repos/{owner}/{repo}', (call) => ok(wholeRepository(repositoryFor(call), call.origin))),
  route('GET /repos/actions/runner/releases', releases),
];
