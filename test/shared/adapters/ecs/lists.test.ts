import { expect, test } from 'vitest';
import { policyFor } from '../../../../infra/policy-document.ts';
import type { EcsCall } from '../../../../shared/adapters/ecs/call.ts';
import { configOf } from '../../../infra/deployment.ts';
import {
  account,
  directly,
  instancesOn,
  MINUTE_MS,
  REGION,
  requestFor,
  type Sent,
  START_MS,
  TYPES,
} from './fixture.ts';

/** `count` instances of this deployment, and one of another, all to be seen. */
async function crowd(count: number) {
  const { ecs, clock } = account({ interruptions: 0 });
  const type = TYPES.arm;
  const request = requestFor(ecs, type);
  const { zone } = request.candidate;
  ecs.setStock(zone, type, 5000);
  const params = {
    InstanceType: type,
    VSwitchId: `vsw-${zone}`,
    SecurityGroupId: `sg-${REGION}`,
    ImageFamily: 'acs:ubuntu_24_04_arm64',
    'SystemDisk.Category': 'cloud_essd',
    'Tag.1.Key': 'ci-runner-deployment',
  };
  const run = (deployment: string, amount: number, InstanceName = `${deployment}-runner-arm64-spot-1-1`) =>
    ecs.call(REGION, 'RunInstances', {
      ...{ ...params, InstanceName, 'Tag.1.Value': deployment, Amount: String(amount) },
    });
  for (let left = count; left > 0; left -= 100) run('ci', Math.min(100, left));
  run('other', 1);
  run('other', 1, 'ci-runner-mac');
  await clock.runUntil(START_MS + MINUTE_MS);
  const sent: Sent[] = [];
  const call = directly(ecs, sent);
  return { ecs, clock, sent, call, ...instancesOn(call, clock) };
}

test('a list of several pages is whole, and holds no stranger', async () => {
  const { instances, sent } = await crowd(250);
  const listed = await instances.list(REGION);
  expect(listed.complete).toBe(true);
  expect(new Set(listed.things.map(({ id }) => id)).size).toBe(250);
  expect(sent.map(({ action }) => action)).toEqual(Array(3).fill('DescribeInstances'));
});

test('the rights of the reaper are enough for more than a thousand, to list them and to delete them', async () => {
  const { ecs, clock } = await crowd(1100);
  const config = configOf();
  const mayDo = policyFor('reaper', { config, accountId: '12', secrets: {} });
  const called: string[] = [];
  const call: EcsCall = async (region, action, params) => {
    called.push(action);
    return ecs.call(region, action, params, { secret: '', mayDo }) as Record<string, unknown>;
  };
  const { instances } = instancesOn(call, clock);
  const listed = await instances.list(REGION);
  expect(listed.complete).toBe(true);
  expect(new Set(listed.things.map(({ id }) => id)).size).toBe(1100);
  expect(listed.things.every(({ tags }) => tags['ci-runner-deployment'] === 'ci')).toBe(true);
  // One for each hundred of what has such a name.
  expect(called).toEqual(Array(12).fill('DescribeInstances'));
  expect(await instances.terminate(REGION, listed.things.at(-1)?.id ?? '')).toBe('asked');
});

test('a filter by tag is refused beyond a thousand, and one by name is not', async () => {
  const { ecs } = await crowd(1100);
  const byTag = { 'Tag.1.Key': 'ci-runner-deployment', 'Tag.1.Value': 'ci', MaxResults: '100' };
  expect(() => ecs.call(REGION, 'DescribeInstances', byTag)).toThrow(/1000/);
  const named = (InstanceName: string) =>
    ecs.call(REGION, 'DescribeInstances', { InstanceName }) as { TotalCount: number };
  expect(named('ci-runner-*').TotalCount).toBe(1101);
  expect(named('ci-runner-mac').TotalCount).toBe(1);
  expect(named('*.mac').TotalCount).toBe(0);
});

test('ids are looked up by the hundred, each once', async () => {
  const { ecs, instances, sent } = await crowd(150);
  const ids = ecs
    .alive()
    .filter(({ tags }) => tags.get('ci-runner-deployment') === 'ci')
    .map(({ id }) => id);
  const found = await instances.find(REGION, [...ids, ...ids, 'i-gone']);
  expect(found.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(sent).toHaveLength(2);
});

const SOME = {
  RegionId: REGION,
  ZoneId: 'cn-hangzhou-k',
  InstanceType: TYPES.arm,
  Status: 'Running',
  CreationTime: '2026-11-21T08:00Z',
};

test('an answer about instances that nobody asked for is not believed of those that were', async () => {
  const { clock } = account();
  const Instance = [{ ...SOME, InstanceId: 'i-stranger' }];
  const { instances } = instancesOn(async () => ({ Instances: { Instance }, TotalCount: 1 }), clock);
  expect(await instances.find(REGION, ['i-1'])).toEqual([]);
});

test('a list that never ends is cut, and says so', async () => {
  const { call, clock } = await crowd(30);
  const endless: EcsCall = async (...words) => ({ ...(await call(...words)), NextToken: 'YWZ0ZXI6MA' });
  const { instances } = instancesOn(endless, clock);
  const listed = await instances.list(REGION);
  expect(listed).toMatchObject({ complete: false });
  await expect(instances.find(REGION, ['i-1'])).rejects.toThrow(/did not say all/);
});

test('a list is whole by its last page alone: its count is nonsense, now too low and now too high', async () => {
  const { ecs, clock, instances } = await crowd(30);
  const counts: number[] = [];
  for (let minute = 0; minute < 12; minute++) {
    const page = ecs.call(REGION, 'DescribeInstances', { MaxResults: '100' }) as { TotalCount: number };
    counts.push(page.TotalCount);
    expect((await instances.list(REGION)).complete).toBe(true);
    await clock.runUntil(clock.nowMs() + MINUTE_MS);
  }
  expect([Math.min(...counts) < 30, Math.max(...counts) > 31]).toEqual([true, true]);
});

// biome-ignore format: a table reads best as a table.
test.each<[what: string, body: Record<string, unknown>]>([
  ['nothing',                   {}],
  ['no list',                   { Instances: {} }],
  ['a list of nothing known',   { Instances: { Instance: [{}] } }],
  ['an unheard-of status',      { Instances: { Instance: [{ InstanceId: 'i-1', RegionId: REGION, ZoneId: 'z', InstanceType: 't', Status: 'Melting', CreationTime: '2026-11-21T08:00Z' }] } }],
  ['a time that is none',       { Instances: { Instance: [{ InstanceId: 'i-1', RegionId: REGION, ZoneId: 'z', InstanceType: 't', Status: 'Running', CreationTime: 'soon' }] } }],
])('an answer of %s proves nothing, and throws', async (_what, body) => {
  const { clock } = account();
  const { instances } = instancesOn(async () => body, clock);
  await expect(instances.list(REGION)).rejects.toThrow();
  await expect(instances.find(REGION, ['i-1'])).rejects.toThrow();
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['InvalidInstanceId.NotFound',              404, 'gone'],
  ['Forbidden.InstanceNotFound',              403, 'gone'],
  ['IncorrectInstanceStatus',                 403, 'later'],
  ['IncorrectInstanceStatus.Initializing',    403, 'later'],
  ['DependencyViolation.RouteEntry',          400, 'later'],
  ['Throttling.User',                         400, 'later'],
] as const)('a deletion refused with %s (%i) means %s', async (code, status, removal) => {
  const { ecs, instances, logged } = await crowd(1);
  ecs.failNext('DeleteInstance', { code, status });
  expect(await instances.terminate(REGION, 'i-1')).toBe(removal);
  expect(logged).toContainEqual({ event: 'instance.refused', fields: { instanceId: 'i-1', code, removal } });
});

test('a deletion whose answer is lost is asked for again; one that is forbidden throws', async () => {
  const { ecs, instances } = await crowd(2);
  const [first, second] = ecs.alive().map(({ id }) => id);
  ecs.failNext('DeleteInstance', 'timeout-before');
  expect(await instances.terminate(REGION, first ?? '')).toBe('asked');
  ecs.failNext('DeleteInstance', 'timeout-after');
  expect(await instances.terminate(REGION, second ?? '')).toBe('later'); // it is on its way
  ecs.failNext('DeleteInstance', { code: 'InvalidOperation.DeletionProtection', status: 403 });
  await expect(instances.terminate(REGION, 'i-1')).rejects.toMatchObject({
    code: 'InvalidOperation.DeletionProtection',
  });
});

test('the console is told without its colours, newest last and bounded; of a machine that is gone there is none', async () => {
  const lines = Array.from({ length: 2_000 }, (_, n) => `\u001b[32mline ${n}\u001b[0m\u0007`);
  const { ecs, clock } = account({
    boot: {
      boot(machine) {
        for (const line of lines) machine.console(line);
        return { end: () => {} };
      },
    },
  });
  const { instances } = instancesOn(directly(ecs), clock);
  const outcome = await instances.run(requestFor(ecs, TYPES.arm));
  const id = outcome.kind === 'running' ? outcome.instanceId : '';
  expect(await instances.consoleOutput(REGION, id)).toBe('');
  await clock.runUntil(START_MS + MINUTE_MS);
  const text = await instances.consoleOutput(REGION, id);
  expect(text?.length).toBe(16_000);
  expect(text?.endsWith('line 1998\nline 1999\n')).toBe(true);
  expect(await instances.consoleOutput(REGION, 'i-gone')).toBeNull();
});
