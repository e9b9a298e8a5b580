import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deployPermissions } from '../../../infra/deploy-policy.ts';
import { type DeployAccount, deployAccount, VARIABLES } from './account.ts';

let here: DeployAccount;
beforeEach(async () => {
  here = await deployAccount();
});
afterEach(() => here.close());

const releases = () => [...here.management.functions.values()].map(({ description }) => description);
const _stacks = () => [...here.management.stacks.values()].map(({ name, status }) => `${name} ${status}`);

const BEIJING = `  - region: cn-beijing
    network: { cidr: 10.90.0.0/16 }
    zones: { h: vsw-pending }
    securityGroup: sg-pending
    mirrorBucket: ci-runner-beijing`;

describe('going back', () => {
  test('brings the code of the release before, and keeps today’s secrets', async () => {
    await here.deploy();
    const [old] = releases();
    const code = here.management.functions.get('ci-launcher')?.code;
    here.source = 'two';
    here.variables = { ...VARIABLES, GITHUB_PRIVATE_KEY: 'kms:rotated' };
    await here.deploy();
    await here.rollBack();
    expect(releases()).toEqual([old, old, old, old]);
    const launcher = here.management.functions.get('ci-launcher');
    expect(launcher?.code.equals(code as Buffer)).toBe(true);
    expect(launcher?.environmentVariables.GITHUB_PRIVATE_KEY).toBe('kms:rotated');
    // Forwards is a deploy's way.
    await expect(here.rollBack()).rejects.toThrow('no earlier version to go back to');
    expect(releases()).toEqual([old, old, old, old]);
  });

  test('brings back no secret that was good then and is not now', async () => {
    here.variables = { ...VARIABLES, WEBHOOK_SECRET_PREVIOUS: 'kms:leaked' };
    await here.deploy();
    here.source = 'two';
    here.variables = VARIABLES;
    await here.deploy();
    const webhook = () => here.management.functions.get('ci-webhook');
    // What is empty a service may leave out.
    const { WEBHOOK_SECRET_PREVIOUS: _, ...without } = webhook()?.environmentVariables ?? {};
    Object.assign(webhook() ?? {}, { environmentVariables: without });
    await here.rollBack();
    expect(webhook()?.environmentVariables).toEqual(without);
  });

  test('is refused, and changes nothing, where there is nothing to go back to', async () => {
    await here.deploy();
    here.changes();
    await expect(here.rollBack()).rejects.toThrow('ci-webhook has no earlier version to go back to');
    expect(here.changes()).toEqual([]);
  });

  test('keeps five versions and no more', async () => {
    for (let release = 0; release < 7; release++) {
      here.source = String(release);
      await here.deploy();
    }
    for (const { versions } of here.management.functions.values()) expect(versions).toHaveLength(5);
  });
});

describe('destroy', () => {
  beforeEach(async () => {
    await here.deploy();
    here.source = 'two';
    await here.deploy();
    here.changes();
    here.said.length = 0;
  });

  test('removes every function, trigger, version and stack, after showing them', async () => {
    expect(await here.destroy(), here.said.join('\n')).toBe(0);
    expect(here.said.slice(0, 6)).toEqual([
      '- function ci-webhook',
      '- function ci-launcher',
      '- function ci-reaper',
      '- function ci-mirror',
      '- stack ci-runner-control in cn-hongkong, and all its resources',
      '- stack ci-runner-cn-hangzhou in cn-hangzhou, and all its resources',
    ]);
    expect([here.management.functions.size, here.management.stacks.size]).toEqual([0, 0]);
    expect(await here.destroy()).toBe(0);
    expect(here.said.at(-1)).toBe('There is nothing of ci.');
  });

  test('is refused while a runner is busy', async () => {
    here.busy = [['ci-runner-arm64-spot-1-1']];
    expect(await here.destroy()).toBe(1);
    expect(here.said.join('\n')).toContain(
      'a runner may be busy: ci-runner-arm64-spot-1-1. Wait until their machines are gone',
    );
    expect(here.changes()).toEqual([]);
  });

  test('stops when a launch slipped in before launches were stopped', async () => {
    here.busy = [[], ['ci-runner-arm64-spot-2-1']];
    expect(await here.destroy()).toBe(1);
    expect([...new Set(here.changes())]).toEqual(['ledger:stop', 'fc:DeleteTrigger']);
    expect(here.management.stacks.size).toBe(2);
    expect(here.said.at(-1)).toMatch(/^To keep .* npm run deploy .* npm run setup .* npm run resume/);
    expect(await here.destroy()).toBe(0);
  });

  test('stops when one showed itself while a build was being stopped, before anything of it goes', async () => {
    here.busy = [[], [], ['ci-runner-arm64-spot-3-1']];
    expect(await here.destroy()).toBe(1);
    expect([...new Set(here.changes())]).toEqual(['ledger:stop', 'fc:DeleteTrigger']);
  });

  test('removes what a placement left that is in runners.yaml no more: mirror, images, network', async () => {
    const beijing = here.yaml().replace(/^placements:.*$/m, (line) => `${line}\n${BEIJING}`);
    const without = here.yaml();
    here.write(beijing);
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    here.write(without);
    const looked: string[] = [];
    const none = { things: [], complete: true };
    const images = async (region: string) => {
      looked.push(region);
      return none;
    };
    here.images = { ...here.images, images, builds: images };
    expect(await here.destroy(), here.said.join('\n')).toBe(0);
    expect(here.said).toContain('- function ci-mirror-cn-beijing');
    expect(here.said).toContain('- stack ci-runner-cn-beijing in cn-beijing, and all its resources');
    expect(new Set(looked)).toEqual(new Set(['cn-hangzhou', 'cn-beijing']));
    expect([here.management.functions.size, here.management.stacks.size]).toEqual([0, 0]);
  });

  test('after it came half-way, a deploy makes all of it again', async () => {
    here.busy = [[], ['ci-runner-arm64-spot-2-1']];
    await here.destroy();
    here.said.length = 0;
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    expect(here.said).toContain('~ ci-webhook: trigger github is not as it must be');
    expect(here.said.at(-1)).toBe('If that address is a new one, npm run setup tells GitHub of it.');
    expect(here.management.functions.get('ci-reaper')?.triggers).toHaveLength(1);
  });

  test('without a ledger asks none: what is left goes', async () => {
    for (const [id, { name }] of here.management.stacks)
      if (name.endsWith('-control')) here.management.stacks.delete(id);
    expect(await here.destroy(), here.said.join('\n')).toBe(0);
    expect(here.changes()).not.toContain('ledger:stop');
  });

  test('does nothing without the operator’s word', async () => {
    here.isConfirmed = false;
    expect(await here.destroy()).toBe(1);
    expect(here.said.at(-1)).toMatch(/^That is not \w+: nothing was removed\.$/);
    expect(here.changes()).toEqual([]);
  });
});

describe('a workflow’s role', () => {
  const allowed = () => new Set(deployPermissions(here.config(), '12').map(({ action }) => action));
  const restrict = () => {
    const may = allowed();
    for (const action of here.everCalled())
      if (!may.has(action) && action !== 's:deploy' && action !== 'sts:GetCallerIdentity')
        here.denied.add(action);
  };

  test('is enough for new code, and for going back', async () => {
    here.management.identity = 'assumed-role/ci-runner-deploy/github';
    await here.deploy();
    here.source = 'two';
    await here.deploy();
    restrict();
    here.source = 'three';
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    await here.rollBack();
    expect([...here.denied].sort()).toEqual(['ram:GetRole', 'ros:CreateStack']);
  });

  test('is not enough to change infrastructure', async () => {
    await here.deploy();
    here.denied.add('ros:UpdateStack');
    here.write(here.yaml().replace('k: vsw-', 'h: vsw-pending, k: vsw-'));
    await expect(here.deploy()).rejects.toThrow('UpdateStack was refused: 403 NoPermission');
    expect(allowed().has('ros:UpdateStack')).toBe(false);
  });
});
