/** What the mirror would have written. */
import type { PublishedRelease } from '../../shared/ports.ts';
import type { Mirrors } from '../../shared/runner/copies.ts';
import { archiveKey, archiveName, type RunnerRelease } from '../../shared/runner/release.ts';

const VERSION = '2.336.0';
const of = { sha256: 'a'.repeat(64), sizeBytes: 160_000_000 };
const archive = (arch: 'amd64' | 'arm64') => ({ key: archiveKey(VERSION, arch), ...of });

/** What the reaper would have written, of a deployment without a bucket. */
export const RELEASE: RunnerRelease = {
  version: VERSION,
  publishedAtMs: Date.UTC(2026, 4, 1),
  archives: { amd64: archive('amd64'), arm64: archive('arm64') },
  regions: [],
  superseded: [],
};

const url = (arch: 'amd64' | 'arm64') => `https://github.com/${archiveName(VERSION, arch)}`;

/** And GitHub of it. */
export const PUBLISHED: PublishedRelease = {
  version: VERSION,
  publishedAtMs: RELEASE.publishedAtMs,
  archives: { amd64: { url: url('amd64'), ...of }, arm64: { url: url('arm64'), ...of } },
};

/** As the simulated GitHub is told it. */
export const ASSETS = (['amd64', 'arm64'] as const).map((arch) => ({
  name: archiveName(VERSION, arch),
  url: url(arch),
  ...of,
}));

/** There is no bucket, and so no mirror. */
export const NO_MIRRORS: Mirrors = {
  regions: [],
  look: () => Promise.reject(new Error('there is no mirror')),
  copy: () => Promise.reject(new Error('there is no mirror')),
};
