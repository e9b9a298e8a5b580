/**
 * Stands in for Serverless Devs, whose component comes from its own registry: `s deploy -y -t FILE` reads the same file
 * and makes the same calls of Function Compute, in the order of fc3 0.1.22 (its `subCommands/deploy`), so that a deploy can be
 * tried where neither can be reached, with no more rights than the real one has.
 */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FunctionsYaml, filledYaml } from '../../infra/functions-yaml.ts';
import { archiveOf } from '../../infra/release.ts';
import { AlibabaRefusal, type CallAlibaba } from '../../shared/adapters/alibaba/call.ts';
import { exchange } from '../../shared/adapters/http/exchange.ts';

export interface ServerlessDevs {
  readonly root: string;
  /** Relative to `root`. */
  readonly file: string;
  /** What `env()` in the file reads. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly endpoint: string;
  readonly accountId: string;
  readonly call: CallAlibaba;
  readonly say: (line: string) => void;
}

type Props = Omit<FunctionsYaml['resources']['reaper']['props'], 'logConfig'>;
type Answer = Readonly<Record<string, unknown>>;
type Send = (
  action: string,
  method: string,
  path: string,
  body?: object,
  query?: Readonly<Record<string, string>>,
) => Promise<Answer>;
type Upload = (archive: Buffer) => Promise<object>;

const VERSION = '2023-03-30';
/** @alicloud/fc2's. */
const OLDER_VERSION = '2016-08-15';
/** ali-oss gets ten minutes from fc3. */
const UPLOAD_MAX_MS = 600_000;

export async function deployFunctions(options: ServerlessDevs): Promise<void> {
  const { root, file, variables, endpoint, call } = options;
  // Its own `preview` is held against the file elsewhere.
  const { resources } = filledYaml(readFileSync(join(root, file), 'utf8'), variables);
  const send: Send = (action, method, path, body, query) =>
    call({ endpoint, action, version: VERSION, roa: { method, path: `/${VERSION}${path}`, body }, query });
  for (const { props } of Object.values(resources)) {
    await deployOne(props, root, send, (archive) => upload(archive, options));
    options.say(`${props.functionName}: deployed`);
  }
}

async function deployOne(props: Props, root: string, send: Send, uploaded: Upload): Promise<void> {
  const { functionName, code: folder, triggers = [], asyncInvokeConfig, concurrencyConfig } = props;
  const path = `/functions/${functionName}`;
  const before = await look(props, path, send);
  const code = await uploaded(archiveOf(join(root, folder)));
  const there = await found(send('GetFunction', 'GET', path));
  const settings = { ...settingsOf(props), code };
  if (there !== null) await untag(props, there, send);
  if (there !== null) await send('UpdateFunction', 'PUT', path, settings);
  else await send('CreateFunction', 'POST', '/functions', { functionName, ...settings });
  for (const { triggerConfig, ...trigger } of triggers) {
    const body = { ...trigger, triggerConfig: JSON.stringify(triggerConfig) };
    const own = `${path}/triggers/${trigger.triggerName}`;
    if ((await found(send('GetTrigger', 'GET', own))) !== null) await send('UpdateTrigger', 'PUT', own, body);
    else await send('CreateTrigger', 'POST', `${path}/triggers`, body);
  }
  if (asyncInvokeConfig)
    await send('PutAsyncInvokeConfig', 'PUT', `${path}/async-invoke-config`, asyncInvokeConfig);
  await takeAway(props, before, path, send);
  if (concurrencyConfig) await send('PutConcurrencyConfig', 'PUT', `${path}/concurrency`, concurrencyConfig);
  await info(props, path, send);
}

interface Before {
  readonly bound: Answer | null;
  readonly scaling: Answer | null;
}

/** `resources/fc/index.ts`, deployFunction: what has a tag that the file does not name loses it. */
async function untag({ tags = [] }: Props, there: Answer, send: Send): Promise<void> {
  const held = (there.tags ?? []) as NonNullable<Props['tags']>;
  const gone = held.filter((tag) => !tags.some(({ key, value }) => key === tag.key && value === tag.value));
  const query = {
    ...{ ResourceType: 'function', ResourceId: JSON.stringify([there.functionArn]) },
    TagKey: JSON.stringify(gone.map(({ key }) => key)),
  };
  if (gone.length > 0) await send('UntagResources', 'DELETE', '/tags-v2', undefined, query);
}

/** `vpc_binding.ts` and `scaling_config.ts` with `-y`: what the file does not name goes, and a scaling that it names is put anew. */
async function takeAway(props: Props, before: Before, path: string, send: Send): Promise<void> {
  const { vpcBinding, scalingConfig } = props;
  for (const id of (before.bound?.vpcIds ?? []) as string[])
    if (!vpcBinding?.vpcIds.includes(id))
      await send('DeleteVpcBinding', 'DELETE', `${path}/vpc-bindings/${id}`);
  const own = `${path}/scaling-config`;
  if (scalingConfig === undefined && before.scaling !== null)
    await send('DeleteScalingConfig', 'DELETE', own, undefined, LATEST);
  if (scalingConfig === undefined) return;
  await send('PutScalingConfig', 'PUT', own, scalingConfig, LATEST);
  await send('GetScalingConfig', 'GET', own, undefined, LATEST);
}

const LATEST = { qualifier: 'LATEST' };

function settingsOf(props: Props): object {
  const { description, runtime, handler, role, timeout, memorySize, environmentVariables } = props;
  const { internetAccess, vpcConfig } = props;
  return {
    ...{ description, runtime, handler, role, timeout, memorySize, environmentVariables, internetAccess },
    ...(vpcConfig ? { vpcConfig } : {}),
  };
}

/** What there is already. No refusal stops it, not even one for want of a right. */
async function look({ triggers = [] }: Props, path: string, send: Send): Promise<Before> {
  await found(send('GetFunction', 'GET', path));
  for (const { triggerName } of triggers)
    await found(send('GetTrigger', 'GET', `${path}/triggers/${triggerName}`));
  await found(send('GetAsyncInvokeConfig', 'GET', `${path}/async-invoke-config`));
  const bound = await found(send('ListVpcBindings', 'GET', `${path}/vpc-bindings`));
  const scaling = await found(send('GetScalingConfig', 'GET', `${path}/scaling-config`, undefined, LATEST));
  await found(send('GetConcurrencyConfig', 'GET', `${path}/concurrency`));
  return { bound, scaling };
}

/** What it shows at the end. A refusal ends the deploy. */
async function info(props: Props, path: string, send: Send): Promise<void> {
  const { triggers = [], asyncInvokeConfig, concurrencyConfig, vpcBinding, scalingConfig } = props;
  const own = (name: string) => `${path}/triggers/${name}`;
  await send('GetFunction', 'GET', path);
  for (const { triggerName } of triggers) await send('GetTrigger', 'GET', own(triggerName));
  if (asyncInvokeConfig) await send('GetAsyncInvokeConfig', 'GET', `${path}/async-invoke-config`);
  if (vpcBinding) await send('ListVpcBindings', 'GET', `${path}/vpc-bindings`);
  if (scalingConfig) await send('GetScalingConfig', 'GET', `${path}/scaling-config`, undefined, LATEST);
  if (concurrencyConfig) await send('GetConcurrencyConfig', 'GET', `${path}/concurrency`);
  for (const { triggerName, triggerType } of triggers)
    if (triggerType === 'http') await send('GetTrigger', 'GET', own(triggerName));
}

const found = (asked: Promise<Answer>): Promise<Answer | null> =>
  asked.catch((error: unknown) => {
    if (error instanceof AlibabaRefusal) return null;
    throw error;
  });

interface Token {
  readonly credentials: Readonly<Record<'AccessKeyId' | 'AccessKeySecret' | 'SecurityToken', string>>;
  readonly ossBucket: string;
  readonly objectName: string;
}

/** Into Function Compute's own bucket, with the key that it gives for that: where the code is then. */
async function upload(archive: Buffer, { call, endpoint, accountId }: ServerlessDevs): Promise<object> {
  const path = `/${OLDER_VERSION}/tempBucketToken`;
  const asked = { endpoint, action: 'GetTempBucketToken', version: OLDER_VERSION };
  const { credentials, ossBucket, objectName } = (await call({
    ...asked,
    roa: { method: 'GET', path },
  })) as unknown as Token;
  const ossObjectName = `${accountId}/${objectName}`;
  const { AccessKeyId, AccessKeySecret, SecurityToken } = credentials;
  const date = new Date().toUTCString();
  const text = `PUT\n\n\n${date}\nx-oss-security-token:${SecurityToken}\n/${ossBucket}/${ossObjectName}`;
  const signature = createHmac('sha1', AccessKeySecret).update(text).digest('base64');
  const headers = {
    host: `${ossBucket}.oss-accelerate.aliyuncs.com`,
    date,
    'x-oss-security-token': SecurityToken,
    authorization: `OSS ${AccessKeyId}:${signature}`,
  };
  const url = new URL(`/${ossObjectName}`, endpoint);
  const { status } = await exchange({ url, method: 'PUT', headers, body: archive, maxMs: UPLOAD_MAX_MS });
  if (status !== 200) throw new Error(`the code was not taken: OSS answered ${status}`);
  return { ossBucketName: ossBucket, ossObjectName };
}
