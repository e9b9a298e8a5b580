/**
 * Stands in for Serverless Devs, whose component comes from its own registry: `s deploy -y -t FILE` reads the same file
 * and makes the same calls of Function Compute, so that a deploy can be tried where neither can be reached.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FunctionsYaml, filledYaml } from '../../infra/functions-yaml.ts';
import { archiveOf } from '../../infra/release.ts';
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
  const { root, file, variables } = options;
  // Its own `preview` is held against the file elsewhere.
  const { resources } = filledYaml(readFileSync(join(root, file), 'utf8'), variables);
  for (const { props } of Object.values(resources)) {
    const send: Send = (action, method, path, body) =>
      options.call({
        endpoint: options.endpoint,
        action,
        version: '2023-03-30',
        roa: { method, path: `/2023-03-30${path}`, body },
      });
    await deployOne(props, root, send);
    options.say(`${props.functionName}: deployed`);
  }
}

async function deployOne(props: Props, root: string, send: Send): Promise<void> {
  const { functionName, triggers = [], asyncInvokeConfig, concurrencyConfig } = props;
  const { description, runtime, handler, role, timeout, memorySize, environmentVariables } = props;
  const network = {
    internetAccess: props.internetAccess,
    ...(props.vpcConfig ? { vpcConfig: props.vpcConfig } : {}),
  };
  const path = `/functions/${functionName}`;
  const code = { zipFile: archiveOf(join(root, props.code)).toString('base64') };
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
