/** Stopped and started again: what that costs, what it gives back, and what is run then. */
import { expect, test } from 'vitest';
import type { BootedMachine, Machine } from '../../../simulator/ecs/index.ts';
import { MINUTE_MS, REGION, START_MS, type Words, world } from '../../shared/adapters/ecs/fixture.ts';

const HOUR_MS = 60 * MINUTE_MS;
const userData = (text: string) => ({ UserData: Buffer.from(text).toString('base64') });

async function running(words: Words = {}, options: Parameters<typeof world>[0] = {}) {
  const said: string[] = [];
  const boot = {
    boot: ({ userData }: BootedMachine) => ({ end: () => undefined, said: said.push(userData) }),
  };
  const made = world({ ...options, boot });
  const onDemand = { InstanceChargeType: 'PostPaid', SpotStrategy: 'NoSpot' };
  const { SpotDuration: _, SpotPriceLimit: __, SpotInterruptionBehavior: ___, ...good } = made.good();
  const [id = ''] = made.run({ ...good, ...onDemand, ...userData('first'), ...words });
  await made.clock.runUntil(START_MS + MINUTE_MS);
  const call = (action: string, more: Words = {}) =>
    made.ecs.call(REGION, action, { InstanceId: id, ...more }, undefined);
  const shown = () => {
    const answer = made.ecs.call(REGION, 'DescribeInstances', { InstanceIds: JSON.stringify([id]) });
    return (answer as { Instances: { Instance: Words[] } }).Instances.Instance[0] ?? {};
  };
  const passed = (ms: number) => made.clock.runUntil(made.clock.nowMs() + ms);
  return { ...made, id, said, call, shown, passed };
}

const refused = (code: string) => expect.objectContaining({ code });

test('in economical mode it costs its disk alone, and says so; then it runs what it was given meanwhile', async () => {
  const { ecs, call, shown, passed, said } = await running();
  call('StopInstance', { StoppedMode: 'StopCharging' });
  await passed(MINUTE_MS);
  expect(shown()).toMatchObject({ Status: 'Stopped', StoppedMode: 'StopCharging' });
  const before = ecs.paid()[0];
  await passed(10 * HOUR_MS);
  const after = ecs.paid()[0];
  expect(after?.instanceCost).toBe(before?.instanceCost);
  expect(after?.diskCost).toBeGreaterThan(5 * (before?.diskCost ?? 0));
  const ofDays = [...(after?.byDay.values() ?? [])].reduce((sum, each) => sum + each, 0);
  expect(ofDays).toBeCloseTo((after?.instanceCost ?? 0) + (after?.diskCost ?? 0), 6);
  call('ModifyInstanceAttribute', userData('second'));
  call('StartInstance');
  await passed(MINUTE_MS);
  expect(shown()).toMatchObject({ Status: 'Running', StoppedMode: 'Not-applicable' });
  expect(said).toEqual(['first', 'second']);
  await passed(HOUR_MS);
  expect(ecs.paid()[0]?.instanceCost).toBeGreaterThan(after?.instanceCost ?? 0);
});

test.each<[string, Words, string?]>([
  ['in the usual mode', {}],
  ['a type that has no such mode', { StoppedMode: 'StopCharging' }, 'none'],
])('it goes on billing, without an error: %s', async (_, mode, none) => {
  const ways = none === undefined ? {} : { economicalMode: () => false };
  const { ecs, call, shown, passed } = await running({}, { ways });
  call('StopInstance', mode);
  await passed(MINUTE_MS);
  expect(shown()).toMatchObject({ Status: 'Stopped', StoppedMode: 'KeepCharging' });
  const before = ecs.paid()[0]?.instanceCost ?? 0;
  await passed(10 * HOUR_MS);
  expect(ecs.paid()[0]?.instanceCost).toBeGreaterThan(5 * before);
});

test('its cores are somebody else’s meanwhile: where none are left it is not started', async () => {
  const { ecs, call, passed } = await running();
  const { zone, type } = ecs.alive()[0] as Machine;
  call('StopInstance', { StoppedMode: 'StopCharging' });
  await passed(MINUTE_MS);
  ecs.setStock(zone, type.id, 0);
  expect(() => call('StartInstance')).toThrow(refused('OperationDenied.NoStock'));
  ecs.setStock(zone, type.id, 1);
  call('StartInstance');
  await passed(MINUTE_MS);
  expect(ecs.alive()[0]?.booted).not.toBeNull();
});

test('what is not in the state for it is refused', async () => {
  const { call, passed } = await running();
  expect(() => call('StartInstance')).toThrow(refused('IncorrectInstanceStatus'));
  expect(() => call('ModifyInstanceAttribute', userData('x'))).toThrow(refused('IncorrectInstanceStatus'));
  expect(() => call('StopInstance', { StoppedMode: 'Hibernate' })).toThrow(refused('InvalidParameter'));
  call('StopInstance');
  expect(() => call('StopInstance')).toThrow(refused('IncorrectInstanceStatus'));
  await passed(MINUTE_MS);
  const tooLong = userData('x'.repeat(32 * 1024 + 1));
  expect(() => call('ModifyInstanceAttribute', tooLong)).toThrow(refused('InvalidUserData.SizeExceeded'));
  expect(() => call('StartInstance', { InstanceId: 'i-none' })).toThrow(
    refused('InvalidInstanceId.NotFound'),
  );
});
