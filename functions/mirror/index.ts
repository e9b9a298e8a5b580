/** The entry of an order from the reaper: the real world, put together once a cold start. */
import runners from 'config:runners';
import type { AccessKey } from '../../shared/adapters/alibaba/acs3.ts';
import { download } from '../../shared/adapters/github/download.ts';
import { jsonLog } from '../../shared/adapters/json-log.ts';
import { endpointOf, ossBucket } from '../../shared/adapters/oss/bucket.ts';
import { parseEnvironment } from '../../shared/config/environment.ts';
import {
  type Bucket,
  CopyOrder,
  type CopyState,
  type MirrorPlace,
  mirrorPlaces,
} from '../../shared/runner/copies.ts';
import { COPY_MAX_MS } from '../../shared/runner/limits.ts';
import { bundleIn } from './actions/bundle.ts';
import { mirror } from './mirror.ts';
import type { MirrorWorld, Source } from './world.ts';

let credentials: AccessKey;
const { FC_REGION, FC_ACCOUNT_ID, OSS_ENDPOINT, OSS_SOURCE_ENDPOINT } = parseEnvironment(
  'mirror',
  process.env,
);
const { source, regional } = mirrorPlaces(runners, FC_ACCOUNT_ID);
const isHome = FC_REGION === runners.control.region;
const here = isHome ? source : (regional.find(({ region }) => region === FC_REGION) ?? null);

const bucketAt = (place: MirrorPlace, endpoint: string): Bucket =>
  ossBucket({ ...place, endpoint, accessKey: () => credentials });

const gitHub: Source = {
  name: 'GitHub',
  // The proxy is for the functions' own region.
  open: ({ url }, fromByte) =>
    download(url, fromByte, isHome ? runners.control.egressProxy : null, COPY_MAX_MS),
};

function bucketSource(place: MirrorPlace): Source {
  const bucket = bucketAt(place, OSS_SOURCE_ENDPOINT ?? endpointOf(place.region, false));
  const name = `the bucket of ${place.region}`;
  return {
    name,
    async open({ key }, fromByte) {
      const chunks = await bucket.open(key, fromByte);
      if (chunks === null) throw new Error(`${name} does not have ${key} yet`);
      return chunks;
    },
  };
}

const world: MirrorWorld = {
  bucket: here === null ? null : bucketAt(here, OSS_ENDPOINT ?? endpointOf(here.region, true)),
  sources: isHome || source === null ? [gitHub] : [bucketSource(source), gitHub],
  fetchFile: (url, maxMs) => download(url, 0, isHome ? runners.control.egressProxy : null, maxMs),
  sourceBundle:
    isHome || source === null
      ? null
      : () => bundleIn(bucketAt(source, OSS_SOURCE_ENDPOINT ?? endpointOf(source.region, false))),
  clock: { nowMs: () => Date.now() },
  log: jsonLog(process.stdout, Date.now),
};

export async function handler(
  event: Uint8Array,
  context: { readonly credentials: AccessKey },
): Promise<CopyState> {
  credentials = context.credentials;
  return mirror(CopyOrder.parse(JSON.parse(Buffer.from(event).toString('utf8'))), world);
}
