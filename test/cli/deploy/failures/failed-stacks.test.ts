/** A stack that failed, in each state that one can be left in: the next deploy goes on from there. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wayOf } from '../../../../cli/shared/stacks/states.ts';
import { type DeployAccount, deployAccount } from '../account.ts';

let here: DeployAccount;
beforeEach(async () => {
  here = await deployAccount();
});
afterEach(() => here.close());

const BECAUSE = 'no address is left for the EIP';
const stacks = () => [...here.management.stacks.values()].map(({ name, status }) => `${name} ${status}`);
const DONE = ['ci-runner-cn-hangzhou CREATE_COMPLETE', 'ci-runner-control CREATE_COMPLETE'];
const control = () => {
  const found = [...here.management.stacks.values()].find(({ name }) => name.endsWith('-control'));
  if (found === undefined) throw new Error('there is no control stack');
  return found;
};
const withRole = () => `${here.yaml()}\nselfDestruct: { roleName: ci-self-destruct }\n`;

test('one that could not be made was rolled back: it is told with its reason, and made again by the next deploy', async () => {
  here.management.stackFailure = BECAUSE;
  await expect(here.deploy()).rejects.toThrow(`ended as CREATE_ROLLBACK_COMPLETE: Resource: ${BECAUSE}`);
  expect(stacks()).toEqual(['ci-runner-cn-hangzhou CREATE_ROLLBACK_COMPLETE']);
  here.said.length = 0;
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  expect(here.said).toContain('make again ci-runner-cn-hangzhou in cn-hangzhou');
  expect(here.said.join()).toMatch(/its making failed \(CREATE_ROLLBACK_COMPLETE\).*it is removed/);
  expect(stacks()).toEqual(DONE);
  expect(here.said).not.toContain('Nothing to change.');
});

test('a change that failed was rolled back, and is wanted no more: all is as it was', async () => {
  await here.deploy();
  const before = here.yaml();
  here.write(withRole());
  here.management.stackFailure = BECAUSE;
  await expect(here.deploy()).rejects.toThrow(
    `ci-runner-control ended as ROLLBACK_COMPLETE: Resource: ${BECAUSE}`,
  );
  here.write(before);
  here.changes();
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  expect(here.said).toContain('Nothing to change.');
  here.source = 'two';
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  expect(control().status).toBe('ROLLBACK_COMPLETE');
});

test('a change that failed and is wanted still is made by the next deploy', async () => {
  await here.deploy();
  here.write(withRole());
  here.management.stackFailure = BECAUSE;
  await expect(here.deploy()).rejects.toThrow('ended as ROLLBACK_COMPLETE');
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  expect(control().status).toBe('UPDATE_COMPLETE');
});

test.each(['UPDATE_FAILED', 'ROLLBACK_FAILED'])(
  '%s with the template that is wanted: it is applied again',
  async (status) => {
    await here.deploy();
    control().status = status;
    here.said.length = 0;
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    expect(here.said.join()).toMatch(new RegExp(`failed half-way \\(${status}\\): it is applied again`));
    expect(control().status).toBe('UPDATE_COMPLETE');
  },
);

test.each(['CREATE_FAILED', 'CREATE_ROLLBACK_FAILED'])(
  '%s: what is left of it goes, and it is made again',
  async (status) => {
    await here.deploy();
    Object.assign(control(), { status });
    const old = control().id;
    control().template = JSON.stringify({
      ...JSON.parse(control().template),
      Resources: { Kept: { DeletionPolicy: 'Retain' } },
    });
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    expect(here.said.join()).toContain('made again; Kept stay, and may have to be removed by hand');
    expect(control().id).not.toBe(old);
    expect(control().status).toBe('CREATE_COMPLETE');
  },
);

test('one that is being made since a deploy that was cut off is waited for, and changed then', async () => {
  await here.deploy();
  Object.assign(control(), { status: 'CREATE_IN_PROGRESS', pending: 'CREATE_COMPLETE' });
  here.write(withRole());
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  expect(here.said).toContain('wait for ci-runner-control in cn-hongkong');
  expect(control().status).toBe('UPDATE_COMPLETE');
});

test('one that could not be removed is left to destroy: nothing is changed', async () => {
  await here.deploy();
  here.changes();
  control().status = 'DELETE_FAILED';
  await expect(here.deploy()).rejects.toThrow('run npm run destroy again');
  expect(here.changes()).toEqual([]);
});

describe('what each state allows', () => {
  // biome-ignore format: a table reads best as a table.
  test.each([
    [null, true, 'make'], ['CREATE_COMPLETE', true, 'leave'], ['CREATE_COMPLETE', false, 'change'],
    ['UPDATE_COMPLETE', true, 'leave'], ['ROLLBACK_COMPLETE', true, 'leave'], ['ROLLBACK_COMPLETE', false, 'change'],
    ['CHECK_COMPLETE', true, 'leave'], ['CHECK_COMPLETE', false, 'change'], ['CHECK_FAILED', true, 'leave'],
    ['IMPORT_UPDATE_COMPLETE', true, 'leave'], ['IMPORT_UPDATE_ROLLBACK_COMPLETE', true, 'leave'], ['IMPORT_UPDATE_ROLLBACK_FAILED', true, 'change'],
    ['DELETE_IN_PROGRESS', true, 'wait'], ['CREATE_ROLLBACK_IN_PROGRESS', false, 'wait'], ['ROLLBACK_IN_PROGRESS', true, 'wait'],
  ] as const)('%s, the same: %s: %s', (status, isSame, way) => {
    expect(wayOf('ci-runner-control', status, isSame)).toBe(way);
  });

  test.each(['DELETE_FAILED', 'IMPORT_CREATE_ROLLBACK_COMPLETE', 'SOMETHING_NEW'])(
    '%s: a person is told',
    (status) => {
      expect(() => wayOf('ci-runner-control', status, true)).toThrow(
        `is ${status}, and can be neither used nor changed`,
      );
    },
  );
});
