/** The world of `prove`, from `runners.yaml`, `.env` and the operator's own credentials. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pastSweeps } from '../../functions/reaper/sweep-lease.ts';
import type { AccessKey } from '../../shared/adapters/alibaba/acs3.ts';
import { type EcsCall, ecsCall } from '../../shared/adapters/ecs/call.ts';
import { readUserDataScripts } from '../../shared/adapters/user-data-scripts.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import { readMarkets } from '../../shared/market/read.ts';
import { parseRunnerRelease, RUNNER_RELEASE_NOTE } from '../../shared/runner/release.ts';
import { prober } from '../doctor/probe.ts';
import { alibaba } from '../shared/alibaba.ts';
import { operatorLedger } from '../shared/ledger.ts';
import { STATE } from '../shared/package/places.ts';
import { ROOT } from '../shared/steps.ts';
import { isReading, tryAgain } from '../shared/try-again.ts';
import { type Intention, type IntentionFile, Left, type ProveWorld } from './world.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export interface RealOptions {
  readonly variables: Variables;
  readonly accessKey: () => Promise<AccessKey>;
  readonly intention?: IntentionFile;
  readonly run?: string;
}

/** Two worlds, of which the second goes on when `signal` is given: it cleans up. */
export function realWorlds(config: Config, signal: AbortSignal, options: RealOptions) {
  const { variables, accessKey } = options;
  const cloud = alibaba(accessKey, variables.ALIBABA_ENDPOINT);
  const ecsWith = (key: () => Promise<AccessKey>): EcsCall => {
    const once = ecsCall({ credentials: key, ...addressIn(variables) });
    return (region, action, params) =>
      isReading(action) ? tryAgain(() => once(region, action, params)) : once(region, action, params);
  };
  const ledger = () => operatorLedger(config, cloud, variables.TABLESTORE_ENDPOINT);
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const world: ProveWorld = {
    ...{ config, nowMs: Date.now, rpc: cloud.rpc, probe: prober(config, variables, cloud) },
    ecs: ecsWith(accessKey),
    ecsWith: (key) => ecsWith(async () => key),
    ...ledgerIn(ledger, config),
    scripts: readUserDataScripts(join(ROOT, 'userdata')),
    intention: options.intention ?? intentionFile(join(STATE, 'prove.json')),
    run: options.run ?? randomBytes(3).toString('hex'),
    sleep,
  };
  return { world: { ...world, sleep: leaving(sleep, signal) }, afterwards: world };
}

/** Ends at once when the operator leaves. */
function leaving(sleep: ProveWorld['sleep'], signal: AbortSignal): ProveWorld['sleep'] {
  const left = new Promise<never>((_, reject) => {
    const leave = () => reject(new Left());
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
  });
  left.catch(() => undefined);
  return (ms) => Promise.race([sleep(ms), left]);
}

function ledgerIn(
  open: () => Promise<Ledger>,
  config: Config,
): Pick<ProveWorld, 'sweeps' | 'release' | 'markets'> {
  return {
    sweeps: async () => pastSweeps(await open()),
    async release() {
      const held = await (await open()).notes.read(RUNNER_RELEASE_NOTE);
      return held === null ? null : parseRunnerRelease(held.entry.text);
    },
    markets: async () => readMarkets(config, (await open()).market, () => undefined),
  };
}

/** A simulator's is on HTTP, and one for all regions. */
function addressIn({ ECS_ENDPOINT }: Variables): Partial<Parameters<typeof ecsCall>[0]> {
  if (ECS_ENDPOINT === undefined) return {};
  const { protocol, host } = new URL(ECS_ENDPOINT);
  return { endpointOf: () => host, protocol: protocol === 'http:' ? 'HTTP' : 'HTTPS' };
}

/** Renamed into place: a crash leaves the old one or the new one. */
export function intentionFile(path: string): IntentionFile {
  return {
    read: () => (existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Intention) : null),
    write(intention) {
      if (intention === null) {
        rmSync(path, { force: true });
        return;
      }
      mkdirSync(dirname(path), { recursive: true });
      const next = `${path}.${process.pid}`;
      writeFileSync(next, JSON.stringify(intention));
      renameSync(next, path);
    },
  };
}
