/** A simulated GitHub with an organisation, and the adapter over one of its two transports. */

import { gitHubOver } from '../../../../shared/adapters/github/adapter.ts';
import { gitHubClient } from '../../../../shared/adapters/github/client.ts';
import type { OwnHost } from '../../../../shared/adapters/github/runner-releases.ts';
import type { GitHubMemory } from '../../../../shared/github-note.ts';
import type { JobId, RunId, RunnerName, Target } from '../../../../shared/nouns.ts';
import type { Clock, GitHub } from '../../../../shared/ports.ts';
import { VirtualClock } from '../../../../simulator/clock.ts';
import { createGitHub, type SimGitHub } from '../../../../simulator/github/github.ts';
import { inProcessRequest } from '../../../../simulator/github/in-process.ts';
import { serveGitHub } from '../../../../simulator/github/serve.ts';
import type { GitHubOptions } from '../../../../simulator/github/state.ts';
import type { Fault, SimResponse } from '../../../../simulator/github/wire.ts';
import { seeded } from '../../../../simulator/random.ts';
import { APP_ID, appJwt, PRIVATE_KEY_PEM, PUBLIC_KEY_PEM, START_MS } from './jwt.ts';

export { START_MS } from './jwt.ts';
export const WEBHOOK_SECRET = 'a-webhook-secret-for-tests';

export type Transport = 'wire' | 'process';

export interface Delivered {
  readonly atMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface TestWorld {
  readonly clock: VirtualClock;
  readonly github: SimGitHub;
  readonly hub: GitHub;
  readonly org: Target;
  readonly installationId: number;
  readonly delivered: Delivered[];
  /** What the webhook answers. */
  reply: { status: number };
  /** Looks on as a request arrives. */
  onRequest: (method: string, path: string) => void;
  /** Faults by part of the path, used up one by one. */
  fail(method: string, part: string, ...faults: (Fault | null)[]): void;
  /** Time passes. */
  pass(ms: number): Promise<void>;
  /** Straight at the simulator, with a token of its own. */
  asInstallation(method: string, path: string, body?: unknown): Promise<SimResponse>;
  asApp(method: string, path: string, body?: unknown): Promise<SimResponse>;
  readonly groupId: number;
  /** A second adapter without any memory. */
  another(options?: {
    readonly runnerGroup?: string;
    readonly clock?: Clock;
    readonly ownHost?: OwnHost;
  }): GitHub;
  close(): Promise<void>;
}

export const name = (text: string): RunnerName => text as RunnerName;
export const jobId = (id: number): JobId => id as JobId;
export const runId = (id: number): RunId => id as RunId;
export const LABELS = ['self-hosted', 'aliyun', 'arm64'];

/** A process that nobody tells anything, and that need not wait. */
export function alone() {
  const ids = new Map<string, number>();
  const held = new Map<string, number>();
  const memory: GitHubMemory = {
    groupId: async (owner, group) => ids.get(`${owner}/${group}`) ?? null,
    keepGroupId: async (owner, group, id) => void ids.set(`${owner}/${group}`, id),
    forgetGroupId: async (owner, group) => ids.delete(`${owner}/${group}`),
    heldUntilMs: async (owner) => held.get(owner) ?? 0,
    hold: async (owner, untilMs) => void held.set(owner, untilMs),
    code: { claim: async () => ({ kind: 'mine', tell: async () => undefined }) },
  };
  return { memory, pause: async () => undefined, ownHost: null };
}

/** One try of a call may take `tryMaxMs` of real time: long, but where a test is about that. */
export async function openWorld(
  transport: Transport,
  options: Partial<GitHubOptions> = {},
  tryMaxMs = 20_000,
): Promise<TestWorld> {
  const clock = new VirtualClock(START_MS);
  const delivered: Delivered[] = [];
  const planned: { method: string; part: string; faults: (Fault | null)[] }[] = [];
  const reply = { status: 202 };
  let world: TestWorld | null = null;
  const github = createGitHub({
    clock,
    random: seeded(7),
    app: { id: APP_ID, publicKeyPem: PUBLIC_KEY_PEM, webhookSecret: WEBHOOK_SECRET },
    deliver: ({ headers, body }) => {
      delivered.push({ atMs: clock.nowMs(), headers, body });
      return Promise.resolve({ status: reply.status });
    },
    faults: (method, path) => {
      world?.onRequest(method, path);
      return planned.find((one) => one.method === method && path.includes(one.part))?.faults.shift() ?? null;
    },
    ...options,
  });
  github.addOrganization('acme');
  github.addRepository('acme/app');
  const plan = { organization: 'acme', name: 'ci-runners', repositories: ['acme/app'] };
  const groupId = github.addGroup(plan).id;
  const installationId = github.install('acme').id;
  const served = transport === 'wire' ? await serveGitHub(github) : null;
  const requestWith = (adapterClock: Clock) =>
    served === null
      ? inProcessRequest({ github, clock, appId: APP_ID, privateKeyPem: PRIVATE_KEY_PEM })
      : gitHubClient({
          baseUrl: served.origin,
          egressProxy: null,
          appKey: async () => ({ appId: APP_ID, privateKeyPem: PRIVATE_KEY_PEM }),
          clock: adapterClock,
          log: () => undefined,
          pauseMs: 1,
          tryMaxMs,
        });
  const another: TestWorld['another'] = ({
    runnerGroup = 'ci-runners',
    clock: own = clock,
    ownHost = null,
  } = {}) => gitHubOver(requestWith(own), { clock: own, runnerGroup, ...alone(), ownHost });
  world = {
    clock,
    github,
    onRequest: () => undefined,
    hub: another(),
    org: { owner: 'acme', repository: null, installationId },
    installationId,
    delivered,
    reply,
    fail: (method, part, ...faults) => void planned.push({ method, part, faults }),
    pass: (ms) => clock.runUntil(clock.nowMs() + ms),
    another,
    groupId,
    ...straight(github, installationId),
    close: async () => served?.close(),
  };
  return world;
}

/** Mints, connects, and remembers which jobs the runner was given. */
export async function connected(world: TestWorld, runner: string, labels = LABELS, target = world.org) {
  const minted = await world.hub.mint(target, { name: name(runner), labels });
  if (minted.kind !== 'minted') throw new Error(`not minted: ${JSON.stringify(minted)}`);
  const jobs: number[] = [];
  const exits: string[] = [];
  const session = world.github.connectRunner(minted.jitConfig, {
    onJob: ({ id }) => jobs.push(id),
    onExit: (because) => exits.push(because),
  });
  return { session, jobs, exits, runnerId: minted.runnerId, jitConfig: minted.jitConfig };
}

export const callsOf = (world: TestWorld, route: string): number => world.github.calls.get(route) ?? 0;

/** The simulator without the adapter. */
function straight(github: SimGitHub, installationId: number): Pick<TestWorld, 'asApp' | 'asInstallation'> {
  let token: string | null = null;
  const call = async (method: string, path: string, authorization: string, body?: unknown) => {
    const answer = await github.request({ method, path, headers: { authorization }, body });
    if (answer === null) throw new Error('no answer');
    return answer;
  };
  const asApp: TestWorld['asApp'] = (method, path, body) => call(method, path, `Bearer ${appJwt({})}`, body);
  return {
    asApp,
    async asInstallation(method, path, body) {
      if (token === null) {
        const answer = await asApp('POST', `/app/installations/${installationId}/access_tokens`);
        token = (answer.body as { token: string }).token;
      }
      return call(method, path, `token ${token}`, body);
    },
  };
}
