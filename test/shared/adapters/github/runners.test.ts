import { expect, test } from 'vitest';
import { onBothTransports } from './transports.ts';
import { callsOf, connected, LABELS, name } from './world.ts';

const JIT = 'POST /orgs/{org}/actions/runners/generate-jitconfig';
const TOKENS = 'POST /app/installations/{id}/access_tokens';

onBothTransports('runners', (world) => {
  const runner = { name: name('ci-runner-arm64-spot-1-1'), labels: LABELS };

  test('mints with one call, after a token and the group were fetched once', async () => {
    const w = await world();
    const first = await w.hub.mint(w.org, runner);
    expect(first).toMatchObject({ kind: 'minted', runnerId: expect.any(Number) });
    const second = await w.hub.mint(w.org, { ...runner, name: name('ci-runner-arm64-spot-2-1') });
    expect(second.kind).toBe('minted');
    expect([callsOf(w, TOKENS), callsOf(w, JIT)]).toEqual([1, 2]);
    expect(callsOf(w, 'GET /orgs/{org}/actions/runner-groups')).toBe(1);
    expect([...w.github.calls.values()].reduce((sum, count) => sum + count, 0)).toBe(4);
  });

  test('a minted config is about 4 KB, and the labels are exactly the ones asked for, in lower case', async () => {
    const w = await world();
    const minted = await w.hub.mint(w.org, { ...runner, labels: ['Self-Hosted', 'ARM64'] });
    expect(minted.kind === 'minted' && minted.jitConfig.length).toBeGreaterThan(4_000);
    const { things, complete } = await w.hub.registrations(w.org);
    expect(complete).toBe(true);
    expect(things).toEqual([
      {
        id: minted.kind === 'minted' ? minted.runnerId : 0,
        name: runner.name,
        isOnline: false,
        isBusy: false,
        labels: ['self-hosted', 'arm64'],
      },
    ]);
  });

  test('a name that is taken by our own lost reply is removed and minted again', async () => {
    const w = await world();
    await w.hub.mint(w.org, runner);
    expect((await w.hub.mint(w.org, runner)).kind).toBe('minted');
    expect((await w.hub.registrations(w.org)).things).toHaveLength(1);
  });

  test('a name that is taken by a busy runner is refused, and the runner is left alone', async () => {
    const w = await world();
    const { jobs } = await connected(w, runner.name);
    w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'build', labels: LABELS }] });
    await w.pass(10_000);
    expect(jobs).toHaveLength(1);
    expect(await w.hub.mint(w.org, runner)).toMatchObject({ kind: 'refused' });
    expect(w.github.runners()).toHaveLength(1);
  });

  // biome-ignore format: a table reads best as a table.
  const refusals: [what: string, labels: string[], because: RegExp][] = [
    ['no label',       [],                                              /422/],
    ['101 labels',     Array.from({ length: 101 }, (_, i) => `l${i}`),  /422/],
  ];
  test.each(refusals)('GitHub refuses %s', async (_what, labels, because) => {
    const w = await world();
    const outcome = await w.hub.mint(w.org, { ...runner, labels });
    expect(outcome).toMatchObject({ kind: 'refused', because: expect.stringMatching(because) });
  });

  test('a runner group that is missing is refused by name', async () => {
    const w = await world();
    const outcome = await w.another({ runnerGroup: 'gone' }).mint(w.org, runner);
    expect(outcome).toEqual({ kind: 'refused', because: 'there is no runner group named gone' });
  });

  test('a runner comes into the group that is asked for, each found once', async () => {
    const w = await world();
    const other = w.github.addGroup({ organization: 'acme', name: 'ci-public', repositories: 'all' });
    for (const [at, group] of [undefined, 'ci-public', undefined, 'ci-public'].entries())
      await w.hub.mint(w.org, {
        ...runner,
        name: name(`r-${at}`),
        ...(group === undefined ? {} : { group }),
      });
    expect(w.github.runners().map(({ groupId }) => groupId)).toEqual([
      w.groupId,
      other.id,
      w.groupId,
      other.id,
    ]);
    expect(callsOf(w, 'GET /orgs/{org}/actions/runner-groups')).toBe(2);
  });

  test('a runner group that was made anew is looked up again', async () => {
    const w = await world();
    const group = w.github.addGroup({ organization: 'acme', name: 'second', repositories: 'all' });
    const hub = w.another({ runnerGroup: 'second' });
    expect((await hub.mint(w.org, runner)).kind).toBe('minted');
    w.github.removeGroup(group.id);
    w.github.addGroup({ organization: 'acme', name: 'second', repositories: 'all' });
    expect((await hub.mint(w.org, { ...runner, name: name('r-2') })).kind).toBe('minted');
  });

  test('more than a hundred runners come in pages, each once', async () => {
    const w = await world();
    const minted = new Set<number>();
    for (let index = 0; index < 230; index++) {
      const { body } = await w.asInstallation('POST', '/orgs/acme/actions/runners/generate-jitconfig', {
        name: `r-${index}`,
        runner_group_id: w.groupId,
        labels: ['a'],
      });
      minted.add((body as { runner: { id: number } }).runner.id);
      if (index % 100 === 99) await w.pass(60_000);
    }
    const { things, complete } = await w.hub.registrations(w.org);
    expect(new Set(things.map(({ id }) => id))).toEqual(minted);
    expect(complete).toBe(true);
    expect(callsOf(w, 'GET /orgs/{org}/actions/runners')).toBe(3);
  });

  test('an unchanged list is asked for conditionally, and costs nothing of the hour', async () => {
    // The group, the mint and one list: the share that is kept for mints is not reached.
    const w = await world({ limits: { callsPerHour: 10 } });
    await w.hub.mint(w.org, runner);
    for (let look = 0; look < 20; look++) {
      expect((await w.hub.registrations(w.org)).things).toHaveLength(1);
    }
  });

  test('removal says removed, then absent; and busy while it runs a job', async () => {
    const w = await world();
    const idle = await connected(w, 'idle', ['other']);
    expect(await w.hub.removeRunner(w.org, idle.runnerId)).toBe('removed');
    // It hears of it when its poll ends.
    await w.pass(50_000);
    expect(idle.exits).toEqual(['removed']);
    expect(await w.hub.removeRunner(w.org, idle.runnerId)).toBe('absent');
    const busy = await connected(w, 'busy');
    w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'build', labels: LABELS }] });
    await w.pass(10_000);
    expect(await w.hub.removeRunner(w.org, busy.runnerId)).toBe('busy');
    expect((await w.hub.registrations(w.org)).things).toMatchObject([{ isOnline: true, isBusy: true }]);
  });
});
