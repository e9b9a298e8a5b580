/** The mirror: real adapters over simulated OSS and GitHub on the wire, the ledger in process. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MirrorWorld } from '../../../functions/mirror/world.ts';
import { runnerReleases } from '../../../shared/adapters/github/runner-releases.ts';
import { ossBucket } from '../../../shared/adapters/oss/bucket.ts';
import { parseRunnerRelease, RUNNER_RELEASE_NOTE } from '../../../shared/runner/release.ts';
import type { SimClock } from '../../../simulator/clock.ts';
import { inProcessRequest } from '../../../simulator/github/in-process.ts';
import { createGitHub } from '../../../simulator/github/index.ts';
import { createOss, type OssFault, serveOss } from '../../../simulator/oss/index.ts';
import { seeded } from '../../../simulator/random.ts';
import { inProcess } from '../../shared/ledger/transports.ts';
import { APP_ID, PRIVATE_KEY_PEM, PUBLIC_KEY_PEM, WEBHOOK_SECRET } from '../../world/keys.ts';

export const REGIONS = ['cn-hangzhou', 'cn-shanghai'] as const;
const DAY_MS = 24 * 3_600_000;
/** Of the runner's role in small: pseudo-random, so that a piece can go missing or change unseen by nobody. */
const archiveOf = (name: string) =>
  Buffer.from(
    Array.from(
      { length: 40_000 },
      (_, at) => (at * 31 + name.length * 7 + name.charCodeAt(at % name.length)) % 251,
    ),
  );

export type MirrorFixture = Awaited<ReturnType<typeof openMirror>>;

export async function openMirror() {
  const transport = inProcess();
  // Signatures carry the machine's own time, so OSS must share it.
  const clock: SimClock = { nowMs: () => Date.now(), after: () => () => {} };
  let fault: (action: string, key: string) => OssFault | null = () => null;
  let wrongDownload: 'none' | 'other bytes' | 'cut' = 'none';
  const oss = createOss({
    clock,
    credentials: (id) => (id === 'STS.mirror' ? { secret: 'secret', securityToken: 'token' } : null),
    vpcOf: () => null,
    fault: (action, key) => fault(action, key),
  });
  const buckets = REGIONS.map((region) => oss.addBucket(`runners-${region}`, region));
  const served = await serveOss(oss);
  const downloads = createServer((request, response) => {
    const bytes = archiveOf(request.url?.split('/').at(-1) ?? '');
    if (wrongDownload === 'other bytes') bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
    response.writeHead(200, { 'content-length': bytes.length });
    if (wrongDownload === 'cut')
      return void response.write(bytes.subarray(0, 9_000), () => response.destroy());
    response.end(bytes);
  });
  await new Promise<void>((resolve) => downloads.listen(0, '127.0.0.1', resolve));
  const from = `http://127.0.0.1:${(downloads.address() as AddressInfo).port}`;
  const github = createGitHub({
    clock: transport.clock,
    random: seeded(1),
    app: { id: APP_ID, publicKeyPem: PUBLIC_KEY_PEM, webhookSecret: WEBHOOK_SECRET },
    deliver: async () => ({ status: 202 }),
  });
  let nowMs = Date.UTC(2026, 9, 1);
  const lines: string[] = [];
  const world: MirrorWorld = {
    releases: runnerReleases({
      request: inProcessRequest({
        github,
        appId: APP_ID,
        privateKeyPem: PRIVATE_KEY_PEM,
        clock: transport.clock,
      }),
      asApp: false,
      egressProxy: null,
      downloadMaxMs: 10_000,
    }),
    buckets: buckets.map(({ name, region }) =>
      ossBucket({
        bucket: name,
        region,
        endpoint: `http://127.0.0.1:${served.port}`,
        accessKey: () => ({ accessKeyId: 'STS.mirror', accessKeySecret: 'secret', securityToken: 'token' }),
      }),
    ),
    notes: transport.ledger.notes,
    clock: { nowMs: () => nowMs },
    log: (event, fields) => void lines.push(JSON.stringify({ event, ...fields })),
  };
  return {
    world,
    oss,
    buckets,
    lines,
    publish(version: string, atMs = nowMs) {
      const assets = ['x64', 'arm64'].map((arch) => {
        const name = `actions-runner-linux-${arch}-${version}.tar.gz`;
        const bytes = archiveOf(name);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        return { name, sizeBytes: bytes.length, sha256, url: `${from}/${name}` };
      });
      github.setRunnerReleases([{ version, publishedAtMs: atMs, assets }]);
    },
    passDays(days: number) {
      nowMs += days * DAY_MS;
    },
    setFault(next: typeof fault) {
      fault = next;
    },
    setDownload(next: typeof wrongDownload) {
      wrongDownload = next;
    },
    async manifest() {
      const held = await transport.ledger.notes.read(RUNNER_RELEASE_NOTE);
      return held === null ? null : parseRunnerRelease(held.entry.text);
    },
    async close() {
      await served.close();
      downloads.closeAllConnections();
      await new Promise((resolve) => downloads.close(resolve));
      await transport.close();
    },
  };
}
