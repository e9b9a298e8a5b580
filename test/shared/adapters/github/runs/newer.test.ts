/** Lists that lag, that GitHub has no time for, and of what it shows to nobody. */
import { expect, test } from 'vitest';
import { oneRun } from '../../../../../shared/adapters/github/shapes.ts';
import { onBothTransports } from '../transports.ts';
import { runId } from '../world.ts';

onBothTransports('runs of a repository', (world) => {
  test('a later run of the same workflow, branch, event and head is found, and no other', async () => {
    const w = await world();
    const queue = (more: object = {}) =>
      w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'a', labels: ['x'] }], ...more });
    const first = await w.hub.run(w.org, 'acme/app', runId(queue().id));
    if (first === null) throw new Error('no run');
    for (const more of [{ branch: 'b' }, { workflow: 'w' }, { event: 'schedule' }]) queue(more);
    queue({ event: 'push', fork: 'eve/app' });
    expect(await w.hub.hasNewerRun(w.org, 'acme/app', first)).toBe(false);
    queue();
    expect(await w.hub.hasNewerRun(w.org, 'acme/app', first)).toBe(true);
    expect(await w.hub.hasNewerRun(w.org, 'acme/app', { ...first, branch: null })).toBe(false);
  });

  test('a later run is found though lists by branch lag behind, as they do for days', async () => {
    const day = 24 * 3_600_000;
    const w = await world({ behaviour: { runListLagMs: [day, day] } });
    const queue = () => w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'a', labels: ['x'] }] });
    const first = await w.hub.run(w.org, 'acme/app', runId(queue().id));
    if (first === null) throw new Error('no run');
    expect(await w.hub.hasNewerRun(w.org, 'acme/app', first)).toBe(false);
    queue();
    expect(await w.hub.hasNewerRun(w.org, 'acme/app', first)).toBe(true);
  });

  test('the jobs of a wide matrix are listed in pages that GitHub has the time for', async () => {
    const w = await world();
    const jobs = Array.from({ length: 250 }, (_, at) => ({ name: `test (${at})`, labels: ['x'] }));
    const run = w.github.queueRun({ repository: 'acme/app', jobs });
    const { things, complete } = await w.hub.jobsOfRun(w.org, 'acme/app', runId(run.id));
    expect([things.length, complete]).toEqual([250, true]);
  });

  test.each([
    [451, 'Repository access blocked'],
    [403, 'Repository access blocked'],
  ])('one that GitHub has blocked (%i) is gone for us, as are its jobs', async (status, message) => {
    const w = await world();
    const blocked = { kind: 'status', status, message } as const;
    w.fail('GET', '/repos/acme/app', blocked, blocked);
    expect(await w.hub.liveRuns(w.org, 'acme/app', 'queued')).toBeNull();
  });
});

test('a run whose attempt is null, as a job’s may be, is in its first', () => {
  const run = { id: 1, run_attempt: null, status: 'queued', conclusion: null, event: 'push' };
  const rest = { repository: { id: 2 }, head_repository: null, head_sha: 'a' };
  expect(oneRun.parse({ ...run, ...rest })).toMatchObject({ attempt: 1, headRepositoryId: null });
});
