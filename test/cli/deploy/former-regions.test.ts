/** A placement is taken out of runners.yaml: the rights of the reaper there outlive it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DeployAccount, deployAccount } from './account.ts';

let here: DeployAccount;
const BEIJING = `placements:
  - region: cn-beijing
    zones: {h: vsw-2zeabcdefgh}
    securityGroup: sg-2zeabcdefgh
`;
let withOne = '';
beforeEach(async () => {
  here = await deployAccount();
  await here.deploy();
  withOne = here.yaml();
  here.write(
    withOne.replace('placements:', BEIJING.trimEnd()).replace(/placements:.*#.*\n/, 'placements:\n'),
  );
  expect(here.config().placements.map(({ region }) => region)).toEqual(['cn-beijing', 'cn-hangzhou']);
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  here.write(withOne);
  here.said.length = 0;
});
afterEach(() => here.close());

const UNTIL_MS = Date.UTC(2026, 11, 6);

/** Regions that the reaper may look at and delete in; and where the launcher may run. */
function regionsOf(role: 'RoleReaper' | 'RoleLauncher'): string[] {
  const control = [...here.management.stacks.values()].find(({ name }) => name === 'ci-runner-control');
  const { Resources } = JSON.parse(control?.template ?? '{}') as { Resources: Record<string, unknown> };
  const found = JSON.stringify(Resources[role]).matchAll(/acs:ecs:([a-z0-9-]+):/g);
  return [...new Set([...found].map(([, region]) => region as string))].sort();
}

test('while the ledger names the region the reaper keeps its rights there, the launcher does not, and it is said', async () => {
  here.regionsInUse = async () => new Map([['cn-beijing', UNTIL_MS]]);
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  expect(regionsOf('RoleReaper')).toEqual(['cn-beijing', 'cn-hangzhou']);
  expect(regionsOf('RoleLauncher')).toEqual(['cn-hangzhou']);
  expect(here.said).toContainEqual(
    expect.stringMatching(/^cn-beijing: no placement any more\. .*until 2026-12-06/),
  );
});

test('once nothing of ours can live there, the rights go, and it is said', async () => {
  here.regionsInUse = async () => new Map([['cn-beijing', UNTIL_MS]]);
  await here.deploy();
  here.regionsInUse = async () => new Map([['cn-hangzhou', UNTIL_MS]]);
  here.said.length = 0;
  expect(await here.deploy()).toBe(0);
  expect(regionsOf('RoleReaper')).toEqual(['cn-hangzhou']);
  expect(here.said).toContainEqual(
    'cn-beijing: nothing of ours is left there, and the reaper’s rights there go.',
  );
  here.said.length = 0;
  await here.deploy();
  expect(here.said.join()).not.toContain('cn-beijing');
});

test('a ledger that cannot be read proves nothing unused: the rights stay', async () => {
  here.regionsInUse = async () => {
    throw new Error('OTSAuthFailed');
  };
  expect(await here.deploy()).toBe(0);
  expect(regionsOf('RoleReaper')).toEqual(['cn-beijing', 'cn-hangzhou']);
  expect(here.said).toContainEqual(
    expect.stringMatching(/^cn-beijing: the ledger could not be read \(OTSAuthFailed\)/),
  );
});

test('rights that an earlier version took away come back where the ledger names a runner', async () => {
  await here.deploy();
  expect(regionsOf('RoleReaper')).toEqual(['cn-hangzhou']);
  here.regionsInUse = async () => new Map([['cn-beijing', UNTIL_MS]]);
  await here.deploy();
  expect(regionsOf('RoleReaper')).toEqual(['cn-beijing', 'cn-hangzhou']);
});
