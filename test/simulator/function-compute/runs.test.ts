import { expect, test } from 'vitest';
import { abandonWhenKilled } from '../../../simulator/function-compute/index.ts';
import { START_MS, worldOf } from './world.ts';

const HOUR_MS = 3_600_000;
const event = (value: unknown) => Buffer.from(JSON.stringify(value));

test('an instance is used again while it is warm, not after five idle minutes, not after a timeout', async () => {
  const { fc, clock, seen, pass } = worldOf([
    { timeoutMs: 1_000, asyncRetries: 0, body: async (bytes) => clock.sleep(Number(bytes.toString())) },
  ]);
  for (const ms of [1, 1, 5_000, 1]) {
    fc.invokeAsync('f0', event(ms));
    await pass(2_000);
  }
  expect(seen.filter((one) => one.kind === 'started').map((one) => one.isCold)).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test('a run ends at its timeout: from then on nothing that it does reaches the world', async () => {
  const written: string[] = [];
  const ledger = { jobs: { write: async (line: string) => void written.push(line) } };
  const { fc, clock, seen, pass } = worldOf([
    {
      timeoutMs: 1_000,
      asyncRetries: 0,
      body: async (_bytes, context) => {
        const world = abandonWhenKilled({ ledger, sleep: (ms: number) => clock.sleep(ms) }, context.life);
        await world.ledger.jobs.write('before');
        await clock.sleep(5_000);
        await world.ledger.jobs.write('after');
      },
    },
  ]);
  fc.invokeAsync('f0', event(1));
  await pass(HOUR_MS);
  expect(written).toEqual(['before']);
  expect(seen.find(({ kind }) => kind === 'ended')).toMatchObject({
    because: 'FunctionTimedOut: after 1000 ms',
    tookMs: 1_000,
  });
});

test('a run can be killed after any of its calls: that call had its effect, and the next never happens', async () => {
  for (const kill of [1, 2, 3]) {
    const written: number[] = [];
    const port = { write: async (n: number) => void written.push(n) };
    const { fc, pass } = worldOf([
      {
        asyncRetries: 0,
        body: async (_bytes, context) => {
          const world = abandonWhenKilled(port, context.life);
          for (const n of [1, 2, 3, 4]) await world.write(n);
        },
      },
    ]);
    fc.faults.killAt = (_name, calls) => calls === kill;
    fc.invokeAsync('f0', event(1));
    await pass(HOUR_MS);
    expect(written).toEqual([1, 2, 3].slice(0, kill));
  }
});

test('each invocation brings fresh temporary credentials, known to the account, within its role, for 36 hours', async () => {
  const keys: { accessKeyId: string; accessKeySecret: string; securityToken: string }[] = [];
  const { fc, account, pass } = worldOf([
    {
      body: async (_bytes, { credentials }) => void keys.push(credentials),
      mayDo: (action) => action === 'ots:PutRow',
    },
  ]);
  fc.invokeAsync('f0', event(1));
  fc.invokeAsync('f0', event(2));
  await pass(10_000);
  expect(new Set(keys.map(({ accessKeyId }) => accessKeyId)).size).toBe(2);
  for (const key of keys) {
    expect(key.accessKeyId).toMatch(/^STS\./);
    const known = account.find(key.accessKeyId);
    expect(known).toMatchObject({ secret: key.accessKeySecret, securityToken: key.securityToken });
    expect(known?.mayDo?.('ots:PutRow')).toBe(true);
    expect(known?.mayDo?.('ecs:RunInstances')).toBe(false);
    expect((known?.expiresAtMs ?? 0) - START_MS).toBeLessThanOrEqual(36 * HOUR_MS + 10_000);
  }
});

test('a timer fires each minute, and can be skipped, or fire twice at once', async () => {
  const events: string[] = [];
  const { fc, pass } = worldOf([
    {
      body: async (bytes) => void events.push(bytes.toString()),
      timer: { name: 'sweep', cron: '@every 1m', payload: 'go' },
    },
  ]);
  await pass(10 * 60_000);
  expect(events).toHaveLength(10);
  expect(JSON.parse(events[0] as string)).toEqual({
    triggerTime: expect.stringMatching(/^2026-11-20T00:0\d:\d\dZ$/),
    triggerName: 'sweep',
    payload: 'go',
  });
  fc.faults.skipTimer = 1;
  await pass(10 * 60_000);
  expect(events.length).toBeLessThanOrEqual(11);
  const before = events.length;
  Object.assign(fc.faults, { skipTimer: 0, doubleTimer: 1 });
  await pass(10 * 60_000);
  expect(events.length - before).toBeGreaterThanOrEqual(18);
  fc.close();
  const closed = events.length;
  await pass(10 * 60_000);
  expect(events).toHaveLength(closed);
});
