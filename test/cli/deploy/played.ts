/** Serverless Devs, played by what its component would do with the same file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { FunctionsYaml } from '../../../infra/functions-yaml.ts';
import { archiveOf } from '../../../infra/release.ts';
import type { ManagementState } from '../../../simulator/management/index.ts';

export const WEBHOOK_URL = 'https://webhook.cn-hongkong.fcapp.run';

/** env() and vars filled in as Serverless Devs does (its own `preview` is held against the file elsewhere). */
export function played(
  { root, management }: { readonly root: string; readonly management: ManagementState },
  file: string,
  variables: Readonly<Record<string, string>>,
): void {
  const env = (text: string) =>
    text.replace(
      /\$\{env\('(\w+)'(?:, '([^']*)')?\)\}/g,
      (_, name: string, fallback?: string) => variables[name] || (fallback ?? `no ${name}`),
    );
  const raw = FunctionsYaml.parse(parse(readFileSync(join(root, file), 'utf8')));
  const vars = Object.fromEntries(Object.entries(raw.vars).map(([name, value]) => [name, env(value)]));
  const filled = (text: string) =>
    env(text).replace(/\$\{vars\.(\w+)\}/g, (_, name: string) => vars[name] ?? '');
  for (const { props } of Object.values(raw.resources)) {
    const name = filled(props.functionName);
    const { asyncInvokeConfig: invoked, concurrencyConfig } = props;
    const onFailure = invoked?.destinationConfig?.onFailure.destination;
    management.calls.push('s:deploy');
    management.functions.set(name, {
      description: filled(props.description),
      role: filled(props.role),
      timeout: props.timeout,
      memorySize: props.memorySize,
      code: archiveOf(join(root, props.code)),
      environmentVariables: Object.fromEntries(
        Object.entries(props.environmentVariables).map(([key, value]) => [key, filled(value)]),
      ),
      onFailure: onFailure === undefined ? null : filled(onFailure),
      ...(invoked && {
        ...{ isAsync: true, asyncRetries: invoked.maxAsyncRetryAttempts },
        asyncAgeS: invoked.maxAsyncEventAgeInSeconds,
      }),
      ...(concurrencyConfig && { concurrency: concurrencyConfig.reservedConcurrency }),
      versions: management.functions.get(name)?.versions ?? [],
      triggers: (props.triggers ?? []).map(({ triggerName, triggerType, triggerConfig }) => ({
        name: triggerName,
        type: triggerType,
        config: triggerConfig,
        url: triggerType === 'http' ? WEBHOOK_URL : null,
      })),
    });
  }
}
