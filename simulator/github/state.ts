import type { SimClock } from '../clock.ts';
import type { Random } from '../random.ts';
import type {
  Account,
  Budget,
  DeliveryFault,
  Group,
  Installation,
  InstallationToken,
  Limits,
  LoggedDelivery,
  OutgoingDelivery,
  Permissions,
  Repository,
  RunnerRelease,
  SimCheckRun,
  SimJob,
  SimRun,
  SimRunner,
} from './model.ts';
import type { JobPlan } from './runs/plans.ts';
import type { Fault } from './wire.ts';

export interface State {
  readonly clock: SimClock;
  readonly random: Random;
  readonly options: GitHubOptions;
  readonly behaviour: Behaviour;
  readonly limits: Limits;
  readonly permissions: Permissions;
  readonly accounts: Map<string, Account>;
  readonly repositories: Map<string, Repository>;
  /** Names that repositories had before they were renamed or transferred. */
  readonly formerNames: Map<string, Repository>;
  readonly installations: Map<number, Installation>;
  readonly groups: Map<number, Group>;
  readonly tokens: Map<string, InstallationToken>;
  readonly runners: Map<number, SimRunner>;
  readonly runnersByConfig: Map<string, SimRunner>;
  readonly runs: Map<number, SimRun>;
  /** Those that are not completed: a day has many runs, and few of them live. */
  readonly liveRuns: Set<SimRun>;
  readonly jobs: Map<number, SimJob>;
  readonly checkRuns: Map<number, SimCheckRun>;
  /** Queued, oldest first. */
  readonly queue: Set<SimJob>;
  /** Online, without a job. */
  readonly idle: Set<SimRunner>;
  /** By repository and group, in lower case. */
  readonly concurrency: Map<string, ConcurrencyGroup>;
  /** Cancelling needs what ends jobs, and ending a job may cancel others. */
  readonly cancel: (what: SimJob | SimRun) => void;
  /** Newest last. */
  readonly deliveries: LoggedDelivery[];
  readonly budgets: Map<string, Budget>;
  /** JWTs that have bought a token. */
  readonly spentJwts: Map<string, number>;
  readonly hook: { url: string; secret: string };
  readonly calls: Map<string, number>;
  releases: readonly RunnerRelease[];
  isOut: boolean;
  assignsNothingUntilMs: number;
  passIsDue: boolean;
  inFlight: number;
  lastId: number;
  lastDeliveryId: bigint;
}

export interface ConcurrencyGroup {
  holder: SimJob | SimRun | null;
  /** In the order in which they began to wait. */
  readonly pending: (SimJob | SimRun)[];
}

/** Ids grow, and are never dense. */
export function newId(state: State): number {
  state.lastId += state.random.whole(1, 9_000);
  return state.lastId;
}

export interface GitHubOptions {
  readonly clock: SimClock;
  readonly random: Random;
  readonly app: { readonly id: number; readonly publicKeyPem: string; readonly webhookSecret: string };
  /** Where deliveries go; `url`: as the App's settings have it. A rejected promise is a failed connection. */
  readonly deliver: (delivery: OutgoingDelivery, url: string) => Promise<{ readonly status: number }>;
  readonly faults?: (method: string, path: string) => Fault | null;
  readonly deliveryFaults?: (event: string, action: string | null) => DeliveryFault | null;
  readonly behaviour?: Partial<Behaviour>;
  readonly limits?: Partial<Limits>;
  /** Whether the App also subscribed to `workflow_run`. */
  readonly announcesRuns?: boolean;
  readonly permissions?: Permissions;
  /** What the App is told of, as its record says; default `workflow_job`. */
  readonly events?: readonly string[];
  /** Repositories with a workflow `on: check_run`, and its jobs. */
  readonly onCheckRun?: Readonly<Record<string, readonly JobPlan[]>>;
  /** Where deliveries come from, as `GET /meta` says; null: it says nothing of it (GitHub Enterprise Server). */
  readonly hooks?: readonly string[] | null;
  /** Not github.com: it has no repository `actions/runner` (ghe.com, most GHES). */
  readonly isOwnHost?: boolean;
  /** What `POST /app-manifests/{code}/conversions` answers; null: no such code. */
  readonly manifestConversion?: (code: string) => Readonly<Record<string, unknown>> | null;
}

/** Delays and quirks. Probabilities are in [0, 1]. */
export interface Behaviour {
  /** From a match of job and runner to the assignment. */
  assignMs: [min: number, max: number];
  deliveryMs: [min: number, max: number];
  /** How long an answer takes. */
  answerMs: [min: number, max: number];
  /** GitHub docs, routing: an assigned job that no runner picked up is queued again. */
  pickupMs: number;
  /** A machine that vanished still counts as online for so long. */
  offlineMs: number;
  /** "The self-hosted runner lost communication with the server." */
  lostMs: number;
  cancelMs: number;
  /** A runner asks for messages by a long poll (actions/runner: 50 s): so late may it hear that it was removed. */
  pollMs: [min: number, max: number];
  /** An installation token is refused for so long after its birth (octokit's auth-app waits for this). */
  tokenDelayMs: number;
  /** actions/runner issue 4422: `busy:false` while a job runs; then removal is not refused either. */
  hiddenBusy: number;
  /** actions/runner issues 4617, 4618: the registration is gone as soon as a job is assigned. */
  consumedAtAssignment: number;
  /** actions/runner issues 3478, 3371: online and idle, and never given a job. */
  deaf: number;
  /** So far lists of runs are behind the runs' own records. */
  runListLagMs: [min: number, max: number];
  /** So long after it was made a check run is in no list; how late GitHub is here is not documented. */
  checkListLagMs: number;
  /** octokit's schema: `in_progress` may still say `status: queued`. */
  lateStatus: number;
}
