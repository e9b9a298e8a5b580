/** The entry of timer and asynchronous invocation: the real world, put together once a cold start. */
import runners from 'config:runners';
import { type Credentials, createAdapters } from '../../shared/adapters/adapters.ts';
import { alibabaCaller } from '../../shared/adapters/alibaba/call.ts';
import { bssBills, bssCaller } from '../../shared/adapters/bss/bills.ts';
import { ecsImages } from '../../shared/adapters/ecs/images.ts';
import { ecsMarket } from '../../shared/adapters/ecs/market.ts';
import { type Fingerprints, parseProbe } from '../../shared/adapters/fingerprints.ts';
import { fcInvoker } from '../../shared/adapters/function-compute/invoker.ts';
import { fcMirrors } from '../../shared/adapters/function-compute/mirrors.ts';
import { fcQueue } from '../../shared/adapters/function-compute/queue.ts';
import { readBakeScripts } from '../../shared/adapters/user-data-scripts.ts';
import { parseEnvironment } from '../../shared/config/environment.ts';
import { refreshMarkets } from '../../shared/market/refresh.ts';
import { newLooks } from './looks.ts';
import { reap } from './reap.ts';
import type { ReleaseReport } from './rounds/release/check-release.ts';
import type { ReaperWorld } from './world.ts';

let credentials: Credentials;
const environment = parseEnvironment('reaper', process.env);
const adapters = createAdapters(runners, environment, () => credentials);
const { config, clock, log, ledger } = adapters;
const idle = new Map<string, number>();
const source = ecsMarket({ call: adapters.callEcs, clock, spotDuration: config.spot.duration });

const invocations = {
  endpoint: environment.INVOKE_ENDPOINT,
  accountId: environment.FC_ACCOUNT_ID,
  signature: config.functionCompute.signature,
  credentials: () => credentials,
  log,
};

const world: ReaperWorld = {
  ...adapters,
  looks: newLooks(),
  images: ecsImages({ call: adapters.callEcs, pause: adapters.pause, deployment: config.name }),
  bakeScripts: readBakeScripts(`${import.meta.dirname}/userdata`),
  queue: fcQueue({
    ...invocations,
    region: environment.FC_REGION,
    launcher: environment.LAUNCHER_FUNCTION,
    reaper: '',
  }),
  bills: bssBills(
    bssCaller(
      alibabaCaller(() => credentials),
      environment.BSS_ENDPOINT,
    ),
  ),
  mirrors: fcMirrors(config, environment, fcInvoker(invocations)),
  refreshMarket: (need, deadlineMs) =>
    refreshMarkets(need, deadlineMs, { config, clock, log, market: ledger.market, source, idle }),
};

export async function handler(
  event: Uint8Array,
  context: { readonly credentials: Credentials },
): Promise<string | Fingerprints | ReleaseReport> {
  credentials = context.credentials;
  const probe = parseProbe(event);
  if (probe !== null) return adapters.fingerprints(probe);
  return reap(event, world);
}
