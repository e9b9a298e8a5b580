/** Whatever the adapter says and reads must be in the SDK's own models. */
import { expect, test } from 'vitest';
import type { EcsCall } from '../../../../shared/adapters/ecs/call.ts';
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
import { fieldOf, type Model, models } from './models.ts';

/** Answers as `call` does, and notes each field that is read. */
function noting(call: EcsCall, read: Set<string>): EcsCall {
  const watched = (value: unknown, path: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    return new Proxy(value, {
      get(target, key) {
        const inner = Reflect.get(target, key);
        if (typeof key === 'symbol' || !Object.hasOwn(target, key) || key === 'length') return inner;
        const isIndex = Array.isArray(target);
        if (!isIndex) read.add(`${path}.${key}`);
        return watched(inner, isIndex ? path : `${path}.${key}`);
      },
    });
  };
  return async (region, action, params) =>
    watched(await call(region, action, params), action) as Record<string, unknown>;
}

/** Everything the adapter can say, said once. */
async function sayEverything(): Promise<{ sent: Sent[]; read: Set<string> }> {
  const { ecs, clock } = account({
    delays: { listLagMs: [0, 0], findLagMs: [0, 0] },
  });
  ecs.region(REGION).network.ramRoles.add('runner');
  const sent: Sent[] = [];
  const read = new Set<string>();
  const call = noting(directly(ecs, sent), read);
  const images = {
    amd64: { id: 'ubuntu_24_04_x64_20G_alibase_20260901.vhd' },
    arm64: { family: 'acs:ubuntu_24_04_arm64' },
  };
  const { instances } = instancesOn(call, clock, { images, ramRole: 'runner' });
  const spot = requestFor(ecs, TYPES.arm);
  const outcomes = [await instances.run({ ...spot, candidate: { ...spot.candidate, priceLimit: 9.5 } })];
  const onDemand = requestFor(ecs, TYPES.old, { clientToken: 'b' });
  outcomes.push(
    await instances.run({ ...onDemand, candidate: { ...onDemand.candidate, capacityType: 'on-demand' } }),
  );
  const open = instancesOn(call, clock, {
    placements: [{ ...(await import('./fixture.ts')).placement, egress: 'public-ip' }],
  });
  outcomes.push(await open.instances.run(requestFor(ecs, TYPES.newest, { clientToken: 'c' })));
  expect(outcomes.map(({ kind }) => kind)).toEqual(['running', 'running', 'running']);
  await clock.runUntil(START_MS + MINUTE_MS);
  const { things } = await instances.list(REGION);
  expect(things).toHaveLength(3);
  await instances.consoleOutput(REGION, things[0]?.id ?? '');
  expect(await instances.terminate(REGION, things[0]?.id ?? '')).toBe('asked');
  const others = things.slice(1).map(({ id }) => id);
  expect([...(await instances.terminateAll(REGION, others)).values()]).toEqual(['asked', 'asked']);
  return { sent, read };
}

test('every parameter that is sent is in the SDK’s request model', async () => {
  const { sent } = await sayEverything();
  const strangers = sent.flatMap(({ action, params }) => {
    const model = models[`${action}Request`] as Model;
    return Object.keys(params)
      .filter((name) => fieldOf(model, name.split('.')) === null)
      .map((name) => `${action} ${name}`);
  });
  expect([...new Set(strangers)]).toEqual([]);
  expect(new Set(sent.map(({ action }) => action))).toEqual(
    new Set([
      'RunInstances',
      'DescribeInstances',
      'GetInstanceConsoleOutput',
      'DeleteInstance',
      'DeleteInstances',
    ]),
  );
});

test('every field that is read is in the SDK’s answer model', async () => {
  const { read } = await sayEverything();
  expect(read.size).toBeGreaterThan(15);
  const strangers = [...read].filter((path) => {
    const [action, ...names] = path.split('.');
    return fieldOf(models[`${action}ResponseBody`] as Model, names) === null;
  });
  expect(strangers).toEqual([]);
});

test('a parameter that the SDK does not know would be seen', () => {
  const model = models.RunInstancesRequest as Model;
  expect(fieldOf(model, ['Tag', '1', 'Key'])).not.toBeNull();
  expect(fieldOf(model, ['Tags', '1', 'Key'])).toBeNull();
  expect(fieldOf(model, ['SystemDisk', 'Kind'])).toBeNull();
});
