import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ecsCall } from '../../../../shared/adapters/ecs/call.ts';
import type { Fault } from '../../../../simulator/ecs/index.ts';
import {
  account,
  directly,
  instancesOn,
  KEY,
  overTheWire,
  REGION,
  requestFor,
  type Sent,
  TYPES,
} from './fixture.ts';

let fixture: Awaited<ReturnType<typeof overTheWire>>;
beforeEach(async () => {
  fixture = await overTheWire();
});
afterEach(() => fixture.wire.close());

const run = () => fixture.instances.run(requestFor(fixture.ecs, TYPES.arm));

describe('a launch whose answer is lost', () => {
  const faults: Fault[] = ['timeout-before', 'timeout-after', 'truncated', 'gateway', '500-after-success'];
  const all: Fault[] = [...faults, '400-after-success'];

  test.each(all)('once (%s) is said again with the same token, and makes one instance', async (fault) => {
    fixture.ecs.failNext('RunInstances', fault);
    expect(await run()).toMatchObject({ kind: 'running', instanceId: fixture.ecs.alive()[0]?.id });
    expect(fixture.ecs.alive()).toHaveLength(1);
  });

  test.each(faults)('again and again (%s) stays unknown', async (fault) => {
    fixture.ecs.failNext('RunInstances', fault, 3);
    expect(await run()).toMatchObject({ kind: 'unknown', isSilent: true });
    expect(fixture.ecs.calls.get('RunInstances')).toBe(3);
  });

  test('with an error that ECS itself calls unknown, under status 400, stays unknown', async () => {
    fixture.ecs.failNext('RunInstances', '400-after-success', 3);
    expect(await run()).toEqual({ kind: 'unknown', code: 'UnknownError', isSilent: false });
    expect(fixture.ecs.alive()).toHaveLength(1);
  });

  test('and is then refused stays unknown: the refusal says nothing of the first try', async () => {
    fixture.ecs.failNext('RunInstances', 'timeout-after');
    fixture.ecs.failNext('RunInstances', { code: 'Throttling' });
    expect(await run()).toEqual({ kind: 'unknown', code: 'Throttling', isSilent: false });
    expect(fixture.ecs.alive()).toHaveLength(1);
  });

  test('because the service is silent ends in time', async () => {
    const endpointOf = () => `127.0.0.1:${fixture.wire.port}`;
    const call = ecsCall({ credentials: async () => KEY, endpointOf, protocol: 'HTTP', callMaxMs: 150 });
    fixture.ecs.failNext('RunInstances', 'hang', 3);
    const { instances } = instancesOn(call, fixture.clock);
    expect(await instances.run(requestFor(fixture.ecs, TYPES.arm))).toEqual({
      kind: 'unknown',
      code: 'NoAnswer',
      isSilent: true,
    });
  });

  test('because the service is silent ends when its asker has no more time', async () => {
    const endpointOf = () => `127.0.0.1:${fixture.wire.port}`;
    const call = ecsCall({ credentials: async () => KEY, endpointOf, protocol: 'HTTP', callMaxMs: 60_000 });
    fixture.ecs.failNext('DescribeAvailableResource', 'hang');
    const asked = call(REGION, 'DescribeAvailableResource', { DestinationResource: 'InstanceType' }, 150);
    await expect(asked).rejects.toMatchObject({ code: 'NoAnswer' });
  }, 5_000);

  test('is not said again when there is no time left for it', async () => {
    let nowMs = fixture.clock.nowMs();
    const slow = { nowMs: () => nowMs };
    const call = async () => {
      nowMs += 25_000;
      throw Object.assign(new Error('late'), { code: 'NoAnswer', status: null });
    };
    const { instances, pauses } = instancesOn(call, slow);
    expect((await instances.run(requestFor(fixture.ecs, TYPES.arm))).kind).toBe('unknown');
    expect(pauses).toEqual([]);
  });
});

test('a launch that nobody could be told of is put off, not unknown', async () => {
  await fixture.wire.close();
  expect(await run()).toMatchObject({ kind: 'throttled', code: 'NotSent' });
});

test('a mistake of ours is thrown, not taken for a lost answer', async () => {
  const { instances } = instancesOn(async () => {
    throw new TypeError('ours');
  }, fixture.clock);
  await expect(instances.run(requestFor(fixture.ecs, TYPES.arm))).rejects.toThrow('ours');
});

test('tries differ in nothing', async () => {
  const { ecs, clock } = account();
  const sent: Sent[] = [];
  const { instances } = instancesOn(directly(ecs, sent), clock);
  ecs.failNext('RunInstances', 'timeout-before', 2);
  await instances.run(requestFor(ecs, TYPES.arm));
  expect(sent).toHaveLength(3);
  expect(new Set(sent.map(({ params }) => JSON.stringify(params))).size).toBe(1);
});

test.each([
  [TYPES.old, ['cloud_essd PL0', 'cloud_auto', 'cloud_ssd']],
  [TYPES.middle, ['cloud_essd PL0', 'cloud_essd PL1']],
])('each disk for %s is a request of its own, with a token of its own', async (type, disks) => {
  const { ecs, clock } = account();
  const sent: Sent[] = [];
  const { instances } = instancesOn(directly(ecs, sent), clock);
  await instances.run(requestFor(ecs, type));
  const said = ({ params }: Sent) =>
    `${params['SystemDisk.Category']} ${params['SystemDisk.PerformanceLevel'] ?? ''}`.trim();
  expect(sent.map(said)).toEqual(disks);
  const tokens = sent.map(({ params }) => params.ClientToken ?? '');
  expect(new Set(tokens).size).toBe(disks.length);
  expect(tokens.every((token) => /^[\x21-\x7e]{1,64}$/.test(token))).toBe(true);
});

test('no error tells the key, the token or the user data', async () => {
  const request = requestFor(fixture.ecs, TYPES.arm, { userData: 'CANARY-jit-config' });
  const said: string[] = [];
  const watched = instancesOn(async (region, action, params) => {
    try {
      return await fixture.call(region, action, params);
    } catch (error) {
      said.push(JSON.stringify(error, Object.getOwnPropertyNames(error)), String((error as Error).cause));
      throw error;
    }
  }, fixture.clock).instances;
  for (const fault of ['timeout-before', 'truncated', 'gateway', '500-after-success'] as const)
    fixture.ecs.failNext('RunInstances', fault);
  await watched.run(request);
  await fixture.wire.close();
  await watched.run(request);
  expect(said.length).toBeGreaterThan(4);
  const words = [
    'CANARY',
    Buffer.from('CANARY').toString('base64').slice(0, 7),
    KEY.accessKeySecret,
    'Signature',
  ];
  expect(words.filter((word) => said.join('\n').includes(word))).toEqual([]);
});

test('a question is asked again when its answer is lost, and a half answer is not believed', async () => {
  await run();
  fixture.ecs.failNext('DescribeInstances', 'truncated');
  await expect(fixture.instances.list(REGION)).resolves.toMatchObject({ complete: true });
  fixture.ecs.failNext('DescribeInstances', 'truncated', 3);
  await expect(fixture.instances.list(REGION)).rejects.toMatchObject({ code: 'NoAnswer' });
  fixture.ecs.failNext('DescribeInstances', { code: 'Forbidden.RAM' });
  await expect(fixture.instances.list(REGION)).rejects.toMatchObject({ code: 'Forbidden.RAM' });
});
