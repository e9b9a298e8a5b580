/** The entry of an order from the reaper: the real world, put together once a cold start. */
import runners from 'config:runners';
import * as z from 'zod';
import type { AccessKey } from '../../shared/adapters/alibaba/acs3.ts';
import { download, filesVia } from '../../shared/adapters/github/download.ts';
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
import { type ReachAnswer, ReachOrder } from '../../shared/runner/kept/reach.ts';
import { COPY_MAX_MS, FILE_MAX_MS } from '../../shared/runner/limits.ts';
import { bundleIn } from './actions/bundle.ts';
import { mirror } from './mirror.ts';
import { reach } from './reach.ts';
import { toolsIn } from './tools/list.ts';
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

// What the source has is asked of its bucket; null: this is the source.
const sourceBucket =
  isHome || source === null
    ? null
    : bucketAt(source, OSS_SOURCE_ENDPOINT ?? endpointOf(source.region, false));
const proxy = isHome ? runners.control.egressProxy : null;

const world: MirrorWorld = {
  bucket: here === null ? null : bucketAt(here, OSS_ENDPOINT ?? endpointOf(here.region, true)),
  sources: isHome || source === null ? [gitHub] : [bucketSource(source), gitHub],
  fetchFile: (url, maxMs) => download(url, 0, proxy, maxMs),
  weigh: async (url) => (await filesVia(proxy, FILE_MAX_MS).weigh(url)).sizeBytes,
  sourceBundle: sourceBucket === null ? null : () => bundleIn(sourceBucket),
  sourceTools: sourceBucket === null ? null : () => toolsIn(sourceBucket),
  clock: { nowMs: () => Date.now() },
  log: jsonLog(process.stdout, Date.now),
};

export async function handler(
  event: Uint8Array,
  context: { readonly credentials: AccessKey },
): Promise<CopyState | ReachAnswer> {
  credentials = context.credentials;
  const order = z.union([ReachOrder, CopyOrder]).parse(JSON.parse(Buffer.from(event).toString('utf8')));
  return order.kind === 'reach' ? reach(order, world) : mirror(order, world);
}
