/** Others in the same organisation: their runners, their group, their App; and owners that are none. */
import { afterEach, expect, test } from 'vitest';
import { GITHUB_CHECKS } from '../../../cli/doctor/checks/github.ts';
import { RUNNER_GROUP_CHECK } from '../../../cli/doctor/checks/runner-group.ts';
import { examine } from '../../../cli/doctor/finding.ts';
import type { Config } from '../../../shared/config/config.ts';
import { operatingWords } from '../../../shared/words/operating.ts';
import { type Healthy, healthy } from './healthy.ts';

let here: Healthy;
afterEach(() => here.close());

const chinese = operatingWords('zh-CN');
type Changes = (config: Config) => Partial<Config>;
const allowing =
  (...more: string[]): Changes =>
  ({ repositories }) => ({ repositories: { ...repositories, allow: [...repositories.allow, ...more] } });

async function notWell(breakIt: (all: Healthy) => unknown, changes: Changes = () => ({})) {
  here = await healthy();
  await breakIt(here);
  const checks = [...GITHUB_CHECKS, RUNNER_GROUP_CHECK].map((check) => ({ ...check, needs: [] }));
  const found = await examine(checks, here.world(changes(here.config)));
  return found
    .filter(({ level }) => level !== 'ok')
    .map(({ check, level, text, advice }) => {
      for (const line of [text, advice ?? '']) expect(chinese.say(line), line).not.toBe(line);
      return `${level} ${check}: ${text} → ${advice}`;
    });
}

const runner = ({ world, groups: [group], installation }: Healthy, name: string, labels: string[]) =>
  world().github(
    'POST /orgs/{org}/actions/runners/generate-jitconfig',
    { org: 'my-org', name, labels, runner_group_id: group },
    { installation },
  );

test('runners of others that take our jobs are told, ours and those with other labels are not', async () => {
  const found = await notWell(async (all) => {
    await runner(all, 'ci-2-runner-arm64-spot-7-1', ['self-hosted', 'Aliyun', 'arm64']);
    await runner(all, 'ci-runner-arm64-spot-8-1', ['self-hosted', 'aliyun', 'arm64']);
    await runner(all, 'mac', ['self-hosted', 'macos']);
  });
  expect(found).toEqual([
    'warning runner group: 1 runners of my-org that are not ours take jobs with self-hosted, aliyun, too, such as ci-2-runner-arm64-spot-7-1 → where two answer the same jobs, each launches for all of them: give this deployment another base label in place of the common one (baseLabels: [self-hosted, aliyun-2])',
  ]);
});

test('a repository that is not allowed may be another deployment’s: its own group is an advice, too', async () => {
  const found = await notWell(({ github, groups }) => {
    for (const id of groups) github.removeGroup(id);
    github.addGroup({
      organization: 'my-org',
      name: 'ci-runners',
      repositories: ['my-org/app', 'my-org/kernel', 'my-org/secret'],
    });
  });
  expect(found).toEqual([
    'wrong runner group: ci-runners serves my-org/secret, which is not allowed → take it off the group; if another deployment has that group, give this one its own (github.runnerGroup)',
  ]);
});

test('a personal account has no runners of an organisation', async () => {
  const found = await notWell(({ github }) => {
    github.addUser('someone');
    github.addRepository('someone/app');
    github.install('someone');
  }, allowing('someone/*'));
  expect(found).toEqual([
    'wrong runner group: someone is a personal account, which has runners at its repositories alone → set github.scope: repository, or leave it to a deployment of its own',
  ]);
});

test('an App that is not installed at a second owner has to be public first', async () => {
  expect(await notWell(() => undefined, allowing('other-org/*'))).toEqual([
    'wrong App installation: the App is not installed at other-org → install it there; where it is not its own owner, it must be public first (the App’s settings, “Advanced”)',
  ]);
});
