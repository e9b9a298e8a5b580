/** Other deployments in the same account: of the same name in another region, or with something of the same name. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DeployAccount, deployAccount, VARIABLES } from '../account.ts';

let here: DeployAccount;
beforeEach(async () => {
  here = await deployAccount();
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  // As their stack made them; roles are the account's, whatever the region.
  for (const kind of ['webhook', 'launcher', 'reaper', 'mirror'])
    here.management.roles.set(`ci-runner-${kind}`, { trust: {}, policies: new Map() });
  here.changes();
  here.said.length = 0;
});
afterEach(() => here.close());

const stacks = () => [...here.management.stacks.values()].map(({ name, region }) => `${name} ${region}`);

describe('a deployment of the same name, whose functions live in another region', () => {
  beforeEach(() => {
    here.write(here.yaml().replace('region: cn-hongkong', 'region: ap-southeast-1'));
    // The simulated Function Compute is of one region: in another they are not to be seen.
    here.management.functions.clear();
  });
  const ELSEWHERE = /ci-runner-reaper.* another deployment .*called ci.* another name/;

  test('keeps its network, which a deploy would change, and then fail', async () => {
    here.write(here.yaml().replace('k: vsw-', 'h: vsw-pending, k: vsw-'));
    expect(await here.deploy()).toBe(1);
    expect(here.said.join('\n')).toMatch(ELSEWHERE);
    expect(here.changes()).toEqual([]);
  });

  test('is none where only the first deploy came half-way: another goes on from there', async () => {
    here.management.roles.clear();
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
  });

  test('outlives a destroy: its network and images are not the other’s to remove', async () => {
    const before = stacks();
    expect(await here.destroy()).toBe(1);
    expect(here.said.join('\n')).toMatch(ELSEWHERE);
    expect(here.changes()).toEqual([]);
    expect(stacks()).toEqual(before);
  });
});

test('a deploy over functions of another App says so: they may be another deployment’s', async () => {
  here.variables = { ...VARIABLES, GITHUB_APP_ID: '43' };
  here.isConfirmed = false;
  expect(await here.deploy()).toBe(1);
  expect(here.said.join('\n')).toMatch(/of another GitHub App \(42, and here 43\)/);
});

describe('a copy of runners.yaml under another name', () => {
  const copied = (from: string, to: string) =>
    here.write(here.yaml().replace('name: ci', 'name: ci-2').replace(from, to));
  const BUCKET = ['securityGroup: ', 'mirrorBucket: acme-runners\n    securityGroup: '] as const;

  test.each([
    ['bucket acme-runners', 'ci-runner-cn-hangzhou in cn-hangzhou', 'mirrorBucket', ...BUCKET],
    [
      'TableStore instance ci-run',
      'ci-runner-control in cn-hongkong',
      'tablestoreInstance',
      'control:',
      'control:\n  tablestoreInstance: ci-run',
    ],
  ])('is not deployed over the %s of %s', async (what, stack, key, from, to) => {
    if (key === 'mirrorBucket') here.write(here.yaml().replace(from, to));
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    here.changes();
    copied(key === 'mirrorBucket' ? '' : from, key === 'mirrorBucket' ? '' : to);
    expect(await here.deploy()).toBe(1);
    expect(here.said.at(-1)).toMatch(`The ${what} is that of the stack ${stack}, of another deployment`);
    expect(here.said.at(-1)).toContain(`${key}.`);
    expect(here.changes()).toEqual([]);
  });

  test('names the first one’s identity provider: RAM takes one for each issuer', async () => {
    here.github = async () => ({ status: 404, headers: {}, data: {} });
    here.write(here.yaml().replace('control:', 'control:\n  deployFrom: { repository: my-org/infra }'));
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    here.changes();
    copied('', '');
    expect(await here.deploy()).toBe(1);
    expect(here.said.at(-1)).toMatch(
      /^The stack ci-runner-control in cn-hongkong, .* write control\.deployFrom\.provider: ci-runner-github\./,
    );
    expect(here.changes()).toEqual([]);
    copied('repository: my-org/infra', 'repository: my-org/infra, provider: ci-runner-github');
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
  });

  test('with names of its own is deployed beside the first, which stays as it is', async () => {
    const before = stacks();
    copied('', '');
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    expect(stacks()).toEqual([
      ...before,
      'ci-2-runner-cn-hangzhou cn-hangzhou',
      'ci-2-runner-control cn-hongkong',
    ]);
    expect(await here.destroy(), here.said.join('\n')).toBe(0);
    expect(stacks()).toEqual(before);
    expect([...here.management.functions.keys()].sort()).toEqual([
      'ci-launcher',
      'ci-mirror',
      'ci-reaper',
      'ci-webhook',
    ]);
  });
});

test('a network in which others have machines is not destroyed: their way out would go first', async () => {
  const [vpc] = [...here.management.stacks.values()].map(({ outputs }) => outputs.VpcId);
  here.machines.set(vpc ?? '', ['i-1 (ci-2-runner-arm64-spot-7-1)']);
  expect(await here.destroy()).toBe(1);
  expect(here.said.at(-1)).toMatch(/^Not now: i-1 \(ci-2-runner-arm64-spot-7-1\): in the network vpc-/);
  expect(here.changes()).toEqual([]);
  here.machines.clear();
  expect(await here.destroy(), here.said.join('\n')).toBe(0);
});
