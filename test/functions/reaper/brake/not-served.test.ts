/** A matrix of a repository that the runner group does not serve, while others' jobs run: each launch of it is in vain, and they are few. */
import { expect, test } from 'vitest';
import { MINUTE_MS, OURS, open, queue } from '../../../cli/explain/fixture.ts';

test('each of its jobs gets as many runners as one alone, twice at most; others run meanwhile, and a person is told', async () => {
  const alerts: string[] = [];
  const world = await open({
    repositories: ['acme/app', 'acme/pay'],
    post: async (text) => void alerts.push(text),
  });
  world.regroup({ repositories: ['acme/app'], allowsPublic: false });
  const lost = Array.from({ length: 20 }, () => queue(world, OURS, {}, 'acme/pay'));
  const waits: number[] = [];
  for (let minutes = 0; minutes < 6 * 60; minutes += 8) {
    const job = queue(world, `${OURS} 4cpu`, { durationMs: MINUTE_MS });
    await world.pass(8 * MINUTE_MS);
    waits.push((job.startedAtMs ?? Number.NaN) - job.createdAtMs);
  }
  const machines = world.ecs.paid().length - waits.length;
  if (process.env.FIGURES)
    process.stdout.write(`${JSON.stringify({ machines, waitMax: Math.max(...waits) })}\n`);
  expect(machines).toBeLessThanOrEqual(10 * lost.length);
  expect(Math.max(...waits)).toBeLessThan(4 * MINUTE_MS);
  expect(alerts.join('\n')).toMatch(/acme\/pay had 5 runners of no use.* gets no further one/);
  world.fc.close();
});
