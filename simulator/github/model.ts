import type { RunnerListener } from './listener.ts';
import type { Concurrency, JobPlan } from './runs/plans.ts';

export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped';
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

export interface SimJob {
  readonly id: number;
  readonly run: SimRun;
  readonly attempt: number;
  readonly plan: JobPlan;
  readonly createdAtMs: number;
  status: 'waiting' | 'queued' | 'in_progress' | 'completed';
  /** Queued, and held by its concurrency group: its record says `pending`. */
  isPending: boolean;
  conclusion: Conclusion | null;
  /** Stays after the registration is gone, as it does at GitHub. */
  runner: { id: number; name: string; groupId: number; groupName: string } | null;
  startedAtMs: number | null;
  completedAtMs: number | null;
}

export interface SimRun {
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  readonly workflow: string;
  readonly headSha: string;
  readonly event: string;
  readonly branch: string;
  readonly concurrency: Concurrency | null;
  /** Held by its concurrency group: it has no jobs yet. */
  isPending: boolean;
  /** owner/name of a fork, or the repository itself; null when the fork is gone. */
  readonly headRepository: string | null;
  readonly plans: readonly JobPlan[];
  readonly createdAtMs: number;
  updatedAtMs: number;
  attempt: number;
  /** Jobs by attempt; those of an earlier attempt that were not run again stand in both. */
  readonly attempts: Map<number, SimJob[]>;
  isCancelled: boolean;
}

/** What an App said of a commit. */
export interface SimCheckRun {
  readonly id: number;
  readonly repository: Repository;
  readonly headSha: string;
  readonly createdAtMs: number;
  name: string;
  externalId: string;
  detailsUrl: string | null;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  startedAtMs: number | null;
  completedAtMs: number | null;
  output: { title: string | null; summary: string | null; text: string | null };
}

export interface InstallationToken {
  readonly token: string;
  readonly installationId: number;
  readonly permissions: Permissions;
  /** Full names in lower case; 'all': whatever the installation has. */
  readonly repositories: 'all' | readonly string[];
  readonly bornAtMs: number;
  readonly expiresAtMs: number;
}

export interface RunnerRelease {
  readonly version: string;
  readonly publishedAtMs: number;
  readonly assets: readonly {
    readonly name: string;
    readonly sizeBytes: number;
    readonly url: string;
    /** hex */
    readonly sha256: string;
  }[];
}

export const newestRelease = ({
  releases,
}: {
  readonly releases: readonly RunnerRelease[];
}): RunnerRelease | undefined => releases.toSorted((a, b) => b.publishedAtMs - a.publishedAtMs)[0];

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: 'Organization' | 'User';
  /** Its IP allow list; absent: it has none. To be changed by tests. */
  allowedAddresses?: readonly string[];
}

export interface Repository {
  readonly id: number;
  owner: Account;
  name: string;
  /** owner/name */
  fullName: string;
  readonly isPublic: boolean;
  pushedAtMs: number;
}

export interface Group {
  readonly id: number;
  readonly organization: string;
  readonly name: string;
  readonly isDefault: boolean;
  /** owner/name of those that may use it; 'all' of the organisation's. */
  readonly repositories: 'all' | readonly string[];
  readonly allowsPublic: boolean;
}

export interface Installation {
  readonly id: number;
  readonly account: Account;
  readonly repositories: 'all' | readonly string[];
  isSuspended: boolean;
  readonly createdAtMs: number;
}

export interface OutgoingDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface LoggedDelivery {
  readonly id: bigint;
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly isRedelivery: boolean;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly payload: () => unknown;
  deliveredAtMs: number;
  durationMs: number;
  status: string;
  /** 0 until the attempt is over: then it is listed. */
  statusCode: number;
}

/** What goes wrong on the way. Reordering is delay. */
export type DeliveryFault =
  /** Never arrives; GitHub's log shows the failure, or (`isLogged: false`) knows nothing of it. */
  | { readonly kind: 'lose'; readonly isLogged: boolean }
  | { readonly kind: 'repeat'; readonly times: number; readonly gapMs: number }
  | { readonly kind: 'delay'; readonly ms: number };

export interface Limits {
  readonly callsPerHour: number;
  readonly pointsPerMinute: number;
  readonly concurrent: number;
  readonly registrationsPer5Minutes: number;
  /** Of check runs: making and changing them creates content. */
  readonly contents: { readonly perMinute: number; readonly perHour: number };
  /** Whether a JIT config counts as content creation is not documented; null: it does not. */
  readonly creations: { readonly perMinute: number; readonly perHour: number } | null;
}

export interface Budget {
  windowStartMs: number;
  used: number;
}

/** Where runners register: an organisation's login, or owner/name of a repository. */
export type Scope =
  | { readonly kind: 'organization'; readonly organization: string }
  | { readonly kind: 'repository'; readonly repository: string };

export interface SimRunner {
  readonly id: number;
  readonly name: string;
  scope: Scope;
  readonly groupId: number;
  readonly labels: readonly string[];
  readonly jitConfig: string;
  readonly createdAtMs: number;
  listener: RunnerListener | null;
  isUsed: boolean;
  isOnline: boolean;
  /** The machine is gone, and GitHub has not noticed. */
  isVanished: boolean;
  isDeaf: boolean;
  isListed: boolean;
  isBusyHidden: boolean;
  job: SimJob | null;
  offlineSinceMs: number;
}
