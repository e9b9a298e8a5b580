/** A job that the spot market interrupted: whether its next run goes on spot, too. */
import { expect, test } from 'vitest';
import { leavesSpot } from '../../../functions/launcher/open.ts';
import { encodeHours, HOURS_NOTE, rerunOn } from '../../../shared/job/hours.ts';
import { digest } from '../../../shared/job/learned.ts';
import type { CapacityType } from '../../../shared/nouns.ts';
import { openWorld, START_MS, seedRunnerRelease } from '../../world/in-process.ts';

const MINUTE_MS = 60_000;

// biome-ignore format: a table reads best as a table.
test.each<[what: string, interrupted: number, attempt: number, hours: number | undefined, leaves: boolean]>([
  ['known to be short',                         1, 2, 0.1,       false],
  ['half an hour',                              1, 2, 0.5,       false],
  ['longer',                                    1, 2, 0.51,      true],
  ['of which nothing is known',                 1, 2, undefined, true],
  ['short, and interrupted a second time',      2, 3, 0.1,       true],
  ['a person ran it again after the first',     1, 3, 0.1,       false],
  ['its entry was there before it was queued',  2, 2, undefined, false],
])('%s', (_what, interrupted, runAttempt, hours, leaves) => {
  expect(leavesSpot({ attempt: interrupted }, { runAttempt }, hours)).toBe(leaves);
});

// biome-ignore format: a table reads best as a table.
test.each<[what: string, attempt: number, hours: number | undefined, rerun: CapacityType]>([
  ['known to be short',          1, 0.1,       'spot'],
  ['half an hour',               1, 0.5,       'spot'],
  ['longer',                     1, 0.51,      'on-demand'],
  ['of which nothing is known',  1, undefined, 'on-demand'],
  ['short, and its second run',  2, 0.1,       'on-demand'],
])('what it would be run again on counts in its choice, too: %s', (_what, attempt, hours, rerun) => {
  expect(rerunOn(attempt, hours)).toBe(rerun);
});

/** Its machines in order, each with whether it was spot's, and what was left alone when the next one was asked for. */
async function interrupted(times: number, minutes: number | null) {
  const opened: { readonly key: string; readonly atMs: number }[] = [];
  const world = openWorld({
    ecs: { interruptions: 0 },
    watch: {
      log: (event, { key }) => {
        if (event === 'breaker.opened') opened.push({ key: String(key), atMs: world.clock.nowMs() });
      },
    },
  });
  await seedRunnerRelease(world);
  const known = minutes === null ? [] : [[digest('acme/app', 'build'), minutes] as const];
  const hours = new Map(known.map(([key, each]) => [key, { hours: each / 60, endedAtMs: START_MS }]));
  await world.adapters().ledger.notes.add(HOURS_NOTE, { text: encodeHours(hours), untilMs: null });
  const plan = { name: 'build', labels: ['self-hosted', 'aliyun', 'arm64'], durationMs: 10 * MINUTE_MS };
  const run = world.github.queueRun({ repository: 'acme/app', jobs: [plan] });
  const now = () => world.github.jobsOf(run).at(-1);
  for (let time = 1; time <= times; time++) {
    const isOn = () => now()?.attempt === time && now()?.status === 'in_progress';
    expect(await world.until(isOn, 30 * MINUTE_MS)).toBe(true);
    world.ecs.interrupt(world.ecs.alive()[0]?.id ?? '');
    expect(await world.until(() => now()?.status !== 'in_progress', 10 * MINUTE_MS)).toBe(true);
  }
  expect(await world.until(() => now()?.conclusion === 'success', 60 * MINUTE_MS)).toBe(true);
  world.fc.close();
  const paid = world.ecs.paid().toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  return paid.map(({ isSpot, zone, instanceType }, at) => {
    const key = `offering:${zone}/${instanceType}/spot`;
    const nextMs = paid[at + 1]?.startedAtMs ?? 0;
    return { isSpot, isLeftAlone: opened.some((each) => each.key === key && each.atMs < nextMs) };
  });
}

test('over the whole system: short, on spot once more, and not on what was just taken back; then on pay-as-you-go', async () => {
  const lost = { isSpot: true, isLeftAlone: true };
  expect(await interrupted(2, 10)).toEqual([lost, lost, expect.objectContaining({ isSpot: false })]);
  expect((await interrupted(1, 45)).map(({ isSpot }) => isSpot)).toEqual([true, false]);
  expect((await interrupted(1, null)).map(({ isSpot }) => isSpot)).toEqual([true, false]);
});
