/** What a deploy finds out about the workflow that may deploy: GitHub's root certificate, and the repository's ids. */
import { connect, type DetailedPeerCertificate } from 'node:tls';
import * as z from 'zod';
import { failed, type GitHubAnswer, type GitHubRequest } from '../../shared/adapters/github/request.ts';
import type { Config } from '../../shared/config/config.ts';
import {
  fingerprintsOf,
  type RepositoryIds,
  subjectsOf,
  type WorkflowTrust,
} from '../../shared/github-trust.ts';

export interface TrustWorld {
  readonly github: GitHubRequest;
  /** SHA-1 of the root of the chain that is served there; null: it could not be read. */
  readonly rootOf: (host: string) => Promise<string | null>;
  readonly say: (line: string) => void;
}

export const GITHUB_ISSUER_HOST = 'token.actions.githubusercontent.com';

/** Null: nobody may deploy from a workflow. */
export async function workflowTrust(config: Config, world: TrustWorld): Promise<WorkflowTrust | null> {
  const { deployFrom } = config.control;
  if (deployFrom === null) return null;
  const [root, ids] = await Promise.all([
    world.rootOf(GITHUB_ISSUER_HOST),
    idsOf(deployFrom.repository, world.github),
  ]);
  if (root === null)
    world.say(`${GITHUB_ISSUER_HOST} could not be reached: its known root certificates are trusted`);
  if (ids === null)
    world.say(
      `the ids of ${deployFrom.repository} could not be read: only its older subject is trusted; install the App there, and deploy again`,
    );
  return { fingerprints: fingerprintsOf(root), subjects: subjectsOf(deployFrom, ids) };
}

const Installation = z.object({ id: z.int() });
const Repository = z.object({ id: z.int().positive(), owner: z.object({ id: z.int().positive() }) });

/**
 * Null: the App is not installed there, so nobody can say. What else fails, is thrown and fails a deploy before it changes anything:
 * without the ids it would take their right away from all that have one.
 */
export async function idsOf(repository: string, github: GitHubRequest): Promise<RepositoryIds | null> {
  const [owner = '', repo = ''] = repository.split('/');
  const asked = 'GET /repos/{owner}/{repo}/installation';
  const installed = await github(asked, { owner, repo }, 'app');
  if (installed.status === 404) return null;
  const { id: installation } = parsed(asked, installed, Installation);
  const route = 'GET /repos/{owner}/{repo}';
  const { id, owner: account } = parsed(
    route,
    await github(route, { owner, repo }, { installation }),
    Repository,
  );
  return { id, ownerId: account.id };
}

function parsed<Shape>(route: string, answer: GitHubAnswer, shape: z.ZodType<Shape>): Shape {
  const read = shape.safeParse(answer.data);
  if (answer.status !== 200 || !read.success) throw failed(route, answer);
  return read.data;
}

const CONNECT_MAX_MS = 10_000;

/** As Node verifies it: to a root that this machine trusts, or not at all. */
export function rootFingerprint(host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: 443, servername: host, timeout: CONNECT_MAX_MS });
    const end = (root: string | null): void => {
      socket.destroy();
      resolve(root);
    };
    socket.once('error', () => end(null));
    socket.once('timeout', () => end(null));
    socket.once('secureConnect', () => end(topOf(socket.getPeerCertificate(true))));
  });
}

/** The chain ends with a certificate that is its own issuer; its SHA-1 without colons, in lower case. */
function topOf(leaf: DetailedPeerCertificate): string | null {
  let top = leaf;
  for (let depth = 0; depth < 10 && top.issuerCertificate && top.issuerCertificate !== top; depth++)
    top = top.issuerCertificate;
  return top.fingerprint?.replaceAll(':', '').toLowerCase() ?? null;
}
