/** The daily timer's entry: the real world, put together once a cold start. */
import runners from 'config:runners';
import { type Credentials, createAdapters } from '../../shared/adapters/adapters.ts';
import { runnerReleases } from '../../shared/adapters/github/runner-releases.ts';
import { ossBucket, publicEndpoint } from '../../shared/adapters/oss/bucket.ts';
import { parseEnvironment } from '../../shared/config/environment.ts';
import { MIRROR_TIMEOUT_S } from '../../shared/limits.ts';
import { allCopied, mirror } from './mirror.ts';
import type { MirrorWorld } from './world.ts';

let credentials: Credentials;
const environment = parseEnvironment('mirror', process.env);
const adapters = createAdapters(runners, environment, () => credentials);
const { config, clock, log, ledger, gitHubRequest } = adapters;

const world: MirrorWorld = {
  releases: runnerReleases({
    request: gitHubRequest,
    asApp: true,
    egressProxy: config.control.egressProxy,
    downloadMaxMs: MIRROR_TIMEOUT_S * 1000,
  }),
  buckets: config.placements.flatMap(({ region, mirrorBucket }) =>
    mirrorBucket === null
      ? []
      : ossBucket({
          bucket: mirrorBucket,
          region,
          endpoint: environment.OSS_ENDPOINT ?? publicEndpoint(region),
          accessKey: () => credentials,
        }),
  ),
  notes: ledger.notes,
  clock,
  log,
};

export async function handler(
  _event: Uint8Array,
  context: { readonly credentials: Credentials },
): Promise<string> {
  credentials = context.credentials;
  return allCopied(await mirror(world));
}
