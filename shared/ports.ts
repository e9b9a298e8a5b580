import type { CallBudget, CallUse } from './budget.ts';
import type { CheckRuns } from './check-runs/check-runs.ts';
import type { WarmEvent } from './ledger/warm-entry.ts';
import type {
  Arch,
  Candidate,
  Code,
  DueEvent,
  Instance,
  JobEvent,
  JobId,
  JobRecord,
  Listing,
  LiveStatus,
  Registration,
  RepositoryName,
  RunId,
  RunnerName,
  RunRecord,
  Target,
} from './nouns.ts';

export interface Clock {
  nowMs(): number;
}

export type Log = (event: string, fields: Readonly<Record<string, string | number | boolean | null>>) => void;

export type MintOutcome =
  | { readonly kind: 'minted'; readonly runnerId: number; readonly jitConfig: string }
  /** GitHub said no for now. */
  | { readonly kind: 'throttled'; readonly retryAtMs: number }
  /** GitHub said no: a person must act (group gone, permission missing, App uninstalled). */
  | { readonly kind: 'refused'; readonly because: string };

export interface Delivery {
  /** A string: ids exceed 2^53. */
  readonly id: string;
  readonly guid: string;
  readonly deliveredAtMs: number;
  readonly statusCode: number;
  readonly event: string;
  readonly action: string | null;
}

export interface MintRequest {
  readonly name: RunnerName;
  readonly labels: readonly string[];
  /** The organisation's runner group, by its name, where it is not the deployment's usual one; unused in repository scope. */
  readonly group?: string;
}

export interface GitHub extends CheckRuns {
  /** What the owner's installation has left; null: this process has had no answer yet. */
  budget(owner: string): CallBudget | null;
  /** Whether a call for this use would be made now, or kept back for what comes before it. */
  mayAsk(use: CallUse, owner: string): boolean;
  /** So many runners may be minted by others in the coming minute: what that takes is left to them. */
  leaveRoomFor(mints: number): void;
  mint(target: Target, runner: MintRequest): Promise<MintOutcome>;
  registrations(target: Target): Promise<Listing<Registration>>;
  /** One runner's own question, by its id where that is known: null is as good a proof as a whole list. */
  registration(
    target: Target,
    runner: { readonly name: RunnerName; readonly id: number | null },
  ): Promise<Registration | null>;
  /** 'absent' counts as done; 'busy' is GitHub's refusal. */
  removeRunner(target: Target, runnerId: number): Promise<'removed' | 'absent' | 'busy'>;
  job(target: Target, repository: string, id: JobId): Promise<JobRecord | null>;
  run(target: Target, repository: string, id: RunId): Promise<RunRecord | null>;
  /** Null: GitHub does not know the run yet. One call for all that ask, in whatever function, within some minutes. */
  codeOf(target: Target, repository: string, id: RunId, use?: CallUse): Promise<Code | null>;
  /** Is there a later run of the same workflow, branch and event? One call. */
  hasNewerRun(target: Target, repository: string, run: RunRecord): Promise<boolean>;
  /** Jobs of the latest attempt of a run. */
  jobsOfRun(target: Target, repository: string, id: RunId, use?: CallUse): Promise<Listing<JobRecord>>;
  /** Runs of one status, newest first. Null: the App is installed at the owner, and there is no such repository for it. */
  liveRuns(target: Target, repository: string, status: LiveStatus): Promise<Listing<RunRecord> | null>;
  /** Repositories of the installation, most recently pushed first. */
  repositories(target: Target): Promise<Listing<RepositoryName>>;
  rerunFailedJobs(target: Target, repository: string, id: RunId): Promise<'asked' | 'refused'>;
  rerunJob(target: Target, repository: string, id: JobId): Promise<'asked' | 'refused'>;
  /** 'over': there is nothing to cancel any more. 'refused': the App may not. */
  cancelRun(target: Target, repository: string, id: RunId): Promise<'asked' | 'over' | 'refused'>;
  /** Newest first, back to `sinceMs`. */
  deliveries(sinceMs: number): Promise<Listing<Delivery>>;
  /** 'gone': GitHub never repeats it. */
  redeliver(deliveryId: string): Promise<'asked' | 'gone'>;
  latestRunner(): Promise<PublishedRelease>;
}

/** The runner's newest release as GitHub publishes it; its version without v. */
export interface PublishedRelease {
  readonly version: string;
  readonly publishedAtMs: number;
  readonly archives: Readonly<
    Record<Arch, { readonly url: string; readonly sha256: string; readonly sizeBytes: number }>
  >;
}

/** All that one RunInstances needs; built once for each candidate and resent byte for byte. */
export interface RunRequest {
  readonly candidate: Candidate;
  readonly name: RunnerName;
  readonly clientToken: string;
  readonly userData: string;
  readonly releaseAtMs: number;
  readonly diskGiB: number;
  readonly image: string;
  /** A baked image in its stead. */
  readonly imageId?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export type RunOutcome =
  | { readonly kind: 'running'; readonly instanceId: string }
  /** Definite: no instance was made. Remember it and go on. */
  | {
      readonly kind: 'unavailable';
      readonly code: string;
      readonly scope: 'offering' | 'zone' | 'family' | 'placement';
      readonly forMs: number;
      /** What a person has to do before it can be had; absent: it comes back by itself. */
      readonly advice?: string;
    }
  /** Definite: no instance of this image is made in this placement, whatever the type, until a person acts. */
  | { readonly kind: 'image'; readonly code: string; readonly advice: string }
  /** Definite: no instance was made, because the account's quota is used up: by machines that end, or until a person raises it. */
  | { readonly kind: 'used-up'; readonly code: string; readonly scope: 'family' | 'placement' }
  /** Definite: no instance was made; nothing worth remembering. `isUnknown`: nobody here knows what the code means. */
  | { readonly kind: 'refused'; readonly code: string; readonly isUnknown?: true }
  /** Definite, and every other candidate of its region would fare the same: throttled until then. */
  | { readonly kind: 'throttled'; readonly code: string; readonly retryAtMs: number }
  /** Definite: the account cannot; a person must act. */
  | { readonly kind: 'fatal'; readonly code: string; readonly advice: string }
  /** An instance may exist. Ends the walk. `isSilent`: to the last try there was no answer, or none but that the cloud itself failed. */
  | { readonly kind: 'unknown'; readonly code: string; readonly isSilent: boolean };

/** What came of asking for a deletion, or for a stop in economical mode, which not every type and account has. */
export type Removal = 'asked' | 'gone' | 'later';

/** By region, not by placement: an instance outlives the configuration that it was launched under, and one region is in at most one placement. */
export interface Instances {
  /** Into the placement of the candidate's region. */
  run(request: RunRequest): Promise<RunOutcome>;
  /** All of this deployment in one region, by name, with its tag. */
  list(region: string): Promise<Listing<Instance>>;
  /** All with this deployment's tag, whatever they are called. Throws where there are more than 1,000. */
  tagged(region: string): Promise<Listing<Instance>>;
  /** By instance id: those that exist. An id not in the answer does not exist. */
  find(region: string, ids: readonly string[]): Promise<readonly Instance[]>;
  /** 'gone': no such instance. 'later': not in a state to be deleted yet. */
  terminate(region: string, id: string): Promise<Removal>;
  /** The same of many, a hundred a call; what is refused together is asked for one by one. By id; an id that is not in the answer could not be asked for. */
  terminateAll(region: string, ids: readonly string[]): Promise<ReadonlyMap<string, Removal>>;
  stop(region: string, id: string): Promise<Removal>;
  /** For the next boot of a stopped one. Throws when that is refused, or not sure. */
  setUserData(region: string, id: string, userData: string): Promise<void>;
  start(region: string, id: string): Promise<RunOutcome>;
  /** Decoded console output, newest last; null: no such instance. */
  consoleOutput(region: string, id: string): Promise<string | null>;
}
/** What we hand to our own functions; resolves only after Function Compute accepted it. */
export interface Queue {
  launch(event: JobEvent | DueEvent | WarmEvent): Promise<void>;
  reap(event: JobEvent): Promise<void>;
}

/** Tells a person. Throws when it could not, without the address, which may be a secret. */
export interface Alerts {
  post(text: string): Promise<void>;
}
