/** GitHub Enterprise Server before 3.8 does not say when a job was created; its start stands in for that, and moves. */
import { expect, test } from 'vitest';
import { readHistory } from '../../../../shared/ledger/read-history.ts';
import { MINUTE_MS, open } from '../../../cli/explain/fixture.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS, type World } from '../../../world/in-process.ts';
import { queued } from '../../webhook/deliveries.ts';

const DAY = new Date(START_MS).toISOString().slice(0, 10);
const NEXT_DAY = new Date(START_MS + 24 * 60 * MINUTE_MS).toISOString().slice(0, 10);
const YEAR_ONE = '0001-01-01T00:00:00Z';

/** Heard before midnight as queued, after it as anything else. */
function send(world: World, action: string, created_at: string | undefined): void {
  const started_at = action === 'queued' ? `${DAY}T23:59:50Z` : `${NEXT_DAY}T00:00:55Z`;
  const end = action === 'completed' ? { conclusion: 'cancelled', completed_at: started_at } : {};
  const runner = action === 'in_progress' ? { runner_id: 5, runner_name: 'somebody-s' } : {};
  const job = { id: 4242, created_at, started_at, ...end, ...runner };
  const payload = queued({ job, repository: { full_name: 'acme/app' } });
  world.github.send('workflow_job', { ...payload, action, installation: { id: world.installation.id } });
}

test.each([
  ['in the order of their making', ['queued', 'completed', 'queued'], 1],
  ['with the first one late', ['completed', 'queued'], 0],
  ['with its start after its end', ['queued', 'completed', 'in_progress', 'queued'], 1],
])('a job around midnight, heard of %s, is launched for no more after its end', async (_, actions, times) => {
  for (const created of [undefined, YEAR_ONE]) {
    // GitHub knows nothing of its run, and cannot say whether it is a fork's.
    const world = await open({ config: { repositories: { allow: ['acme/*'], forks: 'allow' } } });
    for (const action of actions) {
      send(world, action, created);
      await world.pass(20_000);
    }
    await world.pass(MINUTE_MS);
    expect(world.ecs.paid()).toHaveLength(times);
    const { ledger } = world.adapters();
    expect((await ledger.jobs.list(10)).things).toEqual([]);
    const row = await readHistory({ ...build.job(4242), createdAtMs: START_MS, isUndated: true }, ledger);
    expect(row?.outcome).toBe('cancelled');
    world.fc.close();
  }
});
