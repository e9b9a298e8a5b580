/** A repository is asked for by the name that we know, and goes by another. */
import { expect, test } from 'vitest';
import { onBothTransports } from './transports.ts';
import { jobId, LABELS, name, runId, type TestWorld } from './world.ts';

function queuedIn(w: TestWorld) {
  const run = w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'build', labels: LABELS }] });
  return jobId(w.github.jobsOf(run)[0]?.id ?? 0);
}

onBothTransports('a repository with a new name', (world) => {
  test('is followed by GitHub’s redirects for as long as nobody takes the old one', async () => {
    const w = await world();
    const id = queuedIn(w);
    w.github.renameRepository('acme/app', 'acme/renamed');
    expect(await w.hub.job(w.org, 'acme/app', id)).toMatchObject({ job: { id }, status: 'queued' });
    const [run] = (await w.hub.liveRuns(w.org, 'acme/app', 'queued'))?.things ?? [];
    const jobs = await w.hub.jobsOfRun(w.org, 'acme/app', run?.id ?? runId(0));
    expect(jobs).toMatchObject({ things: [{ job: { id } }] });
    expect(await w.hub.registrations({ ...w.org, repository: 'acme/app' })).toMatchObject({ complete: true });
    w.github.addRepository('acme/app');
    expect(await w.hub.job(w.org, 'acme/app', id)).toBeNull();
  });

  test('is changed under the name of today: GitHub narrows a token by no other', async () => {
    const w = await world();
    queuedIn(w);
    w.github.renameRepository('acme/app', 'acme/renamed');
    const target = { ...w.org, repository: 'acme/app' };
    expect(await w.hub.mint(target, { name: name('a'), labels: LABELS })).toMatchObject({ kind: 'minted' });
    const { things } = await w.hub.registrations({ ...w.org, repository: 'acme/renamed' });
    expect(things).toMatchObject([{ name: 'a' }]);
    expect(await w.hub.removeRunner(target, things[0]?.id ?? 0)).toBe('removed');
  });

  test('and another owner is gone for the installation that we know', async () => {
    const w = await world();
    w.github.addOrganization('else');
    const id = queuedIn(w);
    w.github.renameRepository('acme/app', 'else/app');
    await expect(w.hub.job(w.org, 'acme/app', id)).rejects.toThrow(/404/);
    expect(await w.hub.liveRuns(w.org, 'acme/app', 'queued')).toBeNull();
  });
});
