/** What `npm start` shows as a job's wait: the model's time, and what was computed as it took. */
import { expect, test } from 'vitest';
import { waitOf } from '../../../cli/start/table.ts';
import { Watch } from '../../../cli/start/watch.ts';

type Seen = Parameters<typeof waitOf>[0];

const seen = (startedAtMs: number | null, machineAtMs: number | null, pausedMs = 0): Seen =>
  ({
    job: { createdAtMs: 100_000, startedAtMs },
    bill: machineAtMs === null ? null : { startedAtMs: machineAtMs },
    pausedMs,
  }) as Seen;

// biome-ignore format: a table reads best as a table.
test.each([
  ['a boot counts as it is',                               seen(160_000, 100_000),         60],
  ['what functions computed counts once, not 20 times',    seen(200_000, 140_000),         62],
  ['a pause between two tries is the model’s',             seen(200_000, 140_000, 30_000), 90.5],
  ['a machine that was there before the job costs nothing', seen(105_000, 50_000),          5],
  ['nothing is known of its machine',                      seen(120_000, null),             1],
  ['it never ran',                                         seen(null, 140_000),          null],
])('%s', (_name, job, seconds) => {
  expect(waitOf(job, 20)).toBe(seconds);
});

test('a pause lasts from the try that found no machine to what the launcher says next', () => {
  const watch = new Watch();
  const say = (second: number, event: string, more = {}) =>
    watch.read(JSON.stringify({ at: new Date(second * 1000).toISOString(), event, job: 7, ...more }));
  say(1, 'launch.minted');
  say(2, 'launch.waited', { because: 'no stock' });
  say(10, 'webhook.decided');
  say(32, 'launch.minted');
  say(33, 'launch.attempted', { outcome: 'running', type: 'ecs.c8y.large', zone: 'cn-hangzhou-h' });
  const job = { id: 7, status: 'queued', runner: null } as never;
  const progress = watch.progressOf(job, { ecs: { paid: () => [] } as never });
  expect(progress).toMatchObject({ pausedMs: 30_000, detail: 'ecs.c8y.large in cn-hangzhou-h' });
});
