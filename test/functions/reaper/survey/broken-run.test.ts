/** A run whose jobs GitHub cannot list, as of one that it lost long ago, keeps no other run of its repository from being looked at. */
import { expect, test } from 'vitest';
import { MINUTE_MS, OURS, open, queue } from '../../../cli/explain/fixture.ts';

test('a job that no delivery told of is found beside them, and a person is told', async () => {
  let isLost = false;
  const broken: number[] = [];
  const alerts: string[] = [];
  const world = await open({
    post: async (text) => void alerts.push(text),
    github: {
      deliveryFaults: () => (isLost ? { kind: 'lose', isLogged: false } : null),
      faults: (_method, path) =>
        broken.some((id) => path.includes(`/runs/${id}/jobs`)) ? { kind: 'status', status: 500 } : null,
    },
  });
  queue(world, OURS, { durationMs: MINUTE_MS });
  for (let n = 0; n < 3; n++) broken.push(queue(world, 'self-hosted somewhere-else').run.id);
  await world.pass(30 * MINUTE_MS);
  isLost = true;
  const job = queue(world, OURS, { durationMs: MINUTE_MS });
  await world.until(() => job.status === 'completed', 30 * MINUTE_MS);
  expect((job.startedAtMs ?? Number.NaN) - job.createdAtMs).toBeLessThan(10 * MINUTE_MS);
  expect(alerts).toEqual([expect.stringMatching(/sweeps failed.*answered 500 to GET .*runs.*jobs/)]);
  world.fc.close();
});
