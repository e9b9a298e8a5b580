/** GitHub's downloads: stand-ins for the runner's archives, and the release that names them with their checksums. */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEFAULT_ACTIONS } from '../shared/config/actions.ts';
import { simActions } from './actions.ts';
import type { SimClock } from './clock.ts';
import type { SimGitHub } from './github/index.ts';
import { type SimTools, simTools } from './tools.ts';

const DAY_MS = 24 * 3_600_000;
const SIZE_BYTES = 256 * 1024;

export interface ServedReleases {
  /** A newer release, published now. */
  publish(version: string, publishedAtMs?: number): void;
  /** Files that were asked for. */
  readonly asked: readonly string[];
  /** The releases of the setup actions' tools; none at first. */
  readonly tools: SimTools;
  close(): Promise<void>;
}

/** The real archives have about 160 MB; what is played needs their way, not their weight. */
export async function serveReleases(
  github: SimGitHub,
  clock: SimClock,
  first: string,
  host = '127.0.0.1',
): Promise<ServedReleases> {
  const asked: string[] = [];
  const actions = simActions();
  for (const action of DEFAULT_ACTIONS) actions.tag(action, 'v4', 'v4.2.0');
  const tools = simTools(actions);
  const server = createServer((request, response) => {
    if (actions.serve(request.url ?? '', response) || tools.serve(request, response)) return;
    const name = request.url?.split('/').at(-1) ?? '';
    asked.push(name);
    response.end(archiveOf(name));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  const publish = (version: string, publishedAtMs = clock.nowMs()): void => {
    const assets = ['x64', 'arm64'].map((arch) =>
      assetOf(`actions-runner-linux-${arch}-${version}.tar.gz`, version, origin),
    );
    github.setRunnerReleases([{ version, publishedAtMs, assets }]);
  };
  publish(first, clock.nowMs() - 3 * DAY_MS);
  return { publish, asked, tools, close: () => closed(server) };
}

function assetOf(name: string, version: string, origin: string) {
  const sha256 = createHash('sha256').update(archiveOf(name)).digest('hex');
  return {
    name,
    sizeBytes: SIZE_BYTES,
    sha256,
    url: `${origin}/actions/runner/releases/download/v${version}/${name}`,
  };
}

function archiveOf(name: string): Buffer {
  return Buffer.alloc(SIZE_BYTES, createHash('sha256').update(name).digest());
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
