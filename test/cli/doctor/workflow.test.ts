/** Whether GitHub's workflow would be let in, before it is not. */
import { describe, expect, test } from 'vitest';
import { ROLES_CHECK } from '../../../cli/doctor/checks/roles.ts';
import { WORKFLOW_CHECK } from '../../../cli/doctor/checks/workflow.ts';
import type { DoctorWorld } from '../../../cli/doctor/world.ts';
import type { Alibaba } from '../../../cli/shared/alibaba.ts';
import { namesOf } from '../../../infra/names.ts';
import { fingerprintsOf } from '../../../shared/github-trust.ts';
import { configOf } from '../../infra/deployment.ts';
import { DEPLOYED_FROM } from './faults.ts';
import { healthy } from './healthy.ts';

const CONFIG = configOf();
const TODAY = fingerprintsOf(null)[0] as string;
const NEW = 'f'.repeat(40);
const deployFrom = { repository: 'acme/infra', branch: 'main', environment: null, provider: null };

function worldOf(deployed: readonly string[] | null, root: string | null, own: string | null = null) {
  const resources = deployed === null ? {} : { GitHubProvider: { Properties: { Fingerprints: deployed } } };
  const rpc: Alibaba['rpc'] = async (_service, _region, action) =>
    action === 'ListStacks'
      ? { Stacks: [{ StackId: 's', StackName: namesOf(CONFIG).controlStack, Status: 'CREATE_COMPLETE' }] }
      : { TemplateBody: JSON.stringify({ Resources: resources }) };
  const control = { ...CONFIG.control, deployFrom: { ...deployFrom, provider: own } };
  const config = { ...CONFIG, control };
  return { config, alibaba: { rpc } as Alibaba, rootOf: async () => root } as unknown as DoctorWorld;
}
const said = async (world: DoctorWorld) => (await WORKFLOW_CHECK.look(world))[0];

describe('a workflow that deploys', () => {
  test.each([
    ['is let in by the roots that are known', fingerprintsOf(null), TODAY, 'ok', /are trusted$/],
    ['is let in by a root that was new at the deploy', fingerprintsOf(NEW), NEW, 'ok', /are trusted$/],
    [
      'is warned before GitHub turns to a root that was not deployed',
      [TODAY.toUpperCase()],
      TODAY,
      'warning',
      /not bdb1b93c.*may turn/,
    ],
    ['is refused once it has', [TODAY], NEW, 'wrong', new RegExp(`root ${NEW}, which was not deployed`)],
    [
      'is not judged where GitHub is out of reach',
      fingerprintsOf(null),
      null,
      'warning',
      /could not be reached/,
    ],
    ['has nothing to be let in by before the deploy', null, TODAY, 'wrong', /not deployed/],
  ] as const)('%s', async (_what, deployed, root, level, text) => {
    const outcome = await said(worldOf(deployed, root));
    expect([outcome?.level, outcome?.text]).toEqual([level, expect.stringMatching(text)]);
  });

  test('by a provider that the account had is not ours to judge', async () => {
    expect(await said(worldOf(null, NEW, 'acs:ram::1:oidc-provider/own'))).toMatchObject({
      ...{ level: 'ok', text: expect.stringContaining('a provider that the account had') },
    });
  });
});

test('the ids that the workflow’s role lets in are held against those that GitHub has', async () => {
  const here = await healthy();
  const { id, owner } = here.github.addRepository('my-org/infra');
  const { config } = here.world(DEPLOYED_FROM(here.config));
  const right = `repo:my-org@${owner.id}/infra@${id}:ref:refs/heads/main`;
  const role = here.management.roles.get('ci-runner-deploy');
  const lets = async (...withIds: readonly string[]) => {
    const trust = role?.trust as { Statement: { Condition: { StringEquals: Record<string, string[]> } }[] };
    const condition = trust.Statement[0]?.Condition.StringEquals ?? {};
    condition['oidc:sub'] = ['repo:my-org/infra:ref:refs/heads/main', ...withIds];
    const outcomes = await ROLES_CHECK.look({ ...here.world(), config });
    return outcomes.filter(({ level }) => level === 'wrong').map(({ text }) => text);
  };
  expect(await lets(right)).toEqual([]);
  const told = [expect.stringMatching(/^role ci-runner-deploy may be taken by .*my-org\/infra:/)];
  expect(await lets()).toEqual(told);
  expect(await lets('repo:my-org@7/infra@9:ref:refs/heads/main')).toEqual(told);
  await here.close();
});
