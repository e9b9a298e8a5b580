/** What the simulated management refuses, as the services do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { functionsIn } from '../../infra/functions-yaml.ts';
import { createManagement, functionAct } from '../../simulator/management/index.ts';

const state = createManagement('1234567890123456');

function call(method: string, path: string, body: Record<string, unknown>): object | undefined {
  return functionAct({ method, path, query: {}, body, origin: '' })?.run(state);
}

test('four deployments have a place in one region of one account, and no fifth: 90 of 100 instances can be reserved', () => {
  const source = readFileSync(join(import.meta.dirname, '../../s.yaml'), 'utf8');
  const wanted = functionsIn(source).resources.webhook.props.concurrencyConfig ?? {};
  const deployed = (functionName: string) => {
    call('POST', '/functions', { functionName });
    call('PUT', `/functions/${functionName}/concurrency`, wanted);
  };
  for (const name of ['a', 'b', 'c', 'd']) deployed(name);
  // Once more is no more.
  expect(call('PUT', '/functions/a/concurrency', wanted)).toEqual({});
  expect(() => deployed('e')).toThrow('no more than 90');
});
