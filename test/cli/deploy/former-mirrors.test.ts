/** A placement with a bucket is taken out of runners.yaml: its mirror is taken away, once, and nothing else is. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { show } from '../../../cli/deploy/plan.ts';
import { type DeployAccount, deployAccount } from './account.ts';

let here: DeployAccount;
const BEIJING = `placements:
  - region: cn-beijing
    vpc: vpc-2zeabcdefgh
    zones: {h: vsw-2zeabcdefgh}
    securityGroup: sg-2zeabcdefgh
    mirrorBucket: ci-runner-beijing
`;
const MIRROR = 'ci-mirror-cn-beijing';
let without = '';
beforeEach(async () => {
  here = await deployAccount();
  without = here.yaml();
  here.write(
    without.replace('placements:', BEIJING.trimEnd()).replace(/placements:.*#.*\n/, 'placements:\n'),
  );
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  expect([...here.management.functions.keys()]).toContain(MIRROR);
  here.write(without);
  here.said.length = 0;
  here.changes();
});
afterEach(() => here.close());

const deleted = () => here.changes().filter((call) => /:DeleteFunction\b/.test(call));

test('the plan names it, and it goes before the roles that name it change', async () => {
  const before = new Set(here.management.functions.keys());
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  expect(here.said).toContainEqual(
    expect.stringMatching(/^- ci-mirror-cn-beijing: cn-beijing has no bucket/),
  );
  expect(here.said).toContain(`${MIRROR} is gone`);
  expect(here.said.indexOf(`${MIRROR} is gone`)).toBeLessThan(here.said.indexOf('ci-runner-control: done'));
  expect([...before].filter((name) => !here.management.functions.has(name))).toEqual([MIRROR]);
  here.said.length = 0;
  here.changes();
  await here.deploy();
  expect(here.said.join('\n')).not.toContain('cn-beijing');
  expect(deleted()).toEqual([]);
});

test('a no leaves it', async () => {
  here.isConfirmed = false;
  expect(await here.deploy()).toBe(1);
  expect(here.management.functions.has(MIRROR)).toBe(true);
});

test('a deletion that is refused ends the deploy before anything forgets it; the next one takes it away', async () => {
  here.denied.add('fc:DeleteFunction');
  await expect(here.deploy()).rejects.toThrow();
  expect(here.management.functions.has(MIRROR)).toBe(true);
  here.denied.clear();
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  expect(here.management.functions.has(MIRROR)).toBe(false);
});

test.each([
  ['- MirrorBucket', 'cn-beijing', 'the bucket goes, with all that is in it'],
  ['- MirrorBucket', 'cn-hangzhou', 'the bucket itself stays'],
  ['~ Vpc', 'cn-beijing', 'the bucket itself stays'],
])('with %s in %s: %s', (line, region, words) => {
  const said: string[] = [];
  const stack = {
    template: { stackName: 'ci', region, body: {} },
    stackId: 's',
    way: 'change',
    lines: [line],
  } as const;
  const plan = {
    ...{ config: here.config(), stacks: [stack], functions: [], settings: [], release: null },
    standing: [],
    keys: [],
  };
  const formerMirrors = [{ name: MIRROR, region: 'cn-beijing' }];
  show(
    { ...plan, formerMirrors, news: [], isEmpty: false },
    { say: (text) => void said.push(text), variables: {} },
  );
  expect(said.at(-1)).toBe(`- ${MIRROR}: cn-beijing has no bucket in runners.yaml any more; ${words}`);
});
