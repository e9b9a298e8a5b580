/** `s.yaml` as resources of a template: the same functions, for those who have no Serverless Devs. */
import * as ros from '@alicloud/ros-cdk-core';
import * as fc from '@alicloud/ros-cdk-fc3';
import type { FunctionsYaml } from '../functions-yaml.ts';
import { output } from '../placement-stack.ts';

type Props = FunctionsYaml['resources']['reaper']['props'];

/** Where the archive of a function lies. */
export type CodeOf = (kind: string) => fc.RosFunction.CodeProperty;

export class FunctionsStack extends ros.Stack {
  constructor(scope: ros.Construct, { resources }: FunctionsYaml, codeOf: CodeOf) {
    super(scope, 'Functions', { stackName: 'functions' });
    for (const [kind, { props }] of Object.entries(resources))
      makeFunction(this, kind, props as Props, codeOf);
  }
}

function makeFunction(stack: ros.Stack, kind: string, props: Props, codeOf: CodeOf): void {
  const { triggers = [], asyncInvokeConfig, concurrencyConfig, code: _, ...settings } = props;
  const title = titleOf(kind);
  const made = new fc.Function(stack, title, { ...settings, code: codeOf(kind) } as fc.FunctionProps);
  const functionName = made.attrFunctionName;
  if (asyncInvokeConfig !== undefined)
    new fc.AsyncInvokeConfig(stack, `${title}Async`, {
      functionName,
      ...asyncInvokeConfig,
    } as fc.AsyncInvokeConfigProps);
  if (concurrencyConfig !== undefined)
    new fc.ConcurrencyConfig(stack, `${title}Concurrency`, { functionName, ...concurrencyConfig });
  for (const trigger of triggers) {
    const one = new fc.Trigger(stack, `${title}${titleOf(trigger.triggerName)}`, {
      functionName,
      ...trigger,
    });
    if (trigger.triggerType === 'http') output(stack, 'WebhookUrl', one.attrUrlInternet);
  }
}

export const titleOf = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}`;
