/** GitHub, as one state machine: what tests and simulated worlds hold in their hands. */

import { addAccount, addGroup, addRepository, type GroupPlan, renameRepository } from './accounts.ts';
import { announcePing, announceRaw } from './announcements.ts';
import { installed, suspended, uninstalled } from './installing.ts';
import { LIMITS } from './limits.ts';
import type { RunnerListener } from './listener.ts';
import type {
  Account,
  Group,
  Installation,
  Permissions,
  Repository,
  RunnerRelease,
  SimCheckRun,
  SimJob,
  SimRun,
  SimRunner,
} from './model.ts';
import { checksPage } from './pages/check-pages.ts';
import { respond } from './routes/router.ts';
import { dropRunner, mint } from './runners.ts';
import { cancelJob, cancelRun } from './runs/cancel.ts';
import type { RunPlan } from './runs/plans.ts';
import { approve, queueRun } from './runs/runs.ts';
import { assignSoon } from './runs/scheduler.ts';
import { connectRunner, type RunnerSession } from './runs/sessions.ts';
import { jobsOf } from './runs/status.ts';
import type { Behaviour, GitHubOptions, State } from './state.ts';
import { Refusal, type SimRequest, type SimResponse } from './wire.ts';

const BEHAVIOUR: Behaviour = {
  assignMs: [500, 3_000],
  deliveryMs: [200, 1_500],
  answerMs: [0, 0],
  pickupMs: 60_000,
  offlineMs: 60_000,
  lostMs: 10 * 60_000,
  cancelMs: 5_000,
  pollMs: [0, 50_000],
  tokenDelayMs: 0,
  hiddenBusy: 0,
  consumedAtAssignment: 0,
  deaf: 0,
  runListLagMs: [0, 0],
  checkListLagMs: 0,
  lateStatus: 0.1,
};

/** What the App of the documentation asks for, with the rights to re-run and to tell authors. */
const PERMISSIONS: Permissions = {
  actions: 'write',
  administration: 'write',
  checks: 'write',
  metadata: 'read',
  organization_self_hosted_runners: 'write',
};

export interface SimGitHub {
  /** Calls by route since the start. */
  readonly calls: ReadonlyMap<string, number>;
  /** Null: the connection ended without an answer. `origin`: scheme and host for links. */
  request(request: SimRequest, origin?: string): Promise<SimResponse | null>;
  addOrganization(login: string): Account;
  addUser(login: string): Account;
  addRepository(fullName: string, options?: { readonly isPublic?: boolean }): Repository;
  /** To another owner: transferred. */
  renameRepository(from: string, to: string): void;
  addGroup(plan: GroupPlan): Group;
  removeGroup(id: number): void;
  /** Announces `installation` too, as do the next two. A later one of the same account is the one that is found. */
  install(login: string, repositories?: Installation['repositories']): Installation;
  uninstall(id: number): void;
  /** False: the App is not installed there any more. */
  suspend(id: number, isSuspended?: boolean): boolean;
  ping(): void;
  /** A signed delivery with any content. */
  send(event: string, payload: unknown): void;
  queueRun(plan: RunPlan): SimRun;
  jobsOf(run: SimRun): readonly SimJob[];
  job(id: number): SimJob | undefined;
  approve(jobId: number): void;
  cancelRun(run: SimRun): void;
  cancelJob(job: SimJob): void;
  /** Throws `ConfigRefused`. */
  connectRunner(jitConfig: string, listener: RunnerListener): RunnerSession;
  /** A runner of somebody else's fleet, good for no job of ours; the answer takes it away again. Null: refused, as we are. */
  addOthersRunner(organization: string, name: string): (() => void) | null;
  /** All registrations, also those that lists leave out. */
  runners(): readonly SimRunner[];
  queued(): readonly SimJob[];
  /** What Apps said of commits, oldest first. */
  checkRuns(): readonly SimCheckRun[];
  /** GitHub's pages as a person sees them, by path: HTML; null: there is no such page. */
  page(path: string): string | null;
  setRunnerReleases(releases: readonly RunnerRelease[]): void;
  /** Everything answers 503; runners and deliveries go on. */
  setOutage(isOut: boolean): void;
  /** For so long no runner gets a job. */
  pauseAssignment(ms: number): void;
  readonly behaviour: Behaviour;
  /** The log, newest last. */
  readonly deliveries: State['deliveries'];
}

export function createGitHub(options: GitHubOptions): SimGitHub {
  const state = stateOf(options);
  return {
    calls: state.calls,
    behaviour: state.behaviour,
    deliveries: state.deliveries,
    request: (request, origin = 'https://api.github.com') => respond(state, request, origin),
    addOrganization: (login) => addAccount(state, login, 'Organization'),
    addUser: (login) => addAccount(state, login, 'User'),
    addRepository: (fullName, { isPublic = false } = {}) => addRepository(state, fullName, isPublic),
    renameRepository: (from, to) => renameRepository(state, from, to),
    addGroup: (plan) => addGroup(state, plan),
    removeGroup: (id) => void state.groups.delete(id),
    install: (login, repositories = 'all') => installed(state, login, repositories),
    uninstall: (id) => uninstalled(state, id),
    suspend: (id, isSuspended = true) => suspended(state, id, isSuspended),
    ping: () => announcePing(state),
    send: (event, payload) => announceRaw(state, event, payload),
    addOthersRunner: (organization, name) => othersRunner(state, organization, name),
    queueRun: (plan) => queueRun(state, plan),
    jobsOf,
    job: (id) => state.jobs.get(id),
    approve: (jobId) => approve(state, jobId),
    cancelRun: (run) => cancelRun(state, run),
    cancelJob: (job) => cancelJob(state, job),
    connectRunner: (jitConfig, listener) => connectRunner(state, jitConfig, listener),
    runners: () => [...state.runners.values()],
    queued: () => [...state.queue],
    checkRuns: () => [...state.checkRuns.values()],
    page: (path) => checksPage(state, path),
    setRunnerReleases: (releases) => {
      state.releases = releases;
    },
    setOutage: (isOut) => {
      state.isOut = isOut;
    },
    pauseAssignment: (ms) => {
      state.assignsNothingUntilMs = state.clock.nowMs() + ms;
      assignSoon(state);
    },
  };
}

function othersRunner(state: State, organization: string, name: string): (() => void) | null {
  const body = { name, runner_group_id: 1, labels: ['their-fleet'] };
  try {
    const runner = mint(state, { kind: 'organization', organization }, body, () => undefined);
    return () => dropRunner(state, runner);
  } catch (error) {
    // GitHub's limit on registrations is one for the whole organisation.
    if (error instanceof Refusal) return null;
    throw error;
  }
}

function stateOf(options: GitHubOptions): State {
  const state: State = {
    clock: options.clock,
    random: options.random,
    options,
    behaviour: { ...BEHAVIOUR, ...options.behaviour },
    limits: { ...LIMITS, ...options.limits },
    permissions: options.permissions ?? PERMISSIONS,
    accounts: new Map(),
    repositories: new Map(),
    formerNames: new Map(),
    installations: new Map(),
    groups: new Map(),
    tokens: new Map(),
    runners: new Map(),
    runnersByConfig: new Map(),
    runs: new Map(),
    liveRuns: new Set(),
    jobs: new Map(),
    checkRuns: new Map(),
    queue: new Set(),
    idle: new Set(),
    concurrency: new Map(),
    cancel: (what) => ('plans' in what ? cancelRun(state, what) : cancelJob(state, what)),
    deliveries: [],
    budgets: new Map(),
    spentJwts: new Map(),
    hook: { url: 'https://example.com/webhook', secret: options.app.webhookSecret },
    calls: new Map(),
    releases: [],
    isOut: false,
    assignsNothingUntilMs: 0,
    passIsDue: false,
    inFlight: 0,
    lastId: 40_000_000_000,
    lastDeliveryId: 190_000_000_000_000_000n,
  };
  return state;
}
