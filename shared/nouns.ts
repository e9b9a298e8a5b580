/** The nouns of this field, as style demands one word for each. Data only: no vendor, no clock. */

import type { CapacityType } from './offers.ts';

export type { Arch, Candidate, CapacityType, DiskPriced, Offering, Requirements } from './offers.ts';

type Brand<Base, Name extends string> = Base & { readonly brand: Name };
export type JobId = Brand<number, 'job'>;
export type RunId = Brand<number, 'run'>;
/** `{deployment}-runner-{arch}-spot-{job}-{launch}`; used for one launch only. */
export type RunnerName = Brand<string, 'runner'>;

/** What GitHub told us of a job, trimmed; at most EVENT_MAX_BYTES as JSON. */
export interface Job {
  readonly id: JobId;
  readonly runId: RunId;
  readonly runAttempt: number;
  readonly name: string;
  /** As its author named it; absent where nobody said it. */
  readonly workflow?: string | undefined;
  /** owner/name, as GitHub spells it */
  readonly repository: string;
  /** Stays when the repository is renamed or transferred; absent where nobody said it. */
  readonly repositoryId?: number | null | undefined;
  readonly isPublic: boolean;
  /** A hint: the installation may have been renewed since, or be that of the repository's first owner. */
  readonly installationId: number | null;
  readonly labels: readonly string[];
  readonly createdAtMs: number;
  /** GitHub does not say when it was created: its start, as far as it was heard of, stands in for that. */
  readonly isUndated?: boolean | undefined;
}

/** What a delivery, or a look at GitHub, says happened to a job. */
export type JobEvent =
  | { readonly kind: 'queued'; readonly job: Job; readonly delivery: string }
  | {
      readonly kind: 'in_progress';
      readonly job: Job;
      readonly delivery: string;
      readonly runner: NamedRunner;
      readonly startedAtMs: number;
    }
  | {
      readonly kind: 'completed';
      readonly job: Job;
      readonly delivery: string;
      /** Null when the job ended before any runner took it. */
      readonly runner: NamedRunner | null;
      readonly conclusion: string;
      readonly startedAtMs: number | null;
      readonly completedAtMs: number;
    };

/** The sweep's request: this job has no runner coming and its time has come. Good for one lease, by `rev`. */
export interface DueEvent {
  readonly kind: 'due';
  readonly job: Job;
  readonly rev: string;
  /** The sweep's plan gave it the next slot: it passes those that wait. */
  readonly hasTurn: boolean;
  /** The scope of a used-up quota in which the sweep has kept room for it. */
  readonly within?: string | undefined;
}

/** A runner as a job's record names it. */
export interface NamedRunner {
  readonly id: number;
  readonly name: string;
}

/** An ECS instance with our deployment's tag, as the cloud lists it. */
export interface Instance {
  readonly id: string;
  readonly region: string;
  readonly status: 'Pending' | 'Starting' | 'Running' | 'Stopping' | 'Stopped';
  readonly instanceType: string;
  readonly zone: string;
  readonly capacityType: CapacityType | null;
  readonly createdAtMs: number;
  readonly releaseAtMs: number | null;
  /** The spot market takes it back within five minutes. */
  readonly isRecycling: boolean;
  /** Stopped in economical mode. Absent: it is not, or bills all the same. */
  readonly stopsCharging?: boolean;
  /** InstanceName; '' where there is none */
  readonly name: string;
  readonly securityGroupIds: readonly string[];
  readonly vSwitchId: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A registration at GitHub. */
export interface Registration {
  readonly id: number;
  readonly name: string;
  readonly isOnline: boolean;
  readonly isBusy: boolean;
  readonly labels: readonly string[];
}

/** A job's own record at GitHub. */
export interface JobRecord {
  readonly job: Job;
  readonly status: 'queued' | 'in_progress' | 'completed' | 'waiting' | 'pending' | 'requested';
  readonly conclusion: string | null;
  readonly runner: NamedRunner | null;
  readonly startedAtMs: number | null;
  readonly completedAtMs: number | null;
  /** When its run last changed; null or absent: it was not told with the job. */
  readonly runChangedAtMs?: number | null;
}

/** A list that may have been cut: then it proves nothing absent. */
export interface Listing<Thing> {
  readonly things: readonly Thing[];
  readonly complete: boolean;
}

/** What a repository is called, and what stays when that changes; absent where nobody said it. */
export type RepositoryName = Pick<Job, 'repository' | 'repositoryId'>;

/** Where runners register: an organisation, or one repository. */
export interface Target {
  readonly owner: string;
  /** owner/name in repository scope, else null */
  readonly repository: string | null;
  readonly installationId: number | null;
}

/** A fork's is not the repository's own. */
export type Code = 'own' | 'fork';

/** How a job stands, in the words of those who tell people. */
export type JobState = 'waits' | 'coming' | 'runs' | 'ended' | 'refused';

export interface RunRecord {
  readonly id: RunId;
  readonly attempt: number;
  readonly status: string;
  readonly conclusion: string | null;
  readonly event: string;
  /** By id, of one answer, because names change; the head's: where its commit lives, null when that is gone. */
  readonly repositoryId: number;
  readonly headRepositoryId: number | null;
  /** The commit that its checks are shown on. */
  readonly headSha: string;
  readonly workflow: string;
  /** 0: GitHub does not say. */
  readonly createdAtMs: number;
  /** When anything of it last changed, or its attempt began; null or absent: GitHub does not say. */
  readonly changedAtMs?: number | null;
  /** Null: GitHub did not say. */
  readonly workflowId: number | null;
  readonly branch: string | null;
  /** Of the workflow; grows with each run, not with each attempt. */
  readonly number: number | null;
}

/**
 * GitHub docs, "List workflow runs for a repository": `waiting` is a run with a job behind its environment's rules,
 * `pending` one held up by its concurrency group; other jobs of either may be queued, or run.
 */
export type LiveStatus = 'queued' | 'in_progress' | 'waiting' | 'pending';
