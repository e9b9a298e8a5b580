/** What the mirror would have written. */
import type { RunnerRelease } from '../../shared/runner/release.ts';

const archive = (arch: string) => ({
  key: `actions-runner-linux-${arch}-2.336.0.tar.gz`,
  sha256: 'a'.repeat(64),
  sizeBytes: 160_000_000,
});

export const RELEASE: RunnerRelease = {
  version: '2.336.0',
  publishedAtMs: Date.UTC(2026, 4, 1),
  archives: { amd64: archive('x64'), arm64: archive('arm64') },
  regions: ['cn-hangzhou'],
  superseded: [],
};
