/** What a job used of its machine gets from its console into history, by one call, and nothing waits for it. */
import { describe, expect, test } from 'vitest';
import { usageIn } from '../../shared/runner/usage.ts';
import type { World } from '../world/in-process.ts';
import { isOver, MINUTE_MS, open, queue, rowOf } from './fixture.ts';

/** A job from its queueing until nothing of it is left. */
async function played(world: World, durationMs = 3 * MINUTE_MS) {
  const [job] = queue(world, { plan: { durationMs } });
  expect(await world.until(() => isOver(job), 40 * MINUTE_MS)).toBe(true);
  await world.pass(5 * MINUTE_MS);
  expect((await world.adapters().ledger.capacity.view()).total).toBe(0);
  return rowOf(world, job);
}

const looksAt = ({ lines }: World) => lines.filter((line) => line.includes('"event":"usage.'));

describe("a job's row in history", () => {
  test('says what its machine measured', async () => {
    const { world } = await open();
    const usage = (await played(world))?.usage;
    // 180 s, of a machine of 8 cores: the simulated job keeps (1 + 180 % 7) / 8 of them busy.
    expect(usage).toMatchObject({
      seconds: 180,
      cores: 8,
      coresPeak: 6,
      oomKilled: 0,
      diskMiB: 1440,
      networkMiB: 540,
    });
    expect(looksAt(world)).toEqual([]);
  });

  test('has none where it is off, and nobody asks for a console', async () => {
    const { world } = await open({ config: { defaults: { usage: false } } });
    const row = await played(world);
    expect(row).toMatchObject({ outcome: 'success', goneAtMs: expect.any(Number) });
    expect(row?.usage ?? null).toBeNull();
  });

  test.each([
    ['refused', { code: 'Forbidden.RAM', status: 403 }],
    ['not answered', 'timeout-before'],
  ] as const)('has none where the console is %s, and the job ends as ever', async (_what, fault) => {
    const { world } = await open();
    world.ecs.failNext('GetInstanceConsoleOutput', fault, 20);
    const row = await played(world);
    expect(row).toMatchObject({ outcome: 'success', goneAtMs: expect.any(Number) });
    expect(row?.usage ?? null).toBeNull();
    expect(looksAt(world)).toHaveLength(1);
    expect(looksAt(world)[0]).toContain('usage.unread');
  });
});

test('a console that tells twice is taken at its last word', () => {
  const line = (seconds: number) =>
    `usage.measured cores=4 memory_gib=8 seconds=${seconds} cpu_mean=10 cpu_peak=20 memory_peak_mib=512 oom_killed=0 disk_mib=0 network_mib=0\n`;
  expect(usageIn(line(1) + line(2))).toMatchObject({ seconds: 2, coresPeak: 0.2, memoryPeakGiB: 0.5 });
});
