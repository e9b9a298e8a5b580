/** Functions that a stack of the one-click template made: what doctor says of them, and that a deploy leaves them alone. */
import { afterEach, expect, test } from 'vitest';
import { FUNCTION_CHECKS } from '../../../cli/doctor/checks/functions.ts';
import { examine } from '../../../cli/doctor/finding.ts';
import { hashGiven } from '../../../infra/one-click/configuration.ts';
import { configurationHash } from '../../../infra/release.ts';
import { parseConfig } from '../../../shared/config/parse.ts';
import { deployAccount } from '../deploy/account.ts';
import { type Healthy, healthy } from './healthy.ts';

let here: Pick<Healthy, 'close'>;
afterEach(() => here.close());

const WRITTEN = {
  repositories: { allow: ['my-org/*'] },
  placements: [{ region: 'cn-hangzhou', zones: { h: 'vsw-1a' }, securityGroup: 'sg-1a' }],
};

test.each([
  ['of the same configuration', WRITTEN, []],
  [
    'of another one',
    { ...WRITTEN, limits: { runners: 3 } },
    ['warning', 'ci-reaper has another configuration than this runners.yaml'],
  ],
  [
    'with a mistake in it',
    { ...WRITTEN, limits: { runners: -3 } },
    ['warning', 'ci-reaper has another configuration than this runners.yaml'],
  ],
])('a function %s', async (_what, given, says) => {
  const account = await healthy();
  here = account;
  const parsed = parseConfig(WRITTEN);
  if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join());
  for (const kind of ['webhook', 'launcher', 'reaper', 'mirror']) {
    const one = account.management.functions.get(`ci-${kind}`);
    const CONFIGURATION = JSON.stringify(kind === 'reaper' ? given : WRITTEN);
    const environmentVariables = { ...one?.environmentVariables, CONFIGURATION };
    Object.assign(one ?? {}, { description: '0.2.0 of-the-release', environmentVariables });
  }
  const checks = FUNCTION_CHECKS.filter(({ name }) => name === 'functions').map((each) => ({
    ...each,
    needs: [],
  }));
  const findings = await examine(checks, account.world(parsed.config));
  expect(findings.filter(({ level }) => level !== 'ok').flatMap(({ level, text }) => [level, text])).toEqual(
    says,
  );
  expect(hashGiven({ CONFIGURATION: JSON.stringify(WRITTEN) })).toBe(configurationHash(parsed.config));
});

test('a deploy does not change what a stack of the template has, and says what to do', async () => {
  const account = await deployAccount();
  here = account;
  expect(await account.deploy(), account.said.join('\n')).toBe(0);
  Object.assign(account.management.functions.get('ci-webhook')?.environmentVariables ?? {}, {
    CONFIGURATION: '{}',
  });
  account.changes();
  expect(await account.deploy()).toBe(1);
  expect(account.said.at(-1)).toMatch(
    /^ci-webhook was made by a stack of the one-click template\. Delete that stack/,
  );
  expect(account.changes()).toEqual([]);
});
