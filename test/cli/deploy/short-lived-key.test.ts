/** Serverless Devs is handed no key that may more than it needs, for no longer than it needs it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alibaba } from '../../../cli/shared/alibaba.ts';
import { takerOf } from '../../../cli/shared/session/short-lived-key.ts';
import { deployFunctions } from '../../../simulator/empty-account/index.ts';
import { type DeployAccount, deployAccount } from './account.ts';

let here: DeployAccount;
beforeEach(async () => {
  here = await deployAccount();
});
afterEach(() => here.close());

const ROLE = 'ci-runner-deploying';
const said = () => here.said.filter((line) => line.includes('key'));

describe('a deploy', () => {
  test('hands on a key of half an hour for functions alone, whose role only this operator may take and which is gone then', async () => {
    let trust: unknown;
    here.onTool = () => {
      trust = here.management.roles.get(ROLE)?.trust;
    };
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    const [key] = here.handed;
    expect(key?.accessKeyId).toMatch(/^STS\./);
    expect(JSON.stringify(trust)).toContain('"RAM":["acs:ram::1234567890123456:user/operator"]');
    const cloud = alibaba(async () => key as never, here.alibaba.endpoint('sts', 'cn-hongkong'));
    await expect(cloud.rpc('ram', 'cn-hongkong', 'GetRole', { RoleName: ROLE })).rejects.toThrow(
      /NoPermission/,
    );
    expect([here.management.roles.has(ROLE), here.management.policies.has(ROLE), said()]).toEqual([
      false,
      false,
      [],
    ]);
  });

  test.each(['ram:CreateRole', 'ram:AttachPolicyToRole', 'sts:AssumeRole'])(
    'by one who may not %s hands on that one’s own key, says so, and leaves no role',
    async (action) => {
      here.denied.add(action);
      expect(await here.deploy(), here.said.join('\n')).toBe(0);
      expect(here.handed[0]?.accessKeyId).not.toMatch(/^STS\./);
      expect(said()).toEqual([
        expect.stringMatching(/gets your own key: .*NoPermission.* wants ram:CreateRole/),
      ]);
      expect(here.management.roles.has(ROLE)).toBe(false);
    },
  );

  test('takes away what one that was killed has left, also when its tool fails, and destroy does', async () => {
    const left = () => {
      here.management.roles.set(ROLE, { trust: { Statement: [] }, policies: new Map([[ROLE, {}]]) });
      here.management.policies.set(ROLE, {});
    };
    left();
    here.toolCode = 7;
    expect(await here.deploy()).toBe(1);
    expect(here.handed[0]?.accessKeyId).toMatch(/^STS\./);
    expect(here.said.at(-1)).toMatch(/^Serverless Devs ended with 7\..* --own-key if/);
    expect(here.management.roles.has(ROLE)).toBe(false);
    left();
    expect(await here.destroy()).toBe(0);
    expect([here.management.roles.has(ROLE), here.management.policies.has(ROLE)]).toEqual([false, false]);
  });

  test.each([
    ['a session that took a role', 'assumed-role/Admin/jo', /^STS\./, []],
    [
      'the account itself',
      'root',
      /^LTAI/,
      [expect.stringMatching(/^Serverless Devs gets your own key: that of an account itself/)],
    ],
    ['the workflow, whose session is no wider', 'assumed-role/ci-runner-deploy/github', /^LTAI/, []],
  ] as const)('by %s', async (_what, identity, handed, lines) => {
    here.management.identity = identity;
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    expect([here.handed[0]?.accessKeyId, said()]).toEqual([expect.stringMatching(handed), lines]);
  });

  test('with --own-key makes no role', async () => {
    here.usesOwnKey = true;
    expect(await here.deploy()).toBe(0);
    expect(here.handed[0]?.accessKeyId).not.toMatch(/^STS\./);
    expect(here.everCalled()).not.toContain('ram:CreateRole');
  });
});

test.each([
  ['acs:ram::1:user/jo', 'acs:ram::1:user/jo'],
  ['acs:ram::1:assumed-role/Admin/jo', 'acs:ram::1:role/admin'],
  ['acs:ram::1:root', null],
])('%s takes a role as %s', (arn, taker) => {
  expect(takerOf(arn)).toBe(taker);
});

/** Of @serverless-devs/s 3.1.10 with fc3 0.1.22, built from its source, on this very file: seen, not copied from it. */
const LOOKS =
  'GetFunctionAsyncInvokeConfig ListVpcBindings GetScalingConfig GetConcurrencyConfig GetTempBucketToken GetFunction';
const SEEN: Readonly<Record<'Create' | 'Update', readonly string[]>> = {
  Create: seen('Create'),
  Update: seen('Update'),
};

function seen(how: string): string[] {
  const plain = `GetFunction ${LOOKS} ${how}Function PutFunctionAsyncInvokeConfig GetFunction GetFunctionAsyncInvokeConfig`;
  const triggered = `GetFunction GetTrigger ${LOOKS} ${how}Function GetTrigger ${how}Trigger PutFunctionAsyncInvokeConfig`;
  const reaper = `${triggered} GetFunction GetTrigger GetFunctionAsyncInvokeConfig`;
  const webhook = `${triggered} PutConcurrencyConfig GetFunction GetTrigger GetFunctionAsyncInvokeConfig GetConcurrencyConfig GetTrigger`;
  return [reaper, plain, webhook, plain].join(' ').split(' ');
}

test('the component’s calls need no more than the key that it is handed, first and later', async () => {
  const calls: string[][] = [];
  here.onTool = async (file, variables, key) => {
    const before = here.management.calls.length;
    const endpoint = here.alibaba.endpoint('fc', 'cn-hongkong');
    const { call } = alibaba(async () => key, endpoint);
    const say = () => undefined;
    const { accountId } = here.management;
    await deployFunctions({ root: here.root, file, variables, endpoint, accountId, call, say });
    calls.push(here.management.calls.slice(before).map((name) => name.replace('fc:', '')));
  };
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  here.source = 'two';
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  expect(calls).toEqual([SEEN.Create, SEEN.Update]);
});
