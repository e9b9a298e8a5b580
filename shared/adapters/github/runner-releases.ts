/** GitHub's newest runner release, with each archive's own checksum. */
import * as z from 'zod';
import type { PublishedRelease } from '../../ports.ts';
import { archiveName } from '../../runner/release.ts';

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
export function releaseIn(data: unknown): PublishedRelease {
  const parsed = Release.safeParse(data);
  if (!parsed.success)
    throw new Error(`the runner's release does not parse\n${z.prettifyError(parsed.error)}`);
  const release = parsed.data;
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
