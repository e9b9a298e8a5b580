/** Going back to the release before: one for all, whatever was left half-done, and however often it is said. */
import { expect, test } from 'vitest';
import { releaseBefore } from '../../../../cli/deploy/rollback-target.ts';
import type { Alibaba } from '../../../../cli/shared/alibaba.ts';
import { type DeployAccount, deployAccount } from '../account.ts';

const home = (live: string | null, ...kept: string[]) => ({ name: 'ci-x', live, kept, isHome: true });
const away = (live: string | null, ...kept: string[]) => ({ name: 'ci-mirror-y', live, kept, isHome: false });

// biome-ignore format: a table reads best as a table.
test.each([
  ['the one before', [home('3', '1', '2'), home('3', '1', '2')], '2'],
  ['a deploy of 3 that came to the first', [home('3', '1', '2'), home('2', '1', '2')], '2'],
  ['a rollback to 2 that came to the first', [home('2', '1', '2'), home('3', '1', '2')], '2'],
  ['after a rollback, further back', [home('2', '1', '2'), home('2', '1', '2')], '1'],
  ['two half-done deploys', [home('4', '1', '2', '3'), home('3', '1', '2'), home('2', '1', '2')], '2'],
  ['after a rollback to 1 and a deploy of 3', [home('3', '1', '2', '1'), home('3', '1', '2', '1')], '1'],
  ['what an older rollback kept is newer, and not gone forwards to', [home('1', '1', '2'), home('1', '1', '2')], null],
  ['one that was kept in one alone is no release for all', [home('4', '2', '3'), home('4', '2')], '2'],
  ['nothing before', [home('1'), home('1')], null],
  ['nothing deployed', [home(null), home(null)], null],
  ['the first deploy, half-done', [home('1'), home(null)], null],
  ['a mirror of a new region has none', [home('3', '1', '2'), away('3')], '2'],
  ['a mirror that is not there yet', [home('3', '1', '2'), away(null)], '2'],
] as const)('%s', (_, functions, target) => {
  expect(releaseBefore(functions)).toBe(target);
});

/** Nothing after the call of that number is heard of, as when the command is cut off. */
function dyingAt(call: number, when: 'before' | 'after', { fc, ...rest }: Alibaba): Alibaba {
  let calls = 0;
  const cut = new Error('cut off');
  return {
    ...rest,
    async fc(...asked) {
      calls++;
      if (calls > call || (calls === call && when === 'before')) throw cut;
      const answer = await fc(...asked);
      if (calls >= call) throw cut;
      return answer;
    },
  };
}

const CALLS_MAX = 40;

async function deployedThrice(here: DeployAccount): Promise<readonly string[]> {
  const releases: string[] = [];
  for (const source of ['one', 'two', 'three']) {
    here.source = source;
    expect(await here.deploy(), here.said.join('\n')).toBe(0);
    releases.push(here.management.functions.get('ci-webhook')?.description ?? '');
  }
  return releases;
}

/** Whether it came to its end before it was cut off; then it was, and was said again if not. */
async function cutOff(
  here: DeployAccount,
  call: number,
  when: 'before' | 'after',
  goal: string,
): Promise<boolean> {
  const live = () => [...here.management.functions.values()].map(({ description }) => description);
  const cut = here.rollBack(dyingAt(call, when, here.alibaba));
  await cut.catch((error: Error) => expect(error.message).toBe('cut off'));
  const isWhole = live().every((each) => each === goal);
  if (!isWhole) await here.rollBack();
  expect(live(), `cut ${when} call ${call}`).toEqual(live().map(() => goal));
  return isWhole;
}

test('cut off at any call and said again, all functions have the release before, and the code of it', async () => {
  const here = await deployAccount();
  const [, second = ''] = await deployedThrice(here);
  const { functions } = here.management;
  const before = [...functions].map(([name, one]) => [name, { ...one }] as const);
  const code = functions.get('ci-reaper')?.versions.find((one) => one.description === second)?.code as Buffer;
  let isWhole = false;
  for (let call = 1; !isWhole && call < CALLS_MAX; call++)
    for (const when of ['before', 'after'] as const) {
      for (const [name, one] of before) functions.set(name, { ...one });
      isWhole = await cutOff(here, call, when, second);
      expect(functions.get('ci-reaper')?.code.equals(code)).toBe(true);
    }
  expect(isWhole).toBe(true);
  await here.close();
});

test('a mirror of a new region stays as it is, and the others go back', async () => {
  const here = await deployAccount();
  const [, second, third] = await deployedThrice(here);
  const { functions } = here.management;
  const mirror = functions.get('ci-mirror');
  if (mirror === undefined) throw new Error('there is no mirror');
  functions.set('ci-mirror-cn-hangzhou', { ...mirror, versions: [] });
  here.write(
    here
      .yaml()
      .replace(/^ {4}(# )?mirrorBucket:.*$/m, '')
      .replace(/^( +)securityGroup:/m, '$1mirrorBucket: my-org-ci-mirror\n$1securityGroup:'),
  );
  await here.rollBack();
  expect(functions.get('ci-mirror-cn-hangzhou')?.description).toBe(third);
  expect(functions.get('ci-webhook')?.description).toBe(second);
  expect(here.said).toContain(`ci-mirror-cn-hangzhou: stays, for it is younger than ${second}`);
  await here.close();
});
