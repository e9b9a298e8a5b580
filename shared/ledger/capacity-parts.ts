/** Parts of what the capacity row is asked and tells: pure data. */
import type { JobId } from '../nouns.ts';

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
