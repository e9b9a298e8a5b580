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

  test.each(['app', 'renamed'])(
    'and another owner, as %s: what is known by the old name is asked where it is',
    async (as) => {
      const w = await world();
      w.github.addOrganization('else');
      const id = queuedIn(w);
      const target = { ...w.org, repository: 'acme/app' };
      expect(await w.hub.mint(target, { name: name('a'), labels: LABELS })).toMatchObject({ kind: 'minted' });
      w.github.renameRepository('acme/app', `else/${as}`);
      w.github.install('else');
      expect(await w.hub.job(w.org, 'acme/app', id)).toMatchObject({ job: { id }, status: 'queued' });
      const { things, complete } = await w.hub.registrations(target);
      expect([things.map((one) => one.name), complete]).toEqual([['a'], true]);
      const runner = { name: name('a'), id: things[0]?.id ?? 0 };
      expect(await w.hub.registration(target, runner)).toMatchObject({ id: runner.id });
      expect(await w.hub.removeRunner(target, runner.id)).toBe('removed');
      expect(await w.hub.removeRunner(target, runner.id)).toBe('absent');
      // A new job is that of another owner, whom the operator may not have allowed.
      expect(await w.hub.liveRuns(w.org, 'acme/app', 'queued')).toBeNull();
      expect(await w.hub.mint(target, { name: name('b'), labels: LABELS })).toMatchObject({
        kind: 'refused',
      });
    },
  );

  test.each([true, false])(
    'and another owner leaves its first one’s other repositories as they were (hint: %s)',
    async (isHinted) => {
      const w = await world();
      w.github.addOrganization('else');
      w.github.install('else');
      w.github.addRepository('acme/other');
      const at = { ...w.org, ...(isHinted ? {} : { installationId: null }) };
      const [moved, other] = [
        { ...at, repository: 'acme/app' },
        { ...at, repository: 'acme/other' },
      ];
      w.github.renameRepository('acme/app', 'else/app');
      await w.hub.job(at, 'acme/app', jobId(1)).catch(() => null);
      await w.hub.removeRunner(moved, 1).catch(() => null);
      await w.hub.mint(moved, { name: name('b'), labels: LABELS });
      expect(await w.hub.registrations({ ...at, repository: null })).toMatchObject({ complete: true });
      expect(await w.hub.registrations(other)).toMatchObject({ complete: true });
      expect(await w.hub.liveRuns(at, 'acme/other', 'queued')).toMatchObject({ complete: true });
      expect(await w.hub.mint(other, { name: name('c'), labels: LABELS })).toMatchObject({ kind: 'minted' });
    },
  );

  test.each([null, 'else/app'])(
    'and another owner, in an event with the installation of its first one: both owners keep their own (%s)',
    async (repository) => {
      const w = await world();
      const id = queuedIn(w);
      w.github.addRepository('acme/other');
      w.github.addOrganization('else');
      w.github.addRepository('else/one');
      w.github.addGroup({ organization: 'else', name: 'ci-runners', repositories: 'all' });
      w.github.renameRepository('acme/app', 'else/app');
      w.github.install('else');
      const target = { owner: 'else', repository, installationId: w.installationId };
      const asked = { name: name('a'), labels: LABELS };
      expect(await w.another().liveRuns(target, 'else/app', 'queued')).toMatchObject({ things: [{}] });
      expect(await w.another().mint(target, asked)).toMatchObject({ kind: 'minted' });
      const { things, complete } = await w.another().registrations(target);
      expect([things.map((one) => one.name), complete]).toEqual([['a'], true]);
      expect(await w.another().removeRunner(target, things[0]?.id ?? 0)).toBe('removed');
      expect(await w.another().job(target, 'else/app', id)).toMatchObject({ job: { id } });
      const hub = w.another();
      for (const again of ['b', 'c']) {
        expect(await hub.mint(target, { ...asked, name: name(again) })).toMatchObject({ kind: 'minted' });
        const others = { owner: 'else', repository: 'else/one', installationId: null };
        expect(await hub.registrations(others)).toMatchObject({ complete: true });
        expect((await hub.repositories(others)).things).toContainEqual(
          expect.objectContaining({ repository: 'else/one' }),
        );
        const first = { ...w.org, repository: 'acme/other' };
        expect(await hub.mint(first, { ...asked, name: name(again) })).toMatchObject({ kind: 'minted' });
      }
    },
  );
});
