/** What a deploy of functions writes, as the SDK models of Function Compute 3.0 (version 2023-03-30) have it. */
import {
  ManagementRefusal,
  type ManagementState,
  needed,
  type RoaCall,
  type SimFunction,
  type SimTrigger,
} from './state.ts';

type Act = (state: ManagementState, name: string, call: RoaCall) => object;

/** RAM's actions after FC docs, "Policies and sample policies" (3.0, 2025-06): here and there another name than the API's. */
export const FUNCTION_WRITES: readonly [route: RegExp, method: string, action: string, act: Act][] = [
  [/^\/functions$/, 'POST', 'fc:CreateFunction', create],
  [/^\/functions\/([^/]+)$/, 'PUT', 'fc:UpdateFunction', update],
  [/^\/functions\/([^/]+)\/triggers$/, 'POST', 'fc:CreateTrigger', createTrigger],
  [/^\/functions\/([^/]+)\/triggers\/[^/]+$/, 'PUT', 'fc:UpdateTrigger', updateTrigger],
  [/^\/functions\/([^/]+)\/async-invoke-config$/, 'PUT', 'fc:PutFunctionAsyncInvokeConfig', putAsyncConfig],
  [/^\/functions\/([^/]+)\/concurrency$/, 'PUT', 'fc:PutConcurrencyConfig', putConcurrency],
];

interface Code {
  readonly zipFile?: string;
  readonly ossBucketName?: string;
  readonly ossObjectName?: string;
}

/** Function Compute docs, "Environment variables": of all together. */
const VARIABLES_MAX_BYTES = 4096;

interface Settings {
  readonly code?: Code;
  readonly description?: string;
  readonly role?: string;
  readonly timeout?: number;
  readonly memorySize?: number;
  readonly environmentVariables?: Record<string, string>;
  readonly internetAccess?: boolean;
  readonly vpcConfig?: { readonly vpcId: string };
}

function create(state: ManagementState, name: string, { body }: RoaCall): object {
  needed(body as Record<string, string>, 'functionName');
  if (state.functions.has(name))
    throw new ManagementRefusal(409, 'FunctionAlreadyExists', `function '${name}' already exists`);
  const {
    code,
    description = '',
    role = '',
    timeout = 3,
    memorySize = 128,
    environmentVariables = {},
    internetAccess = true,
    vpcConfig,
  } = body as Settings;
  checkVariables(environmentVariables);
  state.functions.set(name, {
    ...{ description, role, timeout, memorySize, environmentVariables, internetAccess },
    ...(vpcConfig === undefined ? {} : { vpcConfig }),
    code: codeIn(code ?? {}, state),
    triggers: [],
    onFailure: null,
    versions: [],
  });
  return { functionName: name };
}

/** What is not named stays as it is. */
function update(state: ManagementState, name: string, { body }: RoaCall): object {
  const one = functionNamed(state, name);
  const { code, ...settings } = body as Settings;
  const known = [
    'description',
    'role',
    'timeout',
    'memorySize',
    'environmentVariables',
    'internetAccess',
    'vpcConfig',
  ];
  checkVariables(settings.environmentVariables ?? {});
  Object.assign(one, Object.fromEntries(Object.entries(settings).filter(([key]) => known.includes(key))));
  if (code !== undefined) one.code = codeIn(code, state);
  return { functionName: name, description: one.description };
}

/** The archive itself, or where in OSS it lies. */
function codeIn({ zipFile = '', ossBucketName, ossObjectName }: Code, { objects }: ManagementState): Buffer {
  if (ossBucketName === undefined) return Buffer.from(zipFile, 'base64');
  const found = objects.get(`${ossBucketName}/${ossObjectName}`);
  if (found === undefined)
    throw new ManagementRefusal(400, 'InvalidArgument', `${ossBucketName}/${ossObjectName} is not in OSS`);
  return found;
}

function checkVariables(variables: Readonly<Record<string, string>>): void {
  const text = Object.entries(variables).flat().join('');
  if (Buffer.byteLength(text) > VARIABLES_MAX_BYTES)
    throw new ManagementRefusal(400, 'InvalidArgument', 'the environment variables are larger than 4 KB');
  if (/[^\x20-\x7e]/.test(text))
    throw new ManagementRefusal(400, 'InvalidArgument', 'an environment variable is not printable ASCII');
}

interface TriggerSettings {
  readonly triggerName: string;
  readonly triggerType: SimTrigger['type'];
  readonly triggerConfig: string;
}

function createTrigger(state: ManagementState, name: string, { body }: RoaCall): object {
  const { triggers } = functionNamed(state, name);
  const { triggerName, triggerType, triggerConfig } = body as unknown as TriggerSettings;
  if (triggers.some((trigger) => trigger.name === triggerName))
    throw new ManagementRefusal(409, 'TriggerAlreadyExists', `trigger '${triggerName}' already exists`);
  const url = triggerType === 'http' ? `https://${name}-simulated.cn-hongkong.fcapp.run` : null;
  triggers.push({ name: triggerName, type: triggerType, config: JSON.parse(triggerConfig), url });
  return { triggerName };
}

function updateTrigger(state: ManagementState, name: string, { path, body }: RoaCall): object {
  const found = triggerNamed(state, name, path.split('/').at(-1));
  found.config = JSON.parse((body as unknown as TriggerSettings).triggerConfig);
  return { triggerName: found.name };
}

export function triggerNamed(
  state: ManagementState,
  name: string,
  triggerName: string | undefined,
): SimTrigger {
  const found = functionNamed(state, name).triggers.find((trigger) => trigger.name === triggerName);
  if (found === undefined)
    throw new ManagementRefusal(404, 'TriggerNotFound', `trigger '${triggerName}' does not exist`);
  return found;
}

interface AsyncSettings {
  readonly maxAsyncRetryAttempts?: number;
  readonly maxAsyncEventAgeInSeconds?: number;
  readonly destinationConfig?: { readonly onFailure?: { readonly destination?: string } };
}

function putAsyncConfig(state: ManagementState, name: string, { body }: RoaCall): object {
  const settings = body as AsyncSettings;
  const { maxAsyncRetryAttempts: asyncRetries = 3, maxAsyncEventAgeInSeconds: asyncAgeS } = settings;
  const { destinationConfig } = settings;
  const onFailure = destinationConfig?.onFailure?.destination ?? null;
  Object.assign(functionNamed(state, name), { asyncRetries, asyncAgeS, isAsync: true, onFailure });
  return {};
}

function putConcurrency(state: ManagementState, name: string, { body }: RoaCall): object {
  functionNamed(state, name).concurrency = Number(body.reservedConcurrency);
  return {};
}

export function functionNamed(state: ManagementState, name: string): SimFunction {
  const one = state.functions.get(name);
  if (one === undefined)
    throw new ManagementRefusal(404, 'FunctionNotFound', `function '${name}' does not exist`);
  return one;
}
