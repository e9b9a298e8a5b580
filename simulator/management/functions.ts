/** Function Compute 3.0's management, as its SDK models (version 2023-03-30) have it. */
import { createHash } from 'node:crypto';
import { FUNCTION_WRITES, functionNamed, triggerNamed } from './function-writes.ts';
import {
  ManagementRefusal,
  type ManagementState,
  type RoaCall,
  type SimFunction,
  type SimTrigger,
  type SimVersion,
} from './state.ts';

type Act = (state: ManagementState, name: string, call: RoaCall) => object;

/** RAM's action for each path; the path says what it is about. */
const ACTS: readonly [route: RegExp, method: string, action: string, act: Act][] = [
  [/^\/functions\/([^/]+)$/, 'GET', 'fc:GetFunction', get],
  [/^\/functions\/([^/]+)$/, 'DELETE', 'fc:DeleteFunction', remove],
  [/^\/functions\/([^/]+)\/code$/, 'GET', 'fc:GetFunctionCode', codeOf],
  [/^\/functions\/([^/]+)\/triggers$/, 'GET', 'fc:ListTriggers', triggers],
  [/^\/functions\/([^/]+)\/triggers\/[^/]+$/, 'GET', 'fc:GetTrigger', trigger],
  [/^\/functions\/([^/]+)\/vpc-bindings$/, 'GET', 'fc:ListVpcBindings', vpcBindings],
  [/^\/functions\/([^/]+)\/scaling-config$/, 'GET', 'fc:GetScalingConfig', scaling],
  [/^\/functions\/([^/]+)\/triggers\/[^/]+$/, 'DELETE', 'fc:DeleteTrigger', removeTrigger],
  [/^\/functions\/([^/]+)\/versions$/, 'GET', 'fc:ListFunctionVersions', versions],
  [/^\/functions\/([^/]+)\/versions$/, 'POST', 'fc:PublishFunctionVersion', publish],
  [/^\/functions\/([^/]+)\/versions\/[^/]+$/, 'DELETE', 'fc:DeleteFunctionVersion', removeVersion],
  [/^\/functions\/([^/]+)\/async-invoke-config$/, 'GET', 'fc:GetFunctionAsyncInvokeConfig', asyncConfig],
  [
    /^\/functions\/([^/]+)\/async-invoke-config$/,
    'DELETE',
    'fc:DeleteFunctionAsyncInvokeConfig',
    removeAsyncConfig,
  ],
  [/^\/functions\/([^/]+)\/concurrency$/, 'GET', 'fc:GetConcurrencyConfig', concurrency],
  ...FUNCTION_WRITES,
];

interface FunctionAct {
  readonly action: string;
  /** Of the function. */
  readonly name: string;
  run(state: ManagementState): object;
}

export function functionAct(call: RoaCall): FunctionAct | null {
  for (const [route, method, action, act] of ACTS) {
    const match = route.exec(call.path);
    if (match === null || call.method !== method) continue;
    const name = match[1] === undefined ? String(call.body.functionName) : decodeURIComponent(match[1]);
    return { action, name, run: (state) => act(state, name, call) };
  }
  return null;
}

function get(state: ManagementState, name: string, { query }: RoaCall): object {
  const live = functionNamed(state, name);
  if (query.qualifier === undefined || query.qualifier === 'LATEST') return shown(name, live);
  const version = versionOf(state, name, query.qualifier);
  return shown(name, { ...live, ...version });
}

const checksum = (code: Buffer): string => createHash('sha256').update(code).digest('hex').slice(0, 16);

function shown(
  functionName: string,
  { code, description, role, timeout, memorySize, environmentVariables, ...network }: SimFunction,
) {
  const { internetAccess = true, vpcConfig } = network;
  return {
    functionName,
    description,
    role,
    internetAccess,
    ...(vpcConfig === undefined ? {} : { vpcConfig }),
    timeout,
    memorySize,
    environmentVariables,
    runtime: 'nodejs20',
    handler: 'index.handler',
    codeSize: code.length,
    codeChecksum: checksum(code),
  };
}

/** A function with triggers or versions is not deleted (error code list: 412 PreconditionFailed): the less convenient reading. */
function remove(state: ManagementState, name: string): object {
  const one = functionNamed(state, name);
  if (one.triggers.length > 0 || one.versions.length > 0)
    throw new ManagementRefusal(412, 'PreconditionFailed', `function '${name}' has triggers or versions`);
  state.functions.delete(name);
  return {};
}

function codeOf(state: ManagementState, name: string, { query, origin }: RoaCall): object {
  const qualifier = query.qualifier ?? 'LATEST';
  const code =
    qualifier === 'LATEST' ? functionNamed(state, name).code : versionOf(state, name, qualifier).code;
  return { url: `${origin}/code/${name}/${qualifier}`, checksum: checksum(code) };
}

export function versionOf(state: ManagementState, name: string, id: string): SimVersion {
  const version = functionNamed(state, name).versions.find((one) => one.id === id);
  if (version === undefined)
    throw new ManagementRefusal(404, 'VersionNotFound', `version ${id} does not exist`);
  return version;
}

function triggers(state: ManagementState, name: string): object {
  return { triggers: functionNamed(state, name).triggers.map(shownTrigger), nextToken: '' };
}

function trigger(state: ManagementState, name: string, { path }: RoaCall): object {
  return shownTrigger(triggerNamed(state, name, path.split('/').at(-1)));
}

const shownTrigger = ({ name, type, config, url }: SimTrigger) => ({
  ...{ triggerName: name, triggerType: type, qualifier: 'LATEST', triggerConfig: JSON.stringify(config) },
  ...(url === null ? {} : { httpTrigger: { urlInternet: url, urlIntranet: url } }),
});

function vpcBindings(state: ManagementState, name: string): object {
  functionNamed(state, name);
  return { vpcIds: [] };
}

/** Nothing here configures it. */
function scaling(state: ManagementState, name: string): object {
  functionNamed(state, name);
  throw new ManagementRefusal(404, 'ScalingConfigNotFound', 'scaling config does not exist');
}

function removeTrigger(state: ManagementState, name: string, { path }: RoaCall): object {
  const one = functionNamed(state, name);
  one.triggers = one.triggers.filter((trigger) => trigger.name !== path.split('/').at(-1));
  return {};
}

/** Newest first. */
function versions(state: ManagementState, name: string): object {
  const all = functionNamed(state, name).versions.map(({ id, description }) => ({
    versionId: id,
    description,
  }));
  return { versions: all.reverse(), direction: 'BACKWARD', nextToken: '' };
}

function publish(state: ManagementState, name: string, { body }: RoaCall): object {
  const one = functionNamed(state, name);
  const { code, environmentVariables } = one;
  state.lastId++;
  const version = {
    id: String(state.lastId),
    description: String(body.description ?? ''),
    code,
    environmentVariables,
  };
  one.versions.push(version);
  return { versionId: version.id, description: version.description };
}

function removeVersion(state: ManagementState, name: string, { path }: RoaCall): object {
  const one = functionNamed(state, name);
  one.versions = one.versions.filter(({ id }) => id !== path.split('/').at(-1));
  return {};
}

function asyncConfig(state: ManagementState, name: string): object {
  const { onFailure, asyncRetries = 3, asyncAgeS = 86_400, ...one } = functionNamed(state, name);
  if (onFailure === null && one.isAsync !== true)
    throw new ManagementRefusal(404, 'AsyncConfigNotExists', 'async invoke config does not exist');
  const destinationConfig = onFailure === null ? {} : { onFailure: { destination: onFailure } };
  return {
    maxAsyncRetryAttempts: asyncRetries,
    maxAsyncEventAgeInSeconds: asyncAgeS,
    destinationConfig,
  };
}

function removeAsyncConfig(state: ManagementState, name: string): object {
  asyncConfig(state, name);
  const { asyncRetries: _retries, asyncAgeS: _age, isAsync: _is, ...kept } = functionNamed(state, name);
  state.functions.set(name, { ...kept, onFailure: null });
  return {};
}

function concurrency(state: ManagementState, name: string): object {
  const { concurrency: reservedConcurrency } = functionNamed(state, name);
  if (reservedConcurrency === undefined)
    throw new ManagementRefusal(404, 'ConcurrencyConfigNotExists', 'concurrency config does not exist');
  return { reservedConcurrency };
}
