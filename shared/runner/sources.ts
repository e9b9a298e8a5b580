/** Where a machine gets the runner, and by which proxy: pure. */
import type { Config } from '../config/config.ts';
import type { KeptActions } from './copies.ts';
import type { RunnerRelease } from './release.ts';
import type { UserDataValues } from './user-data.ts';

/** In order: the bucket, whose internal endpoint is reached inside the region only and costs no traffic; GitHub. */
export function runnerUrls(
  { version, regions }: RunnerRelease,
  key: string,
  region: string,
  bucket: string | null,
  { github }: Pick<Config, 'github'>,
): readonly string[] {
  const mirror = bucket !== null && regions.includes(region) ? [inside(bucket, region, key)] : [];
  // The runner's releases are on github.com, whatever host the jobs are on; GHES has its own copy.
  const host = github.baseUrl.replace(/\/+$/, '').endsWith('.ghe.com')
    ? 'https://github.com'
    : github.baseUrl.replace(/\/+$/, '');
  const file = key.split('/').at(-1);
  return [...mirror, `${host}/actions/runner/releases/download/v${version}/${file}`];
}

/** Null: none are kept there. */
export const actionsSource = (
  kept: KeptActions[string] | undefined,
  region: string,
  bucket: string | null,
): UserDataValues['actions'] =>
  kept === undefined || bucket === null
    ? null
    : { url: inside(bucket, region, kept.key), sha256: kept.sha256 };

const inside = (bucket: string, region: string, key: string): string =>
  `https://${bucket}.oss-${region}-internal.aliyuncs.com/${key}`;

export function proxyOf(proxy: Config['placements'][number]['proxy']): UserDataValues['proxy'] {
  if (proxy === null) return null;
  return { http: proxy.http ?? null, https: proxy.https ?? null, noProxy: proxy.noProxy };
}
