/** What GitHub and ECS say in part, or of what is not in force yet, is not taken for all. */
import { afterEach, expect, test } from 'vitest';
import { examine } from '../../../cli/doctor/finding.ts';
import { CHECKS } from '../../../cli/doctor/index.ts';
import type { DoctorWorld } from '../../../cli/doctor/world.ts';
import { type Healthy, healthy } from './healthy.ts';

let here: Healthy;
afterEach(() => here.close());

type Items = Record<string, unknown>[];

/** Everything is well, but that GitHub's answer to one question is changed. */
async function saidWith(broken: string, change: (items: Items) => unknown) {
  here = await healthy();
  const world = here.world();
  const github: DoctorWorld['github'] = async (route, params, auth) => {
    const answer = await world.github(route, params, auth);
    return route === broken ? { ...answer, data: change(answer.data as Items) } : answer;
  };
  return notWell({ ...world, github });
}

async function notWell(world: DoctorWorld) {
  const findings = await examine(CHECKS, world);
  return findings.filter(({ level }) => level === 'wrong' || level === 'warning');
}

test('a permission that the App has, and its owner has not accepted, is missing', async () => {
  const pending = (items: Items) =>
    items.map((one) => ({ ...one, permissions: { ...(one.permissions as object), actions: 'read' } }));
  expect(await saidWith('GET /app/installations', pending)).toEqual([
    {
      check: 'App installation',
      level: 'wrong',
      text: 'the App’s installation at my-org lacks actions: write',
      advice: 'an owner accepts what the App asks for, in the settings of the installation',
    },
  ]);
});

test('an installation at an enterprise, which has no login, is nobody’s of runners.yaml', async () => {
  const enterprise = (items: Items) => [
    { ...items[0], id: 5, account: { id: 1, slug: 'my-inc', name: 'My' }, target_type: 'Enterprise' },
    ...items,
  ];
  expect(await saidWith('GET /app/installations', enterprise)).toEqual([]);
});

test('a runner that is tried out, or not published yet, is no release that ours would be behind', async () => {
  const early = { tag_name: 'v2.399.0', published_at: '2026-01-01T00:00:00Z' };
  const more = (items: Items) => [
    { ...early, draft: false, prerelease: true },
    { ...early, draft: true, published_at: null },
    ...items,
  ];
  expect(await saidWith('GET /repos/{owner}/{repo}/releases', more)).toEqual([]);
});

test('a security group of which more rules are not shown is not called shut', async () => {
  here = await healthy();
  const world = here.world();
  const rpc: DoctorWorld['alibaba']['rpc'] = async (service, region, action, query, form) => {
    const answer = await world.alibaba.rpc(service, region, action, query, form);
    return action === 'DescribeSecurityGroupAttribute' ? { ...answer, NextToken: 'more' } : answer;
  };
  expect(await notWell({ ...world, alibaba: { ...world.alibaba, rpc } })).toEqual([
    expect.objectContaining({
      check: 'security groups',
      level: 'warning',
      text: expect.stringMatching(/^sg-\S+: has more rules than were looked at$/),
    }),
  ]);
});

test('a condition on a yes or a number is one, in a list or alone, and so is a statement', async () => {
  here = await healthy();
  const world = here.world();
  const policies = here.management.roles.get('ci-runner-launcher')?.policies;
  policies?.set('of a person', {
    Version: '1',
    Statement: {
      ...{ Effect: 'Deny', Action: 'ecs:RunInstances', Resource: '*' },
      Condition: { Bool: { 'acs:MFAPresent': false }, NumericLessThan: { 'acs:Depth': [7, 2] } },
    },
  });
  expect(await notWell(world)).toEqual([
    expect.objectContaining({
      check: 'permissions',
      level: 'wrong',
      text: 'role ci-runner-launcher is denied ecs:RunInstances on * where acs:Depth NumericLessThan 2 or 7 and acs:MFAPresent Bool false',
    }),
  ]);
});
