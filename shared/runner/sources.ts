/** Where a machine gets the runner, and by which proxy: pure. */
import type { Config } from '../config/config.ts';
import type { Arch } from '../nouns.ts';
import type { KeptActions } from './copies.ts';
import { publicUrl, type RunnerRelease } from './release.ts';
import type { UserDataValues } from './user-data.ts';

/** In order: the bucket, whose internal endpoint is reached inside the region only and costs no traffic; GitHub. */
export function runnerUrls(
  { version, regions, archives }: RunnerRelease,
  arch: Arch,
  region: string,
  bucket: string | null,
): readonly string[] {
  const { key, url } = archives[arch];
  const mirror = bucket !== null && regions.includes(region) ? [inside(bucket, region, key)] : [];
  return [...mirror, url ?? publicUrl(version, arch)];
}

/** A bundle of actions, a list of tools. Null: none are kept there. */
export const keptSource = (
  kept: KeptActions[string] | undefined,
  region: string,
  bucket: string | null,
): UserDataValues['actions' | 'tools'] =>
  kept === undefined || bucket === null
    ? null
    : { url: inside(bucket, region, kept.key), sha256: kept.sha256 };

const inside = (bucket: string, region: string, key: string): string =>
  `https://${bucket}.oss-${region}-internal.aliyuncs.com/${key}`;

export function proxyOf(proxy: Config['placements'][number]['proxy']): UserDataValues['proxy'] {
  if (proxy === null) return null;
  return { http: proxy.http ?? null, https: proxy.https ?? null, noProxy: proxy.noProxy };
}
