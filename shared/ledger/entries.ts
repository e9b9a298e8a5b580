/** What the ledger holds, one shape for each kind of row; each row also has a schema version and the owner token of its last write. */
import type { Candidate, Job, JobId, RunId, RunnerName } from '../nouns.ts';
import type { SlotCost } from './capacity-parts.ts';
import type { HeldBack, KeptMachine, MadeFrom, Registered } from './entry-parts.ts';
import type { KeptWarm, TookWarm } from './warm-entry.ts';
/** One line of a job's story for `explain`: at most TRAIL_MAX are kept. */
export interface TrailLine {
  readonly atMs: number;
  readonly text: string;
}

/**
 * What keeps a job from a free slot: it stands aside, and is tried now and then. `offer`: nothing fits; `limit`: its profile
 * or repository has all it may; `refusal`: GitHub or the account gives nothing; `waste`: its runners came to nothing; `cap`: too many.
 */
export type Obstacle = 'offer' | 'limit' | 'refusal' | 'waste' | 'cap';

/** How a runner that got no job came to its end. */
export type Ending =
  | 'taken back'
  | 'gone'
  | 'stopped in its boot'
  | 'never online'
  | 'stopped'
  | 'version refused'
  | 'offline'
  | 'given nothing'
  | 'ended';

export interface JobEntry extends TookWarm, HeldBack {
  readonly job: Job;
  /** The end of the lease, or the next try. The sweep alone starts a job again, and not before this. */
  readonly nextTryAtMs: number;
  /** lower-case clause that completes "waits because …" */
  readonly because: string;
  /** How many launches were begun for it; names them. */
  readonly launches: number;
  /** When we first tried: `spot.patience` counts from here. */
  readonly firstTryAtMs: number;
  /** Interrupted before, or without a machine that served it: it goes off spot. */
  readonly offSpot: boolean;
  /** The runner GitHub says took it (ours or not), else null. */
  readonly startedOn: string | null;
  readonly startedAtMs: number | null;
  /** Started: since then GitHub has said nothing of it to us, each time that it was asked. */
  readonly silentSinceMs?: number | null;
  /** Null or absent: its launch can take a slot, as far as its last try tells. */
  readonly obstacle?: Obstacle | null;
  /** Its last launch could not ask for all of its offers: what it found is nothing that others of its like would find. */
  readonly isCut?: boolean;
  /** Nothing was there to be asked for: another try costs neither a registration nor a call of ECS. */
  readonly isUntried?: boolean;
  /** What its last launch would have cost, where money is bounded; absent or null: none came so far. */
  readonly cost?: SlotCost | null;
  /** What its last launch threw; absent or null: nothing. */
  readonly failure?: string | null;
  /** How many launches in a row threw. */
  readonly failures?: number;
  /** Runners of it that came to nothing, though an instance was had; below, the last by name, counted or not. */
  readonly wasted?: number;
  readonly wastes?: readonly {
    readonly runner: RunnerName;
    readonly atMs: number;
    readonly ending: Ending;
    /** Its launcher may be at work until then. Absent: it is not. */
    readonly leaseUntilMs?: number;
  }[];
  /** What was held against it while no runner of ours got a job was forgotten once. */
  readonly isForgiven?: boolean;
  /** With the obstacle `cap`: what has to change before it is launched for again. */
  readonly cappedUnder?: string | null;
  /** What it was last refused, or not tried, for a used-up quota; absent or null: something else is in its way. */
  readonly quota?: QuotaWait | null;
  readonly trail: readonly TrailLine[];
}

/** The sweep lets it go on when there is room in a scope again. */
export interface QuotaWait {
  /** Scope → the least that it needs there. */
  readonly needs: Readonly<Record<string, number>>;
  /** Its offers are ranked again then, room or not. */
  readonly againAtMs: number;
}

export type RunnerState = 'launching' | 'booting' | 'idle' | 'busy' | 'retiring';

export interface RunnerEntry extends KeptWarm, MadeFrom, KeptMachine, Registered {
  readonly name: RunnerName;
  readonly state: RunnerState;
  /** The one pointer: the job this runner is meant for. Null: for none. */
  readonly for: JobId | null;
  readonly busyWith: JobId | null;
  /** For whom it was launched; labels and profile are what it registered with. */
  readonly repository: string;
  /** GitHub's id of it, which stays when it is renamed; absent where nobody said it. */
  readonly repositoryId?: number | null | undefined;
  /** Registered in the group that serves public repositories. Absent: in the other. */
  readonly isPublic?: boolean;
  readonly installationId: number | null;
  readonly labels: readonly string[];
  readonly profile: string | null;
  readonly diskGiB: number | null;
  readonly createdAtMs: number;
  readonly stateAtMs: number;
  /** While `launching`: until then it belongs to its launcher. */
  readonly leaseUntilMs: number;
  /** The job ended while its launch was under lease; the holder undoes what it made. */
  readonly isUnwanted: boolean;
  /** GitHub's id of the registration; null until minted. */
  readonly runnerId: number | null;
  readonly instanceId: string | null;
  /** Where the instance is; null until there is one. */
  readonly region: string | null;
  /** Null until an offering was taken, and for an adopted instance. */
  readonly candidate: Candidate | null;
  /** While `launching`: what its launcher may have asked the cloud for, in this order. */
  readonly walks?: readonly Candidate[] | null;
  readonly releaseAtMs: number | null;
  /** Complete look-ups that saw no instance of an abandoned launch. */
  readonly absentLooks: number;
  /** Sweeps that saw its machine Stopped, in a row; absent: none. */
  readonly stoppedLooks?: number;
  /** Sweeps that saw it unneeded, in a row. */
  readonly idleSightings: number;
  /** When GitHub accepted the removal of its registration. */
  readonly removedAtMs: number | null;
  /** Taken back by the spot market, or gone without our deletion, while busy. */
  readonly isInterrupted: boolean;
  readonly onlineAtMs: number | null;
  /** The job that completed on it; its history row gets the bill's end. */
  readonly ran: Job | null;
  /** lower-case clause: why it is being retired */
  readonly because: string;
  readonly trail: readonly TrailLine[];
}

/** Which interrupted jobs of a run attempt are to be run again, once. */
export interface RerunEntry {
  readonly runId: RunId;
  readonly repository: string;
  readonly installationId: number | null;
  readonly attempt: number;
  readonly interrupted: readonly JobId[];
  /** By job: when we first saw that its machine is taken back. Absent in rows of 0.2 and before. */
  readonly noticedAtMs?: Readonly<Record<string, number>>;
  readonly asked: boolean;
  /** lower-case clause: why it was not run again, or not all of it. Absent: it was, or nothing is decided. */
  readonly because?: string;
  /** Since when GitHub does not let us read the run, or not in full. Absent or null: it did, the last time. */
  readonly unreadSinceMs?: number | null;
  readonly createdAtMs: number;
}

/** A refused job until its author was told: it has no entry of its own. */
export interface RefusalEntry {
  readonly job: Job;
  readonly because: string;
  readonly atMs: number;
}

export interface Note {
  readonly text: string;
  readonly untilMs: number | null;
  /** Of an alert: since when it stands. Absent in other notes, and in alerts of 0.1. */
  readonly raised?: { readonly key: string; readonly atMs: number };
  /** Of whose code a run is of: the run. Absent in other notes. */
  readonly code?: RunId;
}
