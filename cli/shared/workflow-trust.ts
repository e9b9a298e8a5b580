/** What a deploy finds out about the workflow that may deploy: GitHub's root certificate, and the repository's ids. */
import { request } from 'node:https';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import * as z from 'zod';
import { namesOf } from '../../infra/names.ts';
import type { GitHubRequest } from '../../shared/adapters/github/request.ts';
import { wayOutOf } from '../../shared/adapters/http/exchange.ts';
import type { Config } from '../../shared/config/config.ts';
import {
  fingerprintsOf,
  type RepositoryIds,
  spelledAlike,
  subjectsOf,
  type WorkflowTrust,
} from '../../shared/github-trust.ts';
import { readGitHub, shaped } from './read-github.ts';
import { whyNotHere } from './secrets.ts';
import { findStackId, type StackWorld, templateOf } from './stacks.ts';

export interface TrustWorld extends StackWorld {
  readonly github: GitHubRequest;
  /** SHA-1 of the root of the chain that is served there; null: it could not be read. */
  readonly rootOf: (host: string) => Promise<string | null>;
  readonly say: (line: string) => void;
}

export const GITHUB_ISSUER_HOST = 'token.actions.githubusercontent.com';

type DeployFrom = NonNullable<Config['control']['deployFrom']>;

/** Null: nobody may deploy from a workflow. */
export async function workflowTrust(config: Config, world: TrustWorld): Promise<WorkflowTrust | null> {
  const { deployFrom } = config.control;
  if (deployFrom === null) return null;
  try {
    return await trustOfToday(deployFrom, world);
  } catch (error) {
    // As in the workflow itself, whose role may not read the App's key: who may deploy is a person's to change.
    const why = whyNotHere(error);
    const deployed = why === null ? null : await trustDeployed(config, deployFrom, world);
    if (deployed === null) throw error;
    world.say(`${why}: which workflow may deploy stays as it is deployed.`);
    return deployed;
  }
}

async function trustOfToday(deployFrom: DeployFrom, world: TrustWorld): Promise<WorkflowTrust> {
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
  else checkName(deployFrom.repository, ids.fullName, world);
  return { fingerprints: fingerprintsOf(root), subjects: subjectsOf(deployFrom, ids) };
}

/** A former name leads to a repository that may be another owner's by now: who may deploy is a person's word. */
function checkName(written: string, name: string | undefined, { say }: Pick<TrustWorld, 'say'>): void {
  if (name === undefined || name === written) return;
  const advice = `GitHub calls ${written} ${name}: write that as control.deployFrom.repository`;
  if (name.toLowerCase() !== written.toLowerCase()) throw new Error(`${advice}, if it may deploy`);
  say(advice);
}

const Deployed = z.object({
  GitHubProvider: z.object({ Properties: z.object({ Fingerprints: z.array(z.string()) }) }).optional(),
  RoleDeploy: z.object({
    Properties: z.object({
      AssumeRolePolicyDocument: z.object({
        Statement: z.tuple([
          z.object({
            Condition: z.object({ StringEquals: z.object({ 'oidc:sub': z.array(z.string()) }) }),
          }),
        ]),
      }),
    }),
  }),
});

/** Null: nothing is deployed that trusts this workflow. */
async function trustDeployed(
  { control, name }: Config,
  deployFrom: DeployFrom,
  world: TrustWorld,
): Promise<WorkflowTrust | null> {
  const { region } = control;
  const stackId = await findStackId(world, { stackName: namesOf({ control, name }).controlStack, region });
  if (stackId === null) return null;
  const found = Deployed.safeParse((await templateOf(world, region, stackId)).Resources);
  if (!found.success) return null;
  const { GitHubProvider, RoleDeploy } = found.data;
  const [{ Condition }] = RoleDeploy.Properties.AssumeRolePolicyDocument.Statement;
  const subjects = Condition.StringEquals['oidc:sub'];
  // Another repository, branch or environment in runners.yaml is a change, and shows as one.
  const trusted = subjects.map(spelledAlike);
  if (!subjectsOf(deployFrom, null).every((each) => trusted.includes(spelledAlike(each)))) return null;
  return { fingerprints: GitHubProvider?.Properties.Fingerprints ?? fingerprintsOf(null), subjects };
}

const Installation = z.object({ id: z.int() });
const Repository = z.object({
  id: z.int().positive(),
  full_name: z.string(),
  owner: z.object({ id: z.int().positive() }),
});

/**
 * Null: the App is not installed there, so nobody can say. What else fails, is thrown and fails a deploy before it changes anything:
 * without the ids it would take their right away from all that have one.
 */
export async function idsOf(repository: string, github: GitHubRequest): Promise<RepositoryIds | null> {
  const [owner = '', repo = ''] = repository.split('/');
  const asked = 'GET /repos/{owner}/{repo}/installation';
  const installed = await github(asked, { owner, repo }, 'app');
  if (installed.status === 404) return null;
  const { id: installation } = shaped(asked, installed, Installation);
  const route = 'GET /repos/{owner}/{repo}';
  const auth = { installation };
  const found = await readGitHub(github, route, { owner, repo }, auth, Repository);
  return { id: found.id, ownerId: found.owner.id, fullName: found.full_name };
}

const CONNECT_MAX_MS = 10_000;

/** As Node verifies it: to a root that this machine trusts, by its proxy where it has one; or not at all. */
export function rootFingerprint(host: string, port = 443): Promise<string | null> {
  const url = new URL(`https://${host}:${port}/`);
  return new Promise((resolve) => {
    // A connection of its own: one that is taken up again shows no chain.
    const agent = wayOutOf(url) ?? false;
    const asked = request(url, { method: 'HEAD', agent, signal: AbortSignal.timeout(CONNECT_MAX_MS) });
    asked.once('error', () => resolve(null));
    asked.once('socket', (socket) => {
      const there = socket as TLSSocket;
      there.once('secureConnect', () => {
        resolve(topOf(there.getPeerCertificate(true)));
        asked.destroy();
      });
    });
    asked.end();
  });
}

/** The chain ends with a certificate that is its own issuer; its SHA-1 without colons, in lower case. */
function topOf(leaf: DetailedPeerCertificate): string | null {
  let top = leaf;
  for (let depth = 0; depth < 10 && top.issuerCertificate && top.issuerCertificate !== top; depth++)
    top = top.issuerCertificate;
  return top.fingerprint?.replaceAll(':', '').toLowerCase() ?? null;
}
