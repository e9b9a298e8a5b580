/** The newest runner is public: that one of our installations is suspended keeps it from nobody. */
import { expect, test } from 'vitest';
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
