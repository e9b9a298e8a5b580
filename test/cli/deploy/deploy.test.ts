import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { redact } from '../../../cli/deploy/serverless-devs.ts';
import { differences } from '../../../cli/shared/stacks.ts';
import { type DeployAccount, deployAccount, VARIABLES } from './account.ts';
import { WEBHOOK_URL } from './played.ts';

let here: DeployAccount;
beforeEach(async () => {
  here = await deployAccount();
});
afterEach(() => here.close());

const releases = () => [...here.management.functions.values()].map(({ description }) => description);
const stacks = () => [...here.management.stacks.values()].map(({ name, status }) => `${name} ${status}`);

describe('the first deploy', () => {
  test('makes networks, then roles that name them, then functions, and says where the webhook is', async () => {
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    expect(stacks()).toEqual(['ci-runner-cn-hangzhou CREATE_COMPLETE', 'ci-runner-control CREATE_COMPLETE']);
    expect([...here.management.functions.keys()].sort()).toEqual([
      'ci-launcher',
      'ci-mirror',
      'ci-reaper',
      'ci-webhook',
    ]);
    expect(here.said.at(-1)).toBe(`The webhook: ${WEBHOOK_URL}`);
    const [, control] = [...here.management.stacks.values()];
    expect(control?.template).toContain(here.config().placements[0]?.securityGroup);
    expect(control?.template).not.toContain('pending');
    expect(here.mirrored).toEqual(['ci-reaper']);
  });

  test('writes the ids into runners.yaml, and leaves the operator’s words alone', async () => {
    const before = here.yaml();
    await here.deploy();
    const [placement] = here.config().placements;
    expect(placement?.securityGroup).toMatch(/^sg-securitygroupid/);
    expect(placement?.zones).toEqual({
      b: expect.stringMatching(/^vsw-/),
      k: expect.stringMatching(/^vsw-/),
    });
    const comments = (text: string) => text.match(/#.*/g)?.map((comment) => comment.trim());
    expect(comments(here.yaml())).toEqual(comments(before));
  });

  test('shows what it will do before it does anything, and does nothing when that is refused', async () => {
    here.isConfirmed = false;
    expect(await here.deploy()).toBe(1);
    expect(here.said).toContain('create ci-runner-cn-hangzhou in cn-hangzhou');
    expect(here.said).toContain('  + SecurityGroup');
    expect(here.said).toContain('+ ci-webhook');
    expect(here.changes()).toEqual([]);
  });

  test('is refused without an App', async () => {
    here.variables = {};
    expect(await here.deploy()).toBe(1);
    expect(here.said.join()).toContain('GITHUB_APP_ID, GITHUB_PRIVATE_KEY, WEBHOOK_SECRET: not set');
    expect(here.changes()).toEqual([]);
  });
});

describe('another deploy', () => {
  beforeEach(async () => {
    await here.deploy();
    here.changes();
    here.said.length = 0;
  });

  test('of the same changes nothing', async () => {
    expect(await here.deploy()).toBe(0);
    expect(here.changes()).toEqual([]);
    expect(here.said).toEqual(['Nothing to change.', `The webhook: ${WEBHOOK_URL}`]);
  });

  test('of new code changes the functions only, and keeps the old version', async () => {
    const [old] = releases();
    here.source = 'two';
    expect(await here.deploy()).toBe(0);
    // The role for Serverless Devs' key comes and goes.
    const isRole = (call: string) => /^(ram|sts):/.test(call);
    expect(new Set(here.changes().filter((call) => !isRole(call)))).toEqual(
      new Set(['fc:PublishFunctionVersion', 's:deploy']),
    );
    expect([...here.management.roles.keys()]).not.toContain('ci-runner-deploying');
    expect(releases()[0]).not.toBe(old);
    for (const { versions } of here.management.functions.values())
      expect(versions.map(({ description }) => description)).toEqual([old]);
  });

  test('of another secret tells the functions, and shows no value', async () => {
    here.variables = { ...VARIABLES, WEBHOOK_SECRET: 'hunter2-hunter2-hunter2' };
    expect(await here.deploy()).toBe(0);
    expect(here.management.functions.get('ci-webhook')?.environmentVariables.WEBHOOK_SECRET).toBe(
      'hunter2-hunter2-hunter2',
    );
    expect(here.said.join()).not.toContain('hunter2');
  });

  test('of another zone changes that network, and says so', async () => {
    here.write(here.yaml().replace('k: vsw-', 'h: vsw-pending, k: vsw-'));
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    expect(here.said).toContain('change ci-runner-cn-hangzhou in cn-hangzhou');
    expect(here.said).toContain('  + VSwitchH');
    expect(here.config().placements[0]?.zones.h).toMatch(/^vsw-vswitchidh/);
  });
});

describe('what goes wrong', () => {
  test('functions that could not be deployed: the next deploy goes on', async () => {
    here.toolCode = 3;
    expect(await here.deploy()).toBe(1);
    expect(here.said.at(-1)).toContain('Serverless Devs ended with 3');
    here.toolCode = 0;
    here.changes();
    expect(await here.deploy()).toBe(0);
    expect(here.changes().filter((call) => call.startsWith('ros:'))).toEqual([]);
  });
});

describe('small things', () => {
  test('a key in a file reaches the functions on one line', async () => {
    writeFileSync(join(here.root, 'app.pem'), '-----BEGIN X-----\nabc\n-----END X-----\n');
    here.variables = { ...VARIABLES, GITHUB_PRIVATE_KEY: 'file:app.pem' };
    await here.deploy();
    expect(here.management.functions.get('ci-launcher')?.environmentVariables.GITHUB_PRIVATE_KEY).toBe(
      '-----BEGIN X-----\\nabc\\n-----END X-----',
    );
  });

  test('the webhook gets the value of an OOS parameter, because the right to read one is too wide for it', async () => {
    here.management.secrets.set('ci-hook', 'kept-in-oos-by-the-operator');
    here.variables = { ...VARIABLES, GITHUB_PRIVATE_KEY: 'oos:ci-key', WEBHOOK_SECRET: 'oos:ci-hook' };
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    const told = (name: string) => here.management.functions.get(name)?.environmentVariables;
    expect(told('ci-webhook')?.WEBHOOK_SECRET).toBe('kept-in-oos-by-the-operator');
    expect(told('ci-launcher')?.GITHUB_PRIVATE_KEY).toBe('oos:ci-key');
    expect(here.said.join()).not.toContain('kept-in-oos');
    here.changes();
    expect(await here.deploy()).toBe(0);
    expect(here.changes()).toEqual([]);
  });

  test.each(['KMS:ci-hook-of-the-deployment', 'oss:ci-hook-of-the-deployment', 'hunter2'])(
    'a secret that the functions would refuse is not deployed: %s',
    async (text) => {
      here.variables = { ...VARIABLES, WEBHOOK_SECRET_PREVIOUS: text };
      expect(await here.deploy()).toBe(1);
      expect(here.said.join()).toMatch(/^WEBHOOK_SECRET_PREVIOUS: (looks like a reference|is shorter)/);
      expect(here.said.join()).not.toContain(text);
      expect(here.changes()).toEqual([]);
    },
  );

  test('GitHub’s addresses reach the webhook where they are asked for, and again when they changed', async () => {
    const told = () => here.management.functions.get('ci-webhook')?.environmentVariables.HOOK_RANGES;
    await here.deploy();
    expect(told()).toBe('');
    here.write(`${here.yaml().replace('  runnerGroup:', '  hooksOnly: true\n  runnerGroup:')}`);
    await here.deploy();
    expect(told()).toBe('192.30.252.0/22');
    here.hooks = ['2a0a:a440::/29', '192.30.252.0/22'];
    expect(await here.deploy()).toBe(0);
    expect(told()).toBe('192.30.252.0/22,2a0a:a440::/29');
    here.hooks = ['anywhere'];
    await expect(here.deploy()).rejects.toThrow('must be an address range');
  });

  test('a fixed address is made first and then used', async () => {
    here.write(here.yaml().replace('  # fixedAddress:', '  fixedAddress:'));
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    expect(here.config().control.fixedAddress).toMatchObject({
      vpc: expect.stringMatching(/^vpc-/),
      vSwitch: expect.stringMatching(/^vsw-/),
      securityGroup: expect.stringMatching(/^sg-/),
    });
    expect(here.said.join('\n')).toMatch(/The functions call from [\w.]+\./);
    here.changes();
    expect(await here.deploy()).toBe(0);
    expect(here.changes()).toEqual([]);
  });

  test('what a tool prints shows no secret, not even a part of a key', () => {
    const key = '-----BEGIN-----\\nMIIEowIBAAKCAQEAwPart1\\n-----END-----';
    expect(redact('GITHUB_PRIVATE_KEY: MIIEowIBAAKCAQEAwPart1 s3cret', [key, 's3cret'])).toBe(
      'GITHUB_PRIVATE_KEY: *** ***',
    );
  });

  test('changes are told by resource', () => {
    const before = { Resources: { A: 1, B: { x: 1 }, C: 3 } };
    const after = { Resources: { A: 1, B: { x: 2 }, D: 4 }, Outputs: { O: 1 } };
    expect(differences(before, after)).toEqual(['+ D', '~ B', '- C', '~ outputs']);
  });
});
