/** A deploy, and a rollback, in the middle of everything: each instance of a function begins anew, on the same ledger. */
import { expect, test } from 'vitest';
import { configOf, openWorld, seedRunnerRelease } from '../../world/in-process.ts';

const MINUTE_MS = 60_000;
const RUNNING = 50;
const WAITING = 20;

test(`a deploy among ${RUNNING} live runners and ${WAITING} that are coming loses none`, async () => {
  const world = openWorld({ ecs: { soldOut: 0, interruptions: 0 } });
  await seedRunnerRelease(world);
  const before = world.state.config;
  const queue = (count: number) =>
    world.github.queueRun({
      repository: 'acme/app',
      jobs: Array.from({ length: count }, (_, at) => ({
        name: `job-${at}`,
        labels: ['self-hosted', 'aliyun', at % 2 === 0 ? 'arm64' : 'amd64'],
        durationMs: (10 + (at % 7)) * MINUTE_MS,
      })),
    });
  const first = queue(RUNNING);
  const of = (status: string) => world.github.jobsOf(first).filter((job) => job.status === status).length;
  expect(await world.until(() => of('in_progress') === RUNNING, 15 * MINUTE_MS)).toBe(true);

  // Deliveries, launches and boots of these are under way when the code changes, twice.
  const second = queue(WAITING);
  await world.pass(3_000);
  world.state.config = configOf({ tags: { release: 'two' } });
  await world.pass(20_000);
  world.state.config = before;

  const all = () => [...world.github.jobsOf(first), ...world.github.jobsOf(second)];
  expect(await world.until(() => all().every(({ status }) => status === 'completed'), 60 * MINUTE_MS)).toBe(
    true,
  );
  expect(all().filter(({ conclusion }) => conclusion !== 'success')).toEqual([]);
  await world.pass(10 * MINUTE_MS);
  expect(world.ecs.alive()).toEqual([]);
  const { ledger } = world.adapters();
  expect((await ledger.runners.list(1000)).things).toEqual([]);
  expect(await ledger.capacity.view()).toMatchObject({ total: 0 });
});
