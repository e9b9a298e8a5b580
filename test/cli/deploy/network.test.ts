/** Commands on a bad network: a connection that is cut, before a call has its effect or after. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isRepeatable } from '../../../cli/shared/try-again.ts';
import { type DeployAccount, deployAccount } from './account.ts';
import { WEBHOOK_URL } from './played.ts';

let here: DeployAccount;
beforeEach(async () => {
  here = await deployAccount();
});
afterEach(() => here.close());

const stacks = () => [...here.management.stacks.values()].map(({ name, status }) => `${name} ${status}`);

const FIRST = ['GetCallerIdentity', 'ListStacks', 'GetStack', 'GetFunction', 'ListTriggers', 'CreateStack'];
const SECOND = ['GetTemplate', 'UpdateStack', 'ListFunctionVersions', 'GetStack'];

test.each(['before', 'after'] as const)(
  'cut %s its effect, each call that may be said again is, and each stack is made and changed once',
  async (when) => {
    const lose = (action: string) => void here.management.lost.push({ action, when }, { action, when });
    FIRST.forEach(lose);
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    expect(stacks()).toEqual(['ci-runner-cn-hangzhou CREATE_COMPLETE', 'ci-runner-control CREATE_COMPLETE']);
    expect(here.said.at(-1)).toBe(`The webhook: ${WEBHOOK_URL}`);
    here.write(`${here.yaml()}\nselfDestruct: { roleName: ci-self-destruct }\n`);
    here.source = 'two';
    SECOND.forEach(lose);
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    expect(here.management.lost).toEqual([]);
    expect(stacks()).toEqual(['ci-runner-cn-hangzhou CREATE_COMPLETE', 'ci-runner-control UPDATE_COMPLETE']);
  },
);

test('three times is enough: then it fails, naming what was asked, and the next run goes on', async () => {
  const lost = { action: 'ListStacks', when: 'before' } as const;
  here.management.lost.push(lost, lost, lost, lost, lost, lost);
  await expect(here.deploy()).rejects.toThrow('ListStacks got no answer from 127.0.0.1');
  here.management.lost.length = 0;
  expect(await here.deploy()).toBe(0);
});

test('what may have had its effect is not said again', async () => {
  await here.deploy();
  here.changes();
  here.management.lost.push({ action: 'DeleteStack', when: 'after' });
  await expect(here.destroy()).rejects.toThrow('DeleteStack got no answer');
  expect(here.changes().filter((call) => call === 'ros:DeleteStack')).toHaveLength(1);
  expect(await here.destroy(), here.said.join('\n')).toBe(0);
  expect(here.management.stacks.size).toBe(0);
});

// biome-ignore format: a table reads best as a table.
test.each([
  [{ action: 'DescribeInstances' },                                             true],
  [{ action: 'GetSecretValue' },                                                true],
  [{ action: 'UpdateFunction', roa: { method: 'PUT', path: '/' } },             true],
  [{ action: 'CreateStack', query: { ClientToken: 'a' } },                      true],
  [{ action: 'CreateStack' },                                                   false],
  [{ action: 'CreateSecret' },                                                  false],
  [{ action: 'CreateFunction', roa: { method: 'POST', path: '/' } },            false],
  [{ action: 'DeleteFunction', roa: { method: 'DELETE', path: '/' } },          false],
])('%j may be said again: %s', (call, may) => {
  expect(isRepeatable(call)).toBe(may);
});

test.each([
  ['HTTPS_PROXY', {}, true],
  ['all_proxy', {}, true],
  ['HTTP_PROXY', {}, false],
  ['HTTPS_PROXY', { NO_PROXY: '.aliyuncs.com' }, false],
  ['HTTPS_PROXY', { ALIBABA_ENDPOINT: 'http://127.0.0.1:1' }, false],
])(
  'with %s and %o, that the tool goes past it is told before anything changes: %s',
  async (name, rest, isTold) => {
    here.variables = { ...here.variables, [name]: 'http://proxy.example:3128', ...rest };
    here.isConfirmed = false;
    expect(await here.deploy()).toBe(1);
    expect(here.said.some((line) => line.includes('goes past your proxy'))).toBe(isTold);
    expect(here.changes()).toEqual([]);
  },
);
