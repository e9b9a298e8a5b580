/**
 * Stands in for Serverless Devs, whose component comes from its own registry: `s deploy -y -t FILE` reads the same file
 * and makes the same calls of Function Compute, so that a deploy can be tried where neither can be reached.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { zipSync } from 'fflate';
import { parse } from 'yaml';
import { FunctionsYaml } from '../../infra/functions-yaml.ts';
import { AlibabaRefusal, type CallAlibaba } from '../../shared/adapters/alibaba/call.ts';

export interface ServerlessDevs {
  readonly root: string;
  /** Relative to `root`. */
  readonly file: string;
  /** What `env()` in the file reads. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly endpoint: string;
  readonly call: CallAlibaba;
  readonly say: (line: string) => void;
}

type Props = Omit<FunctionsYaml['resources']['reaper']['props'], 'logConfig'>;
type Send = (action: string, method: string, path: string, body: object) => Promise<unknown>;

export async function deployFunctions(options: ServerlessDevs): Promise<void> {
  const { resources } = filled(options);
  for (const { props } of Object.values(resources)) {
    const send: Send = (action, method, path, body) =>
      options.call({
        endpoint: options.endpoint,
        action,
        version: '2023-03-30',
        roa: { method, path: `/2023-03-30${path}`, body },
      });
    await deployOne(props, options.root, send);
    options.say(`${props.functionName}: deployed`);
  }
}

/** `env()` and `vars` are filled in as Serverless Devs does; its own `preview` is held against the file elsewhere. */
function filled({ root, file, variables }: ServerlessDevs): FunctionsYaml {
  const raw = FunctionsYaml.parse(parse(readFileSync(join(root, file), 'utf8')));
  const env = (text: string) =>
    text.replace(
      /\$\{env\('(\w+)'(?:, '([^']*)')?\)\}/g,
      (_, name: string, preset?: string) => variables[name] || (preset ?? notFound(name)),
    );
  const text = (part: string) =>
    env(part.replace(/\$\{vars\.(\w+)\}/g, (_, name: string) => raw.vars[name] ?? ''));
  return FunctionsYaml.parse(mapped(raw, text));
}

function notFound(name: string): never {
  throw new Error(`env('${name}') not found`);
}

function mapped(value: unknown, text: (part: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((each) => mapped(each, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapped(each, text)]));
}

async function deployOne(props: Props, root: string, send: Send): Promise<void> {
  const { functionName, triggers = [], asyncInvokeConfig, concurrencyConfig } = props;
  const { description, runtime, handler, role, timeout, memorySize, environmentVariables } = props;
  const network = {
    internetAccess: props.internetAccess,
    ...(props.vpcConfig ? { vpcConfig: props.vpcConfig } : {}),
  };
  const path = `/functions/${functionName}`;
  const code = { zipFile: zipped(join(root, props.code)).toString('base64') };
  const settings = {
    description,
    runtime,
    handler,
    role,
    timeout,
    memorySize,
    environmentVariables,
    code,
    ...network,
  };
  await send('CreateFunction', 'POST', '/functions', { functionName, ...settings }).catch(
    orElse(() => send('UpdateFunction', 'PUT', path, settings)),
  );
  if (asyncInvokeConfig)
    await send('PutAsyncInvokeConfig', 'PUT', `${path}/async-invoke-config`, asyncInvokeConfig);
  if (concurrencyConfig) await send('PutConcurrencyConfig', 'PUT', `${path}/concurrency`, concurrencyConfig);
  for (const { triggerConfig, ...trigger } of triggers) {
    const body = { ...trigger, triggerConfig: JSON.stringify(triggerConfig) };
    const update = () => send('UpdateTrigger', 'PUT', `${path}/triggers/${trigger.triggerName}`, body);
    await send('CreateTrigger', 'POST', `${path}/triggers`, body).catch(orElse(update));
  }
}

/** It is there already: changed instead. */
const orElse =
  (update: () => Promise<unknown>) =>
  (error: unknown): Promise<unknown> => {
    if (error instanceof AlibabaRefusal && error.statusCode === 409) return update();
    throw error;
  };

/** All files of a folder; without a time of their own, so that the same code is the same bytes. */
export function zipped(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const contents = files.map((path) => [relative(folder, path), new Uint8Array(readFileSync(path))] as const);
  return Buffer.from(zipSync(Object.fromEntries(contents), { level: 1, mtime: '1980-01-02' }));
}
