/** What functions have besides code and variables: whether it is there as `s.yaml` has it. */
import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from 'yaml';
import type { FunctionsYaml } from '../../infra/functions-yaml.ts';
import type { Config } from '../../shared/config/config.ts';
import { nullIfAbsent } from '../doctor/checks/roles.ts';
import type { Alibaba } from '../shared/alibaba.ts';
import type { Live } from './functions.ts';

type Props = FunctionsYaml['resources']['webhook']['props'];
type Settings = Readonly<Record<string, unknown>>;

export interface Lack {
  readonly name: string;
  /** `trigger github`, `asynchronous invocation`, `concurrency`. */
  readonly what: string;
}

/** Of functions that are deployed; others have none. `resources`: of the file as deployed. */
export async function settingsLacking(
  { resources }: FunctionsYaml,
  live: readonly Live[],
  world: { readonly alibaba: Alibaba; readonly config: Config },
): Promise<readonly Lack[]> {
  const deployed = live.filter(({ release }) => release !== null);
  const lacks = await Promise.all(
    deployed.map(async (each) => {
      const resource = resources[resourceOf(each, world.config)];
      const whats = resource === undefined ? [] : await lacksOf(each, resource.props, world);
      return whats.map((what) => ({ name: each.name, what }));
    }),
  );
  return lacks.flat();
}

/**
 * `rendered` with what a person gave each live function in the console. fc3 0.1.22 takes away what the file does not name
 * (its `deployFunction`, `vpc_binding.ts`, `scaling_config.ts`), for which the key that it is handed has no right.
 */
export async function withGiven(
  rendered: string,
  live: readonly Live[],
  world: { readonly alibaba: Alibaba; readonly config: Config },
): Promise<string> {
  const document = parseDocument(rendered);
  for (const each of live.filter(({ release }) => release !== null))
    for (const [name, value] of Object.entries(await givenTo(each, world.alibaba)))
      document.setIn(
        ['resources', resourceOf(each, world.config), 'props', name],
        document.createNode(value),
      );
  return document.toString({ lineWidth: 0 });
}

async function givenTo({ name, region }: Live, alibaba: Alibaba): Promise<Settings> {
  const path = `/functions/${name}`;
  const latest = { qualifier: 'LATEST' };
  const [{ tags }, bindings, scaling] = await Promise.all([
    alibaba.fc(region, 'GetFunction', 'GET', path),
    alibaba.fc(region, 'ListVpcBindings', 'GET', `${path}/vpc-bindings`).catch(nullIfAbsent),
    alibaba
      .fc(region, 'GetScalingConfig', 'GET', `${path}/scaling-config`, undefined, latest)
      .catch(nullIfAbsent),
  ]);
  return {
    ...(isFilled(tags) ? { tags } : {}),
    ...(isFilled(bindings?.vpcIds) ? { vpcBinding: { vpcIds: bindings?.vpcIds } } : {}),
    // Without an ARN it is the answer for "none", as fc3 reads it.
    ...(scaling?.functionArn ? { scalingConfig: setIn(scaling) } : {}),
  };
}

/** Nobody set these: they tell how it is now. */
const TOLD = /^(functionArn|current\w+|targetInstances|requestId)$/i;
const setIn = (scaling: Settings): Settings =>
  Object.fromEntries(Object.entries(scaling).filter(([name]) => !TOLD.test(name)));

const isFilled = (list: unknown): boolean => Array.isArray(list) && list.length > 0;

const resourceOf = ({ kind, region }: Live, { control }: Config): string =>
  region === control.region ? kind : `${kind}-${region}`;

async function lacksOf(
  { name, region }: Live,
  {
    triggers,
    asyncInvokeConfig,
    concurrencyConfig,
  }: Pick<Props, 'triggers' | 'asyncInvokeConfig' | 'concurrencyConfig'>,
  { alibaba, config }: { readonly alibaba: Alibaba; readonly config: Config },
): Promise<string[]> {
  const ask = (action: string, of: string): Promise<Settings | null> =>
    alibaba.fc(region, action, 'GET', `/functions/${name}/${of}`).catch(nullIfAbsent);
  const held = triggers === undefined ? null : await ask('ListTriggers', 'triggers');
  const invoked = asyncInvokeConfig && (await ask('GetAsyncInvokeConfig', 'async-invoke-config'));
  const limited = concurrencyConfig && (await ask('GetConcurrencyConfig', 'concurrency'));
  const there = (held?.triggers ?? []) as { triggerName: string; triggerConfig: string }[];
  const filled = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value).replace(/\$\{vars\.name\}/g, config.name));
  return [
    ...(triggers ?? []).flatMap(({ triggerName, triggerConfig }) => {
      const found = there.find((each) => each.triggerName === triggerName);
      const isSame = found !== undefined && holds(JSON.parse(found.triggerConfig || '{}'), triggerConfig);
      return isSame ? [] : [`trigger ${triggerName}`];
    }),
    ...(asyncInvokeConfig && !holds(told(invoked), told(filled(asyncInvokeConfig)))
      ? ['asynchronous invocation']
      : []),
    ...(concurrencyConfig && !holds(limited, concurrencyConfig) ? ['concurrency'] : []),
  ];
}

/** The destination by its function's name: account and region are the deployment's own. */
function told(config: unknown): Settings {
  const { destinationConfig, ...rest } = (config ?? {}) as Settings & {
    readonly destinationConfig?: { readonly onFailure?: { readonly destination?: string } };
  };
  return { ...rest, onFailure: destinationConfig?.onFailure?.destination?.split('/').at(-1) ?? null };
}

/** Whatever else the service tells beside it. */
function holds(found: unknown, wanted: Settings): boolean {
  const held = (found ?? {}) as Settings;
  return Object.entries(wanted).every(([key, value]) => isDeepStrictEqual(held[key], value));
}
