/** What `list`, `explain` and `retire` look at: the world of `npm start -- --stay` where one is served, else the deployment. */
import { join } from 'node:path';
import { ownNetworks, whyNotOurs } from '../../functions/reaper/own-instance.ts';
import { namesOf } from '../../infra/names.ts';
import { type Adapters, createAdapters } from '../../shared/adapters/adapters.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseEnvironment } from '../../shared/config/environment.ts';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import { LEDGER_SCAN_MAX } from '../../shared/limits.ts';
import { readMarkets } from '../../shared/market/read.ts';
import type { Instance } from '../../shared/nouns.ts';
import { operatorKey } from './alibaba.ts';
import { readDotEnv } from './dot-env.ts';
import { FOLDER } from './package/places.ts';
import { readRunnersYaml } from './runners-yaml.ts';
import { complain } from './screen/show.ts';
import { findSimulator, liveInSimulatedTime, type Simulator } from './simulator-file.ts';
import { ROOT } from './steps.ts';

/** The same for a simulated and a real deployment. */
export type Operator = Pick<
  Adapters,
  | 'config'
  | 'clock'
  | 'ledger'
  | 'github'
  | 'gitHubRequest'
  | 'instances'
  | 'log'
  | 'alerts'
  | 'callEcs'
  | 'pause'
>;

type Environment = NonNullable<Simulator['environment']>;

const SILENT = () => undefined;

/** Null after it said on standard error what is missing. */
export async function openOperator(): Promise<Operator | null> {
  const simulator = findSimulator();
  if (simulator !== null && simulator.environment !== null)
    return simulated(simulator, simulator.environment);
  const config = readRunnersYaml();
  if (config === null) {
    complain("Without an account: 'npm start -- --stay' serves a simulated one.");
    return null;
  }
  return real(config);
}

function simulated(simulator: Simulator, environment: Environment): Operator | null {
  const config = readRunnersYaml(join(ROOT, 'simulator', 'runners.yaml'));
  if (config === null) return null;
  liveInSimulatedTime(simulator);
  complain('The simulated world of npm start -- --stay:');
  const { accessKeyId, accessKeySecret } = simulator;
  const key = { accessKeyId, accessKeySecret, securityToken: null };
  return createAdapters(config, parseEnvironment('launcher', environment), () => key, SILENT);
}

async function real(config: Config): Promise<Operator> {
  const key = await operatorKey();
  const variables = { ...readDotEnv(FOLDER), ...process.env };
  const { region } = config.control;
  // Of the functions, in a network of theirs: this machine has a way of its own.
  const here = { ...config, control: { ...config.control, egressProxy: null } };
  const instance = namesOf(config).tablestoreInstance;
  const endpoints = { KMS_ENDPOINT: variables.ALIBABA_ENDPOINT, OOS_ENDPOINT: variables.ALIBABA_ENDPOINT };
  const environment = {
    ...endpoints,
    FC_REGION: region,
    TABLESTORE_ENDPOINT: variables.TABLESTORE_ENDPOINT ?? `https://${instance}.${region}.ots.aliyuncs.com`,
    TABLESTORE_INSTANCE: instance,
    GITHUB_APP_ID: variables.GITHUB_APP_ID ?? '',
    GITHUB_PRIVATE_KEY: variables.GITHUB_PRIVATE_KEY ?? '',
    GITHUB_API: variables.GITHUB_API,
    ECS_ENDPOINT: variables.ECS_ENDPOINT,
    OSS_ENDPOINT: variables.OSS_ENDPOINT,
  };
  return createAdapters(here, environment, () => key, SILENT);
}

/** What prices are in, as the market says; null before the first price. */
export async function currencyOf({ config, ledger, log }: Operator): Promise<string | null> {
  const markets = await readMarkets(config, ledger.market, log);
  for (const market of markets.values()) if (market?.currency) return market.currency;
  return null;
}

/** Runs a command over the operator's world. What it throws, the command's end tells. */
export async function withOperator(act: (operator: Operator) => Promise<number>): Promise<number> {
  const operator = await openOperator();
  if (operator === null) return 2;
  return act(operator);
}

/** By its name, or the id of its instance. Null: the ledger has none. */
export async function findRunner(
  named: string,
  { ledger }: Pick<Operator, 'ledger'>,
): Promise<RunnerEntry | null> {
  const { things } = await ledger.runners.list(LEDGER_SCAN_MAX);
  return things.find(({ entry }) => entry.name === named || entry.instanceId === named)?.entry ?? null;
}

/** A sentence: it is not there, or not of our making. */
export async function machineOf(
  entry: RunnerEntry,
  world: Pick<Operator, 'config' | 'clock' | 'ledger' | 'instances'>,
): Promise<Instance | string> {
  const { name, instanceId, region } = entry;
  if (instanceId === null || region === null) return `${name} has no machine.`;
  const [instance] = await world.instances.find(region, [instanceId]);
  if (instance === undefined) return `The machine of ${name} (${instanceId}) is gone.`;
  const because = whyNotOurs(instance, entry, await ownNetworks(world), world.config.name);
  return because === null ? instance : `${instanceId} is not of our making: ${because}.`;
}

/** What adapters of ECS beyond the stories' ports are made of. */
export const ecsOf = ({
  callEcs: call,
  pause,
  clock,
  config,
}: Pick<Operator, 'callEcs' | 'pause' | 'clock' | 'config'>) => ({
  call,
  pause,
  clock,
  deployment: config.name,
});
