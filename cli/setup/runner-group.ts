/** The organisation's runner group: there, or made, before the first job could look for it. */
import type { Answers } from './progress.ts';
import type { SetupWorld } from './world.ts';

const NAME = 'ci-runners';
const SETTINGS = 'the organisation’s settings, “Actions”, “Runner groups”';

/** Says what is so. What cannot be made is told: doctor looks again. */
export async function prepareRunnerGroup(
  { owner, scope, allow }: Answers,
  installation: number,
  world: SetupWorld,
): Promise<void> {
  if (scope === 'repository') return;
  const github = world.github();
  const as = { installation };
  const listed = await github('GET /orgs/{org}/actions/runner-groups', { org: owner, per_page: 100 }, as);
  const groups = (listed.data as { runner_groups?: { name: string }[] }).runner_groups ?? [];
  if (groups.some(({ name }) => name.toLowerCase() === NAME)) {
    world.say(
      `The runner group ${NAME} is there: npm run doctor checks which repositories it serves. If another deployment has it, give this one its own (github.runnerGroup), and another base label in place of aliyun (baseLabels).`,
    );
    return;
  }
  const served = await servedBy(owner, allow, (route, params) => github(route, params, as));
  const made =
    served === null
      ? null
      : await github('POST /orgs/{org}/actions/runner-groups', { org: owner, name: NAME, ...served }, as);
  if (made?.status === 201)
    world.say(
      `The runner group ${NAME} is made at ${owner}: for ${allow.join(', ')}, not for public repositories.`,
    );
  else
    world.say(
      `Make a runner group ${NAME} in ${SETTINGS}, for ${allow.join(', ')} and without public repositories${made === null ? '' : ` (GitHub answered ${made.status} when asked to make it)`}.`,
    );
}

type Ask = (
  route: string,
  params: Readonly<Record<string, unknown>>,
) => Promise<{ readonly status: number; readonly data: unknown }>;

/** GitHub wants ids; null: one of the repositories is not to be seen. @see https://docs.github.com/rest/actions/self-hosted-runner-groups */
async function servedBy(owner: string, allow: readonly string[], ask: Ask) {
  const own = allow.filter((each) => each.toLowerCase().startsWith(`${owner.toLowerCase()}/`));
  const common = { allows_public_repositories: false };
  if (own.some((each) => each.endsWith('/*'))) return { ...common, visibility: 'all' };
  const ids: unknown[] = [];
  for (const name of own) {
    const [org, repo] = name.split('/');
    const { status, data } = await ask('GET /repos/{owner}/{repo}', { owner: org, repo });
    if (status !== 200) return null;
    ids.push((data as { id: unknown }).id);
  }
  return { ...common, visibility: 'selected', selected_repository_ids: ids };
}
