import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Instance } from '../../../../shared/nouns.ts';
import { MINUTE_MS, overTheWire, REGION, requestFor, START_MS, TYPES } from './fixture.ts';

let fixture: Awaited<ReturnType<typeof overTheWire>>;
beforeEach(async () => {
  fixture = await overTheWire();
});
afterEach(() => fixture.wire.close());

async function launched(type = TYPES.arm, change = {}): Promise<string> {
  const outcome = await fixture.instances.run(requestFor(fixture.ecs, type, change));
  if (outcome.kind !== 'running') throw new Error(JSON.stringify(outcome));
  return outcome.instanceId;
}

describe('an instance, over the wire', () => {
  test('is made by one call, and is what was asked for', async () => {
    const id = await launched();
    expect(fixture.ecs.calls.get('RunInstances')).toBe(1);
    const [machine] = fixture.ecs.alive();
    expect(machine).toMatchObject({
      id,
      name: 'ci-runner-arm64-spot-1-1',
      strategy: 'SpotAsPriceGo',
      needsTokens: true,
      keyPair: 'kp-ci',
      resourceGroup: 'rg-ci',
      userData: '#!/bin/bash\necho hello\n',
      bandwidthOut: 0,
      disk: { category: 'cloud_essd', level: 'PL0', sizeGiB: 40 },
    });
    expect(machine?.tags.get('costCenter')).toBe('ci & more');
    expect(machine?.releaseAtMs).toBe(START_MS + 60 * MINUTE_MS + 30_000); // upwards to the minute
  });

  test('is made once, however often the same request is sent', async () => {
    const first = await launched();
    expect(await launched()).toBe(first);
    expect(fixture.ecs.alive()).toHaveLength(1);
  });

  test('takes the next disk when its type does not take the first', async () => {
    await launched(TYPES.old);
    expect(fixture.ecs.alive()[0]?.disk.category).toBe('cloud_ssd');
    expect(fixture.ecs.calls.get('RunInstances')).toBe(3);
  });

  test('takes the next level of its disk where there is no PL0', async () => {
    await launched(TYPES.middle);
    expect(fixture.ecs.alive()[0]?.disk).toMatchObject({ category: 'cloud_essd', level: 'PL1' });
    expect(fixture.ecs.calls.get('RunInstances')).toBe(2);
  });

  test('is listed by its deployment, later than it exists, with what the sweep needs', async () => {
    const id = await launched();
    await fixture.clock.runUntil(START_MS + MINUTE_MS);
    const listed = await fixture.instances.list(REGION);
    expect(listed.complete).toBe(true);
    expect(listed.things).toEqual<Instance[]>([
      {
        id,
        region: REGION,
        status: 'Running',
        instanceType: TYPES.arm,
        zone: expect.stringMatching(/^cn-hangzhou-/),
        createdAtMs: START_MS - 30_000, // ECS tells the minute
        releaseAtMs: START_MS + 60 * MINUTE_MS + 30_000,
        capacityType: 'spot',
        isRecycling: false,
        name: 'ci-runner-arm64-spot-1-1',
        securityGroupIds: [`sg-${REGION}`],
        vSwitchId: expect.stringMatching(/^vsw-cn-hangzhou-/),
        tags: { 'ci-runner-deployment': 'ci', 'ci-runner-job': '1', costCenter: 'ci & more' },
      },
    ]);
  });

  test('cannot be deleted while it starts, is asked to go when it runs, and is gone in the end', async () => {
    const id = await launched();
    expect(await fixture.instances.terminate(REGION, id)).toBe('later');
    await fixture.clock.runUntil(START_MS + MINUTE_MS);
    expect(await fixture.instances.terminate(REGION, id)).toBe('asked');
    expect(await fixture.instances.find(REGION, [id])).toHaveLength(1);
    await fixture.clock.runUntil(START_MS + 2 * MINUTE_MS);
    expect(await fixture.instances.terminate(REGION, id)).toBe('gone');
    expect(await fixture.instances.find(REGION, [id])).toEqual([]);
    expect((await fixture.instances.list(REGION)).things).toEqual([]);
  });

  test('is seen to be taken back by the market', async () => {
    const id = await launched();
    await fixture.clock.runUntil(START_MS + MINUTE_MS);
    fixture.ecs.interrupt(id);
    expect((await fixture.instances.find(REGION, [id]))[0]?.isRecycling).toBe(true);
    await fixture.clock.runUntil(START_MS + 7 * MINUTE_MS);
    expect(await fixture.instances.find(REGION, [id])).toEqual([]);
  });

  test('is released by the cloud when its time has come', async () => {
    await launched();
    await fixture.clock.runUntil(START_MS + 62 * MINUTE_MS);
    expect(fixture.ecs.alive()).toEqual([]);
  });
});

test('looking for no ids asks nothing', async () => {
  expect(await fixture.instances.find(REGION, [])).toEqual([]);
  expect(fixture.ecs.calls.get('DescribeInstances')).toBeUndefined();
});
