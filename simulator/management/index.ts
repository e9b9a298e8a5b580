/** The rest of the account on loopback: what `setup`, `deploy`, `doctor` and `destroy` speak with. ACS3-signed. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Credential, Credentials } from '../accounts.ts';
import { type Ecs, EcsRefusal } from '../ecs/index.ts';
import { verify } from '../function-compute/signatures.ts';
import { ACCOUNT_ACTS } from './account.ts';
import { type Asked, formOf, isUnsigned, OPEN_ACTION, queryOf, read, reply } from './asked.ts';
import { functionNamed } from './function-writes.ts';
import { functionAct, versionOf } from './functions.ts';
import { signedTheOlderWay } from './older-signature.ts';
import { demand } from './roles.ts';
import { type RpcAct, STACK_ACTS } from './stacks.ts';
import { lossOf, ManagementRefusal, type ManagementState, type Query } from './state.ts';
import { isTempCode, isUpload, tempBucketToken, upload } from './temp-code.ts';

export { ACCOUNT_ACTS } from './account.ts';
export { functionAct } from './functions.ts';
export type { AppliedTemplate, Parameters, SimStack } from './stack.ts';
export {
  createManagement,
  EGRESS,
  egressOf,
  ManagementRefusal,
  type ManagementState,
  type SimFunction,
} from './state.ts';

export interface ManagementOptions {
  readonly state: ManagementState;
  readonly credentials: Credentials;
  readonly nowMs: () => number;
  /** Answers what of ECS is not answered here. */
  readonly ecs?: Ecs;
}

export interface ServedManagement {
  /** http://127.0.0.1:port, for every service. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** API versions say whose an action is. */
const SERVICES: Readonly<Record<string, string>> = {
  '2014-05-26': 'ecs',
  '2015-04-01': 'sts',
  '2015-05-01': 'ram',
  '2016-01-20': 'kms',
  '2016-04-28': 'vpc',
  '2019-06-01': 'oos',
  '2019-09-10': 'ros',
};

export async function serveManagement(options: ManagementOptions): Promise<ServedManagement> {
  const nonces = new Set<string>();
  const server = createServer({ maxHeaderSize: 1024 * 1024 }, async (incoming, outgoing) => {
    const asked = await read(incoming);
    const code = /^\/code\/([^/]+)\/([^/]+)$/.exec(asked.url.pathname);
    if (code !== null) {
      const [, name, qualifier] = code as unknown as [string, string, string];
      outgoing.end(
        qualifier === 'LATEST'
          ? options.state.functions.get(name)?.code
          : versionOf(options.state, name, qualifier).code,
      );
      return;
    }
    const loss = lossOf(options.state, asked.headers['x-acs-action']);
    if (loss === 'before') return void outgoing.destroy();
    const { status, body } = await answer(options, nonces, asked);
    if (loss === 'after') return void outgoing.destroy();
    reply(outgoing, asked.method, status, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  options: ManagementOptions,
  nonces: Set<string>,
  asked: Asked,
): Promise<{ status: number; body: object }> {
  const { headers, method, url, body } = asked;
  try {
    if (isUpload(asked)) {
      upload(options.state, asked);
      return { status: 200, body: {} };
    }
    if (isUnsigned(asked))
      return { status: 200, body: { RequestId: 'simulated', ...withToken(options.state, asked) } };
    const older = signedTheOlderWay(asked, formOf(asked), options.credentials, options.nowMs());
    if (older !== null) {
      const performed = await perform(options, { ...asked, headers: older.headers }, older.credential);
      return { status: 200, body: { RequestId: 'simulated', ...performed } };
    }
    const request = { method, path: url.pathname, query: url.searchParams, headers, body };
    const verified = verify(request, { nowMs: options.nowMs, find: options.credentials, nonces });
    if ('code' in verified) throw new ManagementRefusal(verified.status, verified.code, verified.message);
    const performed = await perform(options, asked, verified.credential);
    return { status: 200, body: { RequestId: 'simulated', ...performed } };
  } catch (error) {
    if (error instanceof ManagementRefusal || error instanceof EcsRefusal)
      return {
        status: error.status,
        body: { ...refusalOf(error), RequestId: 'simulated' },
      };
    throw error;
  }
}

const refusalOf = (error: ManagementRefusal | EcsRefusal): object => ({
  ...{ Code: error.code, Message: error.message },
  ...(error instanceof ManagementRefusal ? error.more : {}),
});

function withToken(state: ManagementState, asked: Asked): object {
  const action = `sts:${OPEN_ACTION}`;
  state.calls.push(action);
  return ACCOUNT_ACTS[action]?.(state, queryOf(asked)) ?? {};
}

async function perform(options: ManagementOptions, asked: Asked, credential: Credential): Promise<object> {
  const { state, ecs } = options;
  const query = queryOf(asked);
  if (isTempCode(asked)) {
    demand(state, credential, 'fc:GetTempBucketToken');
    return tempBucketToken(state);
  }
  const version = asked.headers['x-acs-version'] ?? '';
  if (version === '2023-03-30') return performFunction(state, asked, query, credential);
  const api = asked.headers['x-acs-action'] ?? '';
  const action = `${SERVICES[version] ?? 'unknown'}:${api}`;
  demand(state, credential, action);
  const act = actOf(action, api, ecs);
  if (act !== undefined) return act(state, query);
  if (ecs !== undefined && action.startsWith('ecs:'))
    return ecs.call(query.RegionId ?? '', api, query, credential);
  throw new ManagementRefusal(404, 'InvalidAction.NotFound', `${api} of version ${version} is not played`);
}

/** Zones are those that have something to sell, where something is sold. */
function actOf(action: string, api: string, ecs: Ecs | undefined): RpcAct | undefined {
  if (action === 'ecs:DescribeZones' && ecs !== undefined) return undefined;
  return action.startsWith('ros:') ? STACK_ACTS[api] : ACCOUNT_ACTS[action];
}

async function performFunction(
  state: ManagementState,
  asked: Asked,
  query: Query,
  credential: Credential,
): Promise<object> {
  const call = {
    method: asked.method,
    path: asked.url.pathname.replace('/2023-03-30', ''),
    query,
    body: asked.body.length > 0 ? (JSON.parse(asked.body.toString()) as Record<string, unknown>) : {},
    origin: asked.url.origin,
  };
  const invoked = /^\/functions\/([^/]+)\/invocations$/.exec(call.path)?.[1];
  if (invoked !== undefined && call.method === 'POST') return invoke(state, invoked, asked.body, credential);
  const act = functionAct(call);
  // In their words (Serverless-Devs issue 282): the code is that of a right that is missing.
  if (state.hasNoFunctionCompute)
    throw new ManagementRefusal(403, 'AccessDenied', 'FC service is not enabled for current user.');
  if (act === null) throw new ManagementRefusal(400, 'PathNotSupported', `${call.method} ${call.path}`);
  demand(state, credential, act.action);
  const answered = act.run(state);
  if (call.method !== 'GET') await state.onFunction?.(act.name);
  return answered;
}

/** Synchronous: the answer is what the function returned, or how it failed (Function Compute docs, "Invoke a function"). */
async function invoke(
  state: ManagementState,
  name: string,
  event: Buffer,
  credential: Credential,
): Promise<object> {
  demand(state, credential, 'fc:InvokeFunction');
  functionNamed(state, name);
  try {
    return (await state.onInvoke?.(name, event)) as object;
  } catch (error) {
    return { errorType: 'Error', errorMessage: error instanceof Error ? error.message : 'unknown' };
  }
}
