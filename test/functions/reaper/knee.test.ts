/** Where a deployment's size begins to cost: calls, time and processor of one sweep, and the capacity row. */
import { expect, test } from 'vitest';
import { LATER_PAUSE_MS, LATER_STARTS_MS } from '../../../shared/github-limits.ts';
import { swept, worldOf } from './scale-world.ts';

const SIZES: readonly (readonly [alive: number, waiting: number])[] =
  process.env.FIGURES === undefined
    ? [
        [10, 0],
        [100, 300],
      ]
    : [
        [10, 0],
        [100, 0],
        [1_000, 0],
        [5_000, 0],
        [100, 10_000],
        [5_000, 10_000],
      ];

test.each(SIZES)(
  'a sweep with %i alive and %i that wait asks for pages, and not for each',
  async (alive, waiting) => {
    const { clock, calls, world } = await worldOf(alive, 0, 0, undefined, waiting);
    const cpuBefore = process.cpuUsage();
    const launched = new Set<number>();
    const launch = async (event: Parameters<typeof world.queue.launch>[0]) => {
      if (event.kind !== 'warm') launched.add(event.job.id);
    };
    const account = await swept(clock, { ...world, queue: { launch } });
    const { user, system } = process.cpuUsage(cpuBefore);
    expect(account).toMatchObject({ runners: alive, keep: alive });
    const { launch: _, ...asked } = calls;
    const pages = 2 * Math.ceil(alive / 100);
    // Who waits for mints alone is started so many times more.
    const later = alive < 1_000 && waiting > 0 ? 4 * (LATER_STARTS_MS / LATER_PAUSE_MS) : 0;
    expect(Object.values(asked).reduce((sum, each) => sum + each, 0) - pages - later).toBeLessThan(40);
    expect(launched.size).toBeLessThanOrEqual(waiting);
    expect(account.tookMs).toBeLessThan(60_000);
    if (process.env.FIGURES)
      process.stdout.write(
        `${JSON.stringify({ alive, waiting, asked, launched: launched.size, tookMs: account.tookMs, cpuMs: Math.round((user + system) / 1000) })}\n`,
      );
  },
);
