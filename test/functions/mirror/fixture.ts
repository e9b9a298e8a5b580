/** Two mirrors over simulated OSS on the wire: the source's, fed by GitHub's downloads, and one of a mainland region. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bundleIn } from '../../../functions/mirror/actions/bundle.ts';
import { toolsIn } from '../../../functions/mirror/tools/list.ts';
import type { MirrorWorld, Source } from '../../../functions/mirror/world.ts';
import { download, filesVia } from '../../../shared/adapters/github/download.ts';
import { ossBucket } from '../../../shared/adapters/oss/bucket.ts';
import type { CopyOrder } from '../../../shared/runner/copies.ts';
import { COPY_PIECE_BYTES } from '../../../shared/runner/limits.ts';
import { archiveName } from '../../../shared/runner/release.ts';
import { simActions } from '../../../simulator/actions.ts';
import { createOss, type OssFault, serveOss } from '../../../simulator/oss/index.ts';
import { simTools } from '../../../simulator/tools.ts';

/** Of the archive's role in small: no byte can go missing or change unseen. More than a piece of a copy. */
const SIZE_BYTES = 2 * COPY_PIECE_BYTES + 256 * 1024;
const archiveOf = (name: string): Buffer => {
  const block = createHash('sha512').update(name).digest();
  const bytes = Buffer.alloc(SIZE_BYTES, block);
  for (let at = 0; at < SIZE_BYTES; at += 4096) bytes.writeUInt32LE(at, at);
  return bytes;
};

const rangeOf = ({ headers }: IncomingMessage): number =>
  Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);

export type MirrorFixture = Awaited<ReturnType<typeof openMirrors>>;
export type Wrong = 'none' | 'other bytes' | 'cut' | 'away';

export async function openMirrors() {
  let fault: (action: string, key: string) => OssFault | null = () => null;
  let wrong: Wrong = 'none';
  const actions = simActions();
  const tools = simTools(actions);
  const asked: { readonly name: string; readonly from: number }[] = [];
  const oss = createOss({
    // Signatures carry the machine's own time, so OSS must share it.
    clock: { nowMs: () => Date.now(), after: () => () => {} },
    credentials: (id) => (id === 'STS.mirror' ? { secret: 'secret', securityToken: 'token' } : null),
    vpcOf: () => null,
    fault: (action, key) => fault(action, key),
  });
  const inside = await serveOss(oss, 'internal');
  const outside = await serveOss(oss, 'public');
  const buckets = {
    'cn-hongkong': oss.addBucket('ci-source', 'cn-hongkong'),
    'cn-hangzhou': oss.addBucket('ci-hangzhou', 'cn-hangzhou'),
  };
  const gitHub = createServer((request, response) => {
    if (wrong !== 'away' && actions.serve(request.url ?? '', response)) return;
    if (wrong !== 'away' && tools.serve(request, response)) return;
    serveRunner(request, response);
  });
  const serveRunner = (request: IncomingMessage, response: ServerResponse) => {
    const name = request.url?.split('/').at(-1) ?? '';
    const from = rangeOf(request);
    asked.push({ name, from });
    if (wrong === 'away') return void response.socket?.destroy();
    const bytes = archiveOf(name);
    if (wrong === 'other bytes') bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
    response.writeHead(from === 0 ? 200 : 206, { 'content-length': bytes.length - from });
    if (wrong === 'cut')
      return void response.write(bytes.subarray(from, from + COPY_PIECE_BYTES + 1000), () =>
        response.destroy(),
      );
    response.end(bytes.subarray(from));
  };
  await new Promise<void>((resolve) => gitHub.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(gitHub.address() as AddressInfo).port}`;
  let nowMs = Date.UTC(2026, 9, 1);
  const lines: string[] = [];
  const bucketOf = (region: keyof typeof buckets, port: number) =>
    ossBucket({
      bucket: buckets[region].name,
      region,
      endpoint: `http://127.0.0.1:${port}`,
      accessKey: () => ({ accessKeyId: 'STS.mirror', accessKeySecret: 'secret', securityToken: 'token' }),
    });
  const fromGitHub: Source = { name: 'GitHub', open: ({ url }, from) => download(url, from, null, 10_000) };
  const sourceBucket = bucketOf('cn-hongkong', outside.port);
  const fromSource: Source = {
    name: 'the bucket of cn-hongkong',
    async open({ key }, from) {
      const chunks = await sourceBucket.open(key, from);
      if (chunks === null) throw new Error(`the bucket of cn-hongkong does not have ${key} yet`);
      return chunks;
    },
  };
  const common = {
    clock: { nowMs: () => nowMs },
    fetchFile: (url: string, maxMs: number) => download(url, 0, null, maxMs),
    weigh: async (url: string) => (await filesVia(null, 5_000).weigh(url)).sizeBytes,
    log: (event: string, fields: object) => void lines.push(JSON.stringify({ event, ...fields })),
  };
  const worlds: Record<keyof typeof buckets, MirrorWorld> = {
    'cn-hongkong': {
      ...common,
      bucket: bucketOf('cn-hongkong', inside.port),
      sources: [fromGitHub],
      sourceBundle: null,
      sourceTools: null,
    },
    'cn-hangzhou': {
      ...common,
      bucket: bucketOf('cn-hangzhou', inside.port),
      sources: [fromSource, fromGitHub],
      sourceBundle: () => bundleIn(sourceBucket),
      sourceTools: () => toolsIn(sourceBucket),
    },
  };
  return {
    worlds,
    oss,
    buckets,
    lines,
    asked,
    actions,
    tools,
    outside: bucketOf('cn-hangzhou', outside.port),
    keysIn: (region: keyof typeof buckets) => [...buckets[region].objects.keys()].sort(),
    order(
      kind: CopyOrder['kind'],
      version = '2.336.0',
      remove: string[] = [],
      actions: string[] = [],
      tools: string[] = [],
    ): CopyOrder {
      const archive = (arch: 'amd64' | 'arm64') => {
        const name = archiveName(version, arch);
        const sha256 = createHash('sha256').update(archiveOf(name)).digest('hex');
        return { url: `${origin}/${name}`, sha256, sizeBytes: SIZE_BYTES };
      };
      const archives = { amd64: archive('amd64'), arm64: archive('arm64') };
      return { kind, release: { version, publishedAtMs: 0, archives }, remove, actions, tools };
    },
    passMs(ms: number) {
      nowMs += ms;
    },
    setFault(next: typeof fault) {
      fault = next;
    },
    setDownload(next: Wrong) {
      wrong = next;
    },
    async close() {
      await inside.close();
      await outside.close();
      gitHub.closeAllConnections();
      await new Promise((resolve) => gitHub.close(resolve));
    },
  };
}
