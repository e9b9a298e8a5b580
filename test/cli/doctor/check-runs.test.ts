import { afterEach, expect, test } from 'vitest';
import { examine } from '../../../cli/doctor/finding.ts';
import { CHECKS } from '../../../cli/doctor/index.ts';
import { type Healthy, healthy } from './healthy.ts';

let here: Healthy;
afterEach(() => here.close());

const WITHOUT_CHECKS = {
  actions: 'write',
  metadata: 'read',
  organization_self_hosted_runners: 'write',
} as const;

test.each([
  ['told', {}, true, 'authors are told on the commit'],
  ['off', {}, false, 'off: github.checks is false'],
  [
    'not permitted',
    { github: { permissions: WITHOUT_CHECKS } },
    true,
    'not permitted at my-org, optional: to tell authors on the commit, add “Checks: write” in the App’s settings, then accept it',
  ],
])('that authors are told on the commit is optional: %s', async (_, options, checks, text) => {
  here = await healthy(options);
  const findings = await examine(CHECKS, here.world({ github: { ...here.config.github, checks } }));
  expect(findings.find(({ check }) => check === 'check runs')).toMatchObject({ level: 'ok', text });
  expect(findings.filter(({ level }) => level === 'wrong' || level === 'warning')).toEqual([]);
});
