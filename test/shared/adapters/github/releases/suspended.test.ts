/** The newest runner is public: that one of our installations is suspended keeps it from nobody. */
import { expect, test } from 'vitest';
import type { Calls } from '../../../../../shared/adapters/github/calls.ts';
import { newestRunner } from '../../../../../shared/adapters/github/runner-releases.ts';
import { onBothTransports } from '../transports.ts';
import { START_MS } from '../world.ts';

onBothTransports('the newest runner', (world) => {
  test('is told though the first installation is suspended', async () => {
    const w = await world();
    const assets = ['x64', 'arm64'].map((arch) => ({
      name: `actions-runner-linux-${arch}-2.341.0.tar.gz`,
      ...{ url: `https://github.com/${arch}`, sha256: 'a'.repeat(64), sizeBytes: 9 },
    }));
    w.github.setRunnerReleases([{ version: '2.341.0', publishedAtMs: START_MS, assets }]);
    w.github.suspend(w.installationId);
    expect(await w.another().latestRunner()).toMatchObject({ version: '2.341.0' });
  });
});

/** GitHub docs, "List installations for the authenticated app": an account is a person, an organisation, or an enterprise. */
test('is told though the App is installed at an enterprise as well, whose installation reads no repository', async () => {
  const enterprise = { id: 5, account: { id: 1, slug: 'acme-inc', name: 'Acme' }, suspended_at: null };
  const organization = { id: 6, account: { id: 2, login: 'acme' }, suspended_at: null };
  const assets = ['x64', 'arm64'].map((arch) => ({
    ...{ name: `actions-runner-linux-${arch}-2.341.0.tar.gz`, size: 9, digest: `sha256:${'a'.repeat(64)}` },
    browser_download_url: `https://github.com/${arch}`,
  }));
  const release = { tag_name: 'v2.341.0', published_at: '2026-09-01T00:00:00Z', assets };
  const request: Calls['request'] = async (route, _params, auth) => {
    if (route === 'GET /app/installations')
      return { status: 200, headers: {}, data: [enterprise, organization] };
    const isAllowed = typeof auth !== 'string' && auth.installation === organization.id;
    return { status: isAllowed ? 200 : 403, headers: {}, data: release };
  };
  expect(await newestRunner({ request } as Calls, null)).toMatchObject({ version: '2.341.0' });
});
