/** The runner that is newest where the jobs are: GitHub's own answer for its host, else github.com's. */
import * as z from 'zod';
import type { PublishedRelease } from '../../ports.ts';
import { archiveName } from '../../runner/release.ts';
import type { Calls } from './calls.ts';
import { failed, type GitHubAuth, type GitHubRequest, parsed } from './request.ts';
import { applicationsPage, installationsPage, repositoriesPage } from './shapes.ts';

/** A host of jobs that is not github.com. */
export interface OwnHost {
  readonly scope: 'organization' | 'repository';
  readonly files: Files;
}

/** What anybody may read at an address. Throws when it cannot be read. */
export interface Files {
  text(url: string): Promise<string>;
  /** `modifiedAtMs` null: the server does not say. */
  weigh(url: string): Promise<{ readonly sizeBytes: number; readonly modifiedAtMs: number | null }>;
}

const LATEST = 'GET /repos/{owner}/{repo}/releases/latest';
const RUNNER = { owner: 'actions', repo: 'runner' };
/** Sixty times an hour and address; we ask every ten minutes. */
const LATEST_AT_GITHUB = 'https://api.github.com/repos/actions/runner/releases/latest';

/** `ownHost` null: jobs are on github.com. */
export async function newestRunner({ request }: Calls, ownHost: OwnHost | null): Promise<PublishedRelease> {
  if (ownHost !== null) return newestFor(request, ownHost);
  // Anyone may read it, but sixty times an hour and address: as an installation there is room.
  const installation = await anyInstallation(request);
  const auth: GitHubAuth = installation === null ? 'none' : { installation: installation.id };
  const answer = await request(LATEST, RUNNER, auth);
  if (answer.status !== 200) throw failed(LATEST, answer);
  return releaseIn(answer.data);
}

/** ghe.com has no repository actions/runner, and GHES need not have one. */
async function newestFor(request: GitHubRequest, ownHost: OwnHost): Promise<PublishedRelease> {
  const { files } = ownHost;
  let because: unknown;
  try {
    return await weighed(await applicationsAt(request, ownHost), files);
  } catch (error) {
    because = error;
  }
  try {
    return releaseIn(JSON.parse(await files.text(LATEST_AT_GITHUB)));
  } catch (error) {
    const [own, gitHub] = [because, error].map((each) => (each instanceof Error ? each.message : 'unknown'));
    throw new Error(`no runner is available: of GitHub's own host: ${own}; of github.com: ${gitHub}`);
  }
}

export type Application = z.output<typeof applicationsPage>[number];

/** GitHub docs, "List runner applications for an organization", and of a repository. Throws where the App is not installed. */
export async function applicationsAt(
  request: GitHubRequest,
  { scope }: Pick<OwnHost, 'scope'>,
): Promise<Application[]> {
  const installation = await anyInstallation(request);
  if (installation === null) throw new Error('the App is not installed anywhere, or suspended everywhere');
  const auth = { installation: installation.id };
  const [route, params] =
    scope === 'organization'
      ? ['GET /orgs/{org}/actions/runners/downloads', { org: installation.account?.login ?? '' }]
      : ['GET /repos/{owner}/{repo}/actions/runners/downloads', await anyRepository(request, auth)];
  const answer = await request(route, params, auth);
  if (answer.status !== 200) throw failed(route, answer);
  return parsed(route, applicationsPage, answer).filter(({ os }) => os === 'linux');
}

/** Null: there is none that is not suspended: one that is has no token. That of an enterprise reads no repository. */
async function anyInstallation(request: GitHubRequest) {
  const route = 'GET /app/installations';
  const answer = await request(route, { per_page: 100 }, 'app');
  if (answer.status !== 200) throw failed(route, answer);
  const all = parsed(route, installationsPage, answer);
  return all.find((each) => each.suspended_at == null && each.account?.login != null) ?? null;
}

async function anyRepository(request: GitHubRequest, auth: GitHubAuth) {
  const route = 'GET /installation/repositories';
  const answer = await request(route, { per_page: 1 }, auth);
  if (answer.status !== 200) throw failed(route, answer);
  const first = parsed(route, repositoriesPage, answer).repositories[0];
  if (first === undefined) throw new Error('the App is installed in no repository');
  const [owner, repo] = first.full_name.split('/');
  return { owner, repo };
}

/** Null: no archive of ours is named so. */
export function versionOf({ filename }: Application): string | null {
  return /^actions-runner-linux-(?:x64|arm64)-(\d+\.\d+\.\d+)\.tar\.gz$/.exec(filename)?.[1] ?? null;
}

/** A day that nobody tells, or that is none, is long past, so that no region waits for it. */
const dayOr0 = (ms: number | null): number => (ms !== null && ms > 0 ? ms : 0);

/** A machine has no token: what needs one is not to be had. */
async function weighed(applications: readonly Application[], files: Files): Promise<PublishedRelease> {
  const known = applications.map(versionOf).find((each) => each !== null);
  if (known == null) throw new Error('it names no runner for Linux');
  const archive = async (arch: 'amd64' | 'arm64') => {
    const name = archiveName(known, arch);
    const found = applications.find(({ filename }) => filename === name);
    if (found?.sha256_checksum == null) throw new Error(`it names no ${name} with a checksum`);
    if (found.temp_download_token != null) throw new Error(`${name} is given for a token only`);
    const { sizeBytes, modifiedAtMs } = await files.weigh(found.download_url);
    return {
      url: found.download_url,
      sha256: found.sha256_checksum,
      sizeBytes,
      modifiedAtMs: dayOr0(modifiedAtMs),
    };
  };
  const [amd64, arm64] = await Promise.all([archive('amd64'), archive('arm64')]);
  const publishedAtMs = Math.max(amd64.modifiedAtMs, arm64.modifiedAtMs);
  const plain = ({ url, sha256, sizeBytes }: typeof amd64) => ({ url, sha256, sizeBytes });
  return { version: known, publishedAtMs, archives: { amd64: plain(amd64), arm64: plain(arm64) } };
}

/** GitHub docs, "Get the latest release": `assets[].digest`. */
const Release = z.object({
  tag_name: z.string().regex(/^v\d+\.\d+\.\d+$/),
  published_at: z.string(),
  assets: z.array(
    z.object({
      name: z.string(),
      size: z.int().positive(),
      digest: z
        .string()
        .regex(/^sha256:[0-9a-f]{64}$/)
        .nullish(),
      browser_download_url: z.url(),
    }),
  ),
});

/** Throws when it has no archive of ours, or one without a checksum. */
function releaseIn(data: unknown): PublishedRelease {
  const read = Release.safeParse(data);
  if (!read.success) throw new Error(`the runner's release does not parse\n${z.prettifyError(read.error)}`);
  const release = read.data;
  const version = release.tag_name.slice(1);
  const archive = (arch: 'amd64' | 'arm64') => {
    const name = archiveName(version, arch);
    const asset = release.assets.find((each) => each.name === name);
    if (asset?.digest == null) throw new Error(`release ${version} has no ${name} with a checksum`);
    return { url: asset.browser_download_url, sha256: asset.digest.slice(7), sizeBytes: asset.size };
  };
  return {
    version,
    publishedAtMs: dayOr0(Date.parse(release.published_at)),
    archives: { amd64: archive('amd64'), arm64: archive('arm64') },
  };
}
