/** What another deployment has already: set-up takes it from nobody unasked. */
import { afterEach, expect, test } from 'vitest';
import { type Operator, operator, WEBHOOK_URL } from './operator.ts';

let here: Operator;
afterEach(() => here.close());

/** As a copy of the folder, deployed under another name, has it. */
function deployedAt(url: string): void {
  const [http] = here.management.functions.get('ci-webhook')?.triggers ?? [];
  Object.assign(http ?? {}, { url });
  here.answers.set('Deploy now?', false);
}
const told = () => here.github.calls.get('PATCH /app/hook/config') ?? 0;

test('an App that delivers to another deployment goes on with that, unless the operator says otherwise', async () => {
  here = await operator();
  expect(await here.run()).toBe(0);
  const before = told();
  deployedAt('https://copy.cn-hongkong.fcapp.run');
  here.answers.set(`GitHub delivers to ${WEBHOOK_URL} now`, false);
  expect(await here.run()).toBe(1);
  expect(told()).toBe(before);
  expect(here.said.at(-1)).toMatch(/^The address stays\. .*\.setup\.json.* App of its own/);
});

test('a runner group that is there may be another deployment’s, which is said', async () => {
  here = await operator();
  here.github.addGroup({ organization: 'my-org', name: 'ci-runners', repositories: 'all' });
  expect(await here.run()).toBe(0);
  const [line] = here.said.filter((each) => each.startsWith('The runner group ci-runners is there'));
  expect(line).toContain('github.runnerGroup');
});
