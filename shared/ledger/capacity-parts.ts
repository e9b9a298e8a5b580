/** Parts of what the capacity row is asked and tells: pure data. */
import type { JobId, RunnerName } from '../nouns.ts';
import type { Stop } from './stop.ts';

/** What a slot counts for in money, in millionths of the account's currency: whole numbers. */
export interface SlotCost {
  /** What the machine may cost an hour at most, its disk included. */
  readonly perHour: number;
  /** What is kept of the day's money for it, until its end says what it was. */
  readonly forDay: number;
}

export interface Waiting {
  /** When the oldest of those jobs was created. */
  readonly sinceMs: number;
  /** lower-case clause: why whoever comes without a turn has to wait */
  readonly because: string;
  /** Launches are held back to probes: whoever has no turn starts nothing that stands stopped, either. */
  readonly isBraked?: boolean;
  /** Null or absent: the hour's money suffices for all of them, or is not bounded. */
  readonly reserved?: Reserved | null;
}

/** The job that the next of the hour's money is for, and from when on what is launched leaves it its share. */
export interface Reserved {
  readonly job: JobId;
  readonly sinceMs: number;
}

export interface CapacityView {
  readonly total: number;
  readonly slots: readonly {
    readonly name: RunnerName;
    readonly profile: string | null;
    readonly repository: string;
    /** It does not count with its repository's runners: see `unassign`. */
    readonly isUnassigned?: true;
    /** Nor with the money of its machines: see `writeOff`. */
    readonly isWithoutShare?: true;
    /** When it was asked for. */
    readonly atMs: number;
    readonly cost?: SlotCost | null;
  }[];
  /** Mints of a step (`MINT_STEP_MS`) and of those before it that a minute may hold with it, by its number; of the newest only. */
  readonly mints: Readonly<Record<string, number>>;
  /** Kept or spent for machines of a day, in millionths, by its date as 20261128. */
  readonly days?: Readonly<Record<string, number>>;
  /** No slot, nothing counted but days, and nobody waits: there is nothing to set right. */
  readonly isAtRest?: boolean;
  /** Absent or null: nothing is stopped. */
  readonly stop?: Stop | null;
  readonly reserved?: Reserved | null;
}
