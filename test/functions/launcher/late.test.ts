/** A delivery that comes long after its job was made: the job may be over, or may wait for its first runner. */
import { expect, test } from 'vitest';
import { askIfLate } from '../../../functions/launcher/open.ts';
import type { LauncherWorld } from '../../../functions/launcher/world.ts';
import { HEARD_KEPT_MS } from '../../../shared/github-limits.ts';
import type { JobRecord } from '../../../shared/nouns.ts';
import { build, CREATED_MS } from '../../shared/ledger/builders.ts';
import { configOf } from '../../world/in-process.ts';
import { isOver, MINUTE_MS, open, queue, rowOf } from '../fixture.ts';

const RECORD = 'GET /repos/{owner}/{repo}/actions/jobs/{id}';

test('of a job that was cancelled long ago no machine is asked for, and its end is recorded', async () => {
  const { world } = await open({
    github: {
      deliveryFaults: (_, action) =>
        action === 'queued' ? { kind: 'delay', ms: 40 * MINUTE_MS } : { kind: 'lose', isLogged: false },
    },
  });
  const [job] = queue(world);
  world.github.cancelJob(job);
  await world.pass(50 * MINUTE_MS);
  world.fc.close();
  expect(isOver(job)).toBe(true);
  expect(world.ecs.calls.get('RunInstances') ?? 0).toBe(0);
  expect(await rowOf(world, job)).toMatchObject({ outcome: 'cancelled' });
  expect((await world.adapters().ledger.jobs.list(10)).things).toEqual([]);
});

test('what waited for its reviewer for long is launched for at once, after one question', async () => {
  const { world } = await open();
  const [job] = queue(world, { plan: { environmentGate: true } });
  await world.pass(30 * MINUTE_MS);
  const before = world.github.calls.get(RECORD) ?? 0;
  world.github.approve(job.id);
  expect(await world.until(() => world.ecs.alive().length > 0, 5_000)).toBe(true);
  expect(world.github.calls.get(RECORD)).toBe(before + 1);
  world.fc.close();
});

/** A launcher's world in which GitHub says this of the job. */
function worldAt(ageMs: number, says: () => Promise<Partial<JobRecord> | null>) {
  const asked: number[] = [];
  const job = async (_target: unknown, _repository: string, id: number) => {
    asked.push(id);
    return says();
  };
  const clock = { nowMs: () => CREATED_MS + ageMs };
  const world = { clock, config: configOf(), log: () => undefined, github: { job } };
  return { asked, world: world as unknown as LauncherWorld };
}

const EVENT = { kind: 'queued', job: build.job(1), delivery: 'd-1' } as const;
const notOver = async () => false;

test.each(['completed', 'in_progress'] as const)('of one that is %s the sweep is told', async (status) => {
  const { world } = worldAt(HEARD_KEPT_MS, async () => ({ status }));
  const because = `GitHub says that it is ${status} by now`;
  const nextTryAtMs = CREATED_MS + HEARD_KEPT_MS;
  expect(await askIfLate(EVENT, notOver(), world)).toEqual({ because, nextTryAtMs, obstacle: null });
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['calls it queued', async () => ({ status: 'queued' as const })],
  ['has not heard of its reviewer’s word yet', async () => ({ status: 'waiting' as const })],
  ['has no record of it', async () => null],
  ['does not answer', async () => { throw new Error('GitHub answered 502'); }],
])('where GitHub %s, it is launched for', async (_what, says) => {
  const { world, asked } = worldAt(HEARD_KEPT_MS, says);
  expect(await askIfLate(EVENT, notOver(), world)).toBeNull();
  expect(asked).toEqual([1]);
});

test('nobody is asked of a fresh delivery, of what history knows, or of what the sweep has planned', async () => {
  const says = async () => ({ status: 'completed' as const });
  const [fresh, old] = [worldAt(HEARD_KEPT_MS - 1, says), worldAt(HEARD_KEPT_MS, says)];
  const due = { kind: 'due', job: build.job(1), rev: '1', hasTurn: true } as const;
  expect(await askIfLate(EVENT, notOver(), fresh.world)).toBeNull();
  expect(await askIfLate(EVENT, Promise.resolve(true), old.world)).toBeNull();
  expect(await askIfLate(due, notOver(), old.world)).toBeNull();
  expect([...fresh.asked, ...old.asked]).toEqual([]);
});
