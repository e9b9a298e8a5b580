import { expect, test } from 'vitest';
import { onBothTransports } from './transports.ts';
import { callsOf, LABELS, name } from './world.ts';

const TOKENS = 'POST /app/installations/{id}/access_tokens';

onBothTransports('installations', (world) => {
  const runner = { name: name('ci-runner-arm64-spot-1-1'), labels: LABELS };

  test('repository scope works for a personal account, in the default group', async () => {
    const w = await world();
    w.github.addUser('jo');
    w.github.addRepository('jo/tool', { isPublic: true });
    const installation = w.github.install('jo');
    const target = { owner: 'jo', repository: 'jo/tool', installationId: installation.id };
    expect((await w.hub.mint(target, runner)).kind).toBe('minted');
    expect((await w.hub.registrations(target)).things).toHaveLength(1);
    expect((await w.hub.registrations(w.org)).things).toHaveLength(0);
  });

  test('the repositories of a personal account are listed, though nobody said where the App is installed', async () => {
    const w = await world();
    w.github.addUser('jo');
    w.github.addRepository('jo/tool', { isPublic: true });
    w.github.install('jo');
    const listed = await w.hub.repositories({ owner: 'jo', repository: null, installationId: null });
    expect(listed).toMatchObject({
      things: [{ repository: 'jo/tool', repositoryId: expect.any(Number) }],
      complete: true,
    });
  });

  test('the id of the installation is found where none is known, and once', async () => {
    const w = await world();
    const target = { ...w.org, installationId: null };
    expect((await w.hub.mint(target, runner)).kind).toBe('minted');
    await w.hub.registrations(target);
    expect(callsOf(w, 'GET /orgs/{org}/installation')).toBe(1);
  });

  test('an App that was installed anew is found by its owner, once, and old hints are known after that', async () => {
    const w = await world();
    w.github.uninstall(w.installationId);
    w.github.install('acme');
    expect((await w.hub.mint(w.org, runner)).kind).toBe('minted');
    expect((await w.hub.registrations(w.org)).things).toHaveLength(1);
    expect(callsOf(w, 'GET /orgs/{org}/installation')).toBe(1);
  });

  test('where the App is not installed any more, GitHub is said to refuse: nothing was made', async () => {
    const w = await world();
    w.github.uninstall(w.installationId);
    const refused = { kind: 'refused', because: expect.stringContaining('gives no token') };
    expect(await w.hub.mint(w.org, runner)).toEqual(refused);
    expect(await w.hub.mint({ ...w.org, installationId: null }, runner)).toEqual(refused);
  });

  test('a token that dies with its installation leads to the new installation', async () => {
    const w = await world();
    await w.hub.registrations(w.org);
    w.github.uninstall(w.installationId);
    w.github.install('acme');
    expect((await w.hub.registrations(w.org)).complete).toBe(true);
  });

  test('a suspended installation is refused with its reason', async () => {
    const w = await world();
    w.github.suspend(w.installationId);
    expect(await w.hub.mint(w.org, runner)).toMatchObject({ kind: 'refused' });
    await expect(w.hub.registrations(w.org)).rejects.toThrow(/suspended/);
  });

  test('an installation token is kept for its life, and renewed after it', async () => {
    const w = await world();
    for (let minute = 0; minute < 50; minute += 10) {
      await w.hub.registrations(w.org);
      await w.pass(10 * 60_000);
    }
    expect(callsOf(w, TOKENS)).toBe(1);
    await w.pass(20 * 60_000);
    expect((await w.hub.registrations(w.org)).complete).toBe(true);
    expect(callsOf(w, TOKENS)).toBe(2);
  });
});
