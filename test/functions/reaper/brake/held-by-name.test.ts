/** A job that GitHub lost, called as jobs that run again and again: the guess that it waits for them has an end. */
import { expect, test } from 'vitest';
import { openWorld, seedRunnerRelease } from '../../../world/in-process.ts';
import { LABELS, MINUTE_MS } from '../held-world.ts';

const ROUNDS = 24;

test('it is charged as any other that gets nothing, and told', async () => {
  const alerts: string[] = [];
  const world = openWorld({ ecs: { interruptions: 0 }, post: async (text) => void alerts.push(text) });
  await seedRunnerRelease(world);
  const { github } = world;
  const queue = (more = {}) => {
    const jobs = [{ name: 'build', labels: LABELS, durationMs: 20 * MINUTE_MS }];
    return github.jobsOf(github.queueRun({ repository: 'acme/app', jobs, ...more }))[0];
  };
  const lost = queue({ forgottenSinceMs: world.clock.nowMs() });
  for (let runs = 0; runs < ROUNDS; runs++) {
    queue();
    await world.pass(21 * MINUTE_MS);
  }
  const useless = world.ecs.paid().length - ROUNDS;
  // Three times its guess was tried, then it was charged as any; by now one more each few hours. Eighteen before that had an end.
  expect(useless).toBeLessThanOrEqual(14);
  expect(useless, 'it was tried').toBeGreaterThan(3);
  expect(alerts.filter((text) => text.includes(`${lost?.id}`))).not.toEqual([]);
  world.fc.close();
});
