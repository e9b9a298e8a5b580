/** A job that the rules refuse, given to our runner nevertheless: on a real Linux, with a runner that has `always()` steps. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootOne, giveJob } from './boot-one.ts';
import { type Cloud, openCloud } from './cloud.ts';

const STEPS = `echo FIRST-STEP >/home/runner/ran
# if: always()
echo ALWAYS-STEP >/home/runner/ran-always
`;

let cloud: Cloud;
beforeAll(async () => {
  cloud = await openCloud(() => STEPS, { repositories: ['acme/app', 'acme/other'] });
});
afterAll(() => cloud.close());

const admission = { lists: [['acme/app']], public: 'refuse', forks: 'refuse' } as const;

// biome-ignore format: a table reads best as a table.
test.concurrent.each([
  ['of a repository that may not', { repository: 'acme/other' }, /it is of acme\/other, and the machine is kept for others/],
  ['of a fork', { fork: 'intern/app' }, /its code comes from a fork/],
] as const)('a job %s ends before its first step, and the machine stops', async (_what, whose, says) => {
  const one = await bootOne(cloud, { admission, sudo: true });
  const job = giveJob(cloud, one, 'build', whose);
  await one.stops(90_000);
  expect(one.log()).toMatch(/::error::This job may not run on this machine: /);
  expect(one.log()).toMatch(says);
  expect([one.machine.read('/home/runner/ran'), one.machine.read('/home/runner/ran-always')]).toEqual(['', '']);
  expect(job.conclusion).toBe('failure');
});

test.concurrent('a job that may runs all of its steps', async () => {
  const one = await bootOne(cloud, { admission, sudo: true });
  const job = giveJob(cloud, one);
  await one.stops(90_000);
  expect(one.machine.read('/home/runner/ran')).toBe('FIRST-STEP\n');
  expect(job.conclusion).toBe('success');
});
