/** GitHub's newest runner release, and its archives as they stream in. */
import * as z from 'zod';
import type { PublishedRelease, Releases } from '../../runner/release.ts';
import { archiveName } from '../../runner/release.ts';
import { anyInstallation } from './adapter.ts';
import { download } from './download.ts';
import { failed, type GitHubRequest } from './request.ts';

const ROUTE = 'GET /repos/{owner}/{repo}/releases/latest';

/** GitHub tells each asset's own checksum (GitHub docs, "Get the latest release": `assets[].digest`). */
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

export interface ReleaseSource {
  readonly request: GitHubRequest;
  /** As the App there is more room than for anyone: sixty calls an hour and address. */
  readonly asApp: boolean;
  readonly egressProxy: string | null;
  /** One whole download. */
  readonly downloadMaxMs: number;
}

export function runnerReleases(source: ReleaseSource): Releases {
  return {
    async latest() {
      const auth = source.asApp ? await anyInstallation(source.request) : 'none';
      const answer = await source.request(ROUTE, { owner: 'actions', repo: 'runner' }, auth);
      if (answer.status !== 200) throw failed(ROUTE, answer);
      const parsed = Release.safeParse(answer.data);
      if (!parsed.success)
        throw new Error(`the runner's release does not parse\n${z.prettifyError(parsed.error)}`);
      return releaseOf(parsed.data);
    },
    open: (url) => download(url, source.egressProxy, source.downloadMaxMs),
  };
}

function releaseOf(release: z.output<typeof Release>): PublishedRelease {
  const version = release.tag_name.slice(1);
  const archive = (arch: 'amd64' | 'arm64') => {
    const name = archiveName(version, arch);
    const asset = release.assets.find((each) => each.name === name);
    if (asset?.digest == null) throw new Error(`release ${version} has no ${name} with a checksum`);
    return { url: asset.browser_download_url, sha256: asset.digest.slice(7), sizeBytes: asset.size };
  };
  return {
    version,
    publishedAtMs: Date.parse(release.published_at),
    archives: { amd64: archive('amd64'), arm64: archive('arm64') },
  };
}
