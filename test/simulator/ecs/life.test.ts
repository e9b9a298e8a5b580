import { describe, expect, test } from 'vitest';
import type { BootedMachine } from '../../../simulator/ecs/index.ts';
import fc from '../../fast-check.ts';
import {
  inMinutes,
  MINUTE_MS,
  REGION,
  START_MS,
  TYPES,
  type Words,
  world,
} from '../../shared/adapters/ecs/fixture.ts';

const HOUR_MS = 60 * MINUTE_MS;

test('whatever is said how often under which token: one instance a token, or a refusal', () => {
  const saying = fc.record({ token: fc.constantFrom('a', 'b', 'c'), name: fc.constantFrom('one', 'two') });
  return fc.assert(
    fc.property(fc.array(saying, { maxLength: 30 }), (sayings) => {
      const { ecs, good, run } = world();
      const first = new Map<string, { name: string; id: string }>();
      for (const { token, name } of sayings) {
        const params = { ...good(), ClientToken: token, InstanceName: name };
        const known = first.get(token);
        if (known === undefined) first.set(token, { name, id: run(params)[0] ?? '' });
        else if (known.name === name) expect(run(params)).toEqual([known.id]);
        else
          expect(() => run(params)).toThrow(expect.objectContaining({ code: 'IdempotentParameterMismatch' }));
      }
      expect(
        ecs
          .alive()
          .map(({ id }) => id)
          .sort(),
      ).toEqual([...first.values()].map(({ id }) => id).sort());
    }),
    { numRuns: 50 },
  );
});

test('a token answers for its instance also when that is gone, and is forgotten in the end', async () => {
  const { clock, ecs, good, run } = world();
  const params = { ...good(), ClientToken: 't' };
  const [id] = run(params);
  await clock.runUntil(START_MS + MINUTE_MS);
  ecs.call(REGION, 'DeleteInstances', { 'InstanceId.1': id ?? '', Force: 'true' });
  await clock.runUntil(START_MS + 2 * MINUTE_MS);
  expect(run(params)).toEqual([id]);
  await clock.runUntil(START_MS + HOUR_MS);
  expect(run(params)).not.toEqual([id]);
});

describe('an instance', () => {
  test('boots when it runs, is given its user data, and is told when its time is over', async () => {
    const seen: (string | number)[] = [];
    const machines: BootedMachine[] = [];
    const boot = {
      boot(machine: BootedMachine) {
        seen.push(machine.userData, machine.arch, machine.cpu);
        machines.push(machine);
        return { end: () => void seen.push('end') };
      },
    };
    const { ecs, clock, good, run } = world({ boot });
    run({ ...good(), UserData: Buffer.from('#!/bin/sh\n').toString('base64') });
    expect(seen).toEqual([]);
    await clock.runUntil(START_MS + MINUTE_MS);
    expect(seen).toEqual(['#!/bin/sh\n', 'arm64', 8]);
    machines[0]?.stop();
    expect(seen.at(-1)).toBe('end');
    await clock.runUntil(START_MS + 2 * MINUTE_MS);
    expect(ecs.alive()[0]?.history.at(-1)?.status).toBe('Stopped'); // and still there, and still paid for
    ecs.call(REGION, 'DeleteInstance', { InstanceId: machines[0]?.id ?? '' });
    await clock.runUntil(START_MS + 3 * MINUTE_MS);
    expect(ecs.alive()).toEqual([]);
    expect(seen.filter((word) => word === 'end')).toHaveLength(1);
  });

  test('is invisible at first and visible after its end, in lists longer than by id', async () => {
    const { ecs, clock, good, run } = world({
      delays: { listLagMs: [20_000, 20_000], findLagMs: [3_000, 3_000] },
    });
    const [id = ''] = run(good());
    const seen = () => {
      const count = (params: Words) =>
        (ecs.call(REGION, 'DescribeInstances', params) as { TotalCount: number }).TotalCount;
      return [count({ VSwitchId: good().VSwitchId ?? '' }), count({ InstanceIds: JSON.stringify([id]) })];
    };
    expect(seen()).toEqual([0, 0]);
    await clock.runUntil(START_MS + 4_000);
    expect(seen()).toEqual([0, 1]);
    await clock.runUntil(START_MS + 30_000);
    expect(seen()).toEqual([1, 1]);
    ecs.call(REGION, 'DeleteInstance', { InstanceId: id, Force: 'true' });
    await clock.runUntil(START_MS + 30_000 + 8_000 + 3_001);
    expect(ecs.alive()).toEqual([]);
    expect(seen()).toEqual([1, 0]);
    await clock.runUntil(START_MS + 2 * MINUTE_MS);
    expect(seen()).toEqual([0, 0]);
  });

  test('cannot be deleted while it starts, nor without force while it runs, nor twice', async () => {
    const { clock, good, run, refused } = world();
    const [id = ''] = run(good());
    const forced = { InstanceId: id, Force: 'true' };
    expect(refused('DeleteInstance', forced)).toBe('IncorrectInstanceStatus.Initializing');
    await clock.runUntil(START_MS + MINUTE_MS);
    expect(refused('DeleteInstance', { InstanceId: id })).toBe('IncorrectInstanceStatus');
    expect(refused('DeleteInstance', { ...forced, DryRun: 'true' })).toBe('DRYRUN.SUCCESS');
    expect(refused('DeleteInstance', forced)).toBe('nothing');
    expect(refused('DeleteInstance', forced)).toBe('IncorrectInstanceStatus');
    await clock.runUntil(START_MS + 2 * MINUTE_MS);
    expect(refused('DeleteInstance', forced)).toBe('InvalidInstanceId.NotFound');
  });

  test('that is stuck goes only at its release time', async () => {
    const { ecs, clock, good, run, refused } = world();
    ecs.stuckPending(1);
    const [id = ''] = run({ ...good(), AutoReleaseTime: inMinutes(32) });
    await clock.runUntil(START_MS + 30 * MINUTE_MS);
    expect(refused('DeleteInstance', { InstanceId: id, Force: 'true' })).toBe(
      'IncorrectInstanceStatus.Initializing',
    );
    await clock.runUntil(START_MS + 34 * MINUTE_MS);
    expect(ecs.alive()).toEqual([]);
  });
});

describe('the market', () => {
  test('takes an instance back with five minutes’ notice, never within its protected hour', async () => {
    let machine: BootedMachine | null = null;
    const boot = {
      boot(one: BootedMachine) {
        machine = one;
        return { end: () => {} };
      },
    };
    const { ecs, clock, good, run } = world({ boot, interruptions: 1e9 });
    run({ ...good(), SpotStrategy: 'SpotAsPriceGo', SpotDuration: '1' });
    await clock.runUntil(START_MS + HOUR_MS + 4 * MINUTE_MS);
    expect((machine as BootedMachine | null)?.terminationAtMs()).toBeNull();
    await clock.runUntil(START_MS + HOUR_MS + 6 * MINUTE_MS);
    expect((machine as BootedMachine | null)?.terminationAtMs()).toBe(START_MS + HOUR_MS + 10 * MINUTE_MS);
    expect(ecs.alive()).toHaveLength(1);
    await clock.runUntil(START_MS + HOUR_MS + 11 * MINUTE_MS);
    expect(ecs.alive()).toEqual([]);
  });

  test('leaves pay-as-you-go alone', async () => {
    const { ecs, clock, good, run } = world({ interruptions: 1e9 });
    run(good());
    await clock.runUntil(START_MS + 24 * HOUR_MS);
    expect(ecs.alive()).toHaveLength(1);
  });

  test('costs what its hours cost, the disk apart, until the end and not a second longer', async () => {
    const { ecs, clock, good, run } = world();
    run({
      ...good(),
      AutoReleaseTime: inMinutes(90),
      'SystemDisk.Size': '100',
      'SystemDisk.PerformanceLevel': 'PL0',
    });
    await clock.runUntil(START_MS + HOUR_MS);
    const [early] = ecs.paid();
    const price = ecs.region(REGION).types.get(TYPES.arm)?.onDemandPrice ?? 0;
    expect(early?.instanceCost).toBeCloseTo(price, 6);
    expect(early?.diskCost).toBeCloseTo(0.105, 6);
    expect(early?.endedAtMs).toBeNull();
    await clock.runUntil(START_MS + 5 * HOUR_MS);
    const [late] = ecs.paid();
    const hours = ((late?.endedAtMs ?? 0) - START_MS) / HOUR_MS;
    expect(hours).toBeGreaterThanOrEqual(1.5);
    expect(hours).toBeLessThan(1.52);
    expect(late?.instanceCost).toBeCloseTo(price * hours, 6);
    expect(ecs.paid()).toHaveLength(1);
  });
});

test('an API that was throttled stays so until the minute is over, and no other with it', async () => {
  const { ecs, clock, refused } = world({ callsPerMinute: { DescribeInstances: 3 } });
  const codes = Array.from({ length: 5 }, () => refused('DescribeInstances', {}));
  expect(codes.slice(0, 3)).toEqual(['nothing', 'nothing', 'nothing']);
  expect(codes.slice(3).every((code) => code.startsWith('Throttling'))).toBe(true);
  expect(refused('DescribeInstanceTypes', {})).toBe('nothing');
  await clock.runUntil(START_MS + 30_000);
  expect(refused('DescribeInstances', {})).toBe('nothing');
  expect(ecs.calls.get('DescribeInstances')).toBe(6);
});
