/** Parts of entries that belong together. */
import { IDLE_SIGHTINGS_MIN } from '../limits.ts';

/**
 * Why a job waits though a runner for it did: GitHub lets so many at once, of its matrix or its run, or of its name in the
 * repository; or its record says so.
 */
export interface Hold {
  readonly by: 'matrix' | 'run' | 'name' | 'record';
  readonly width: number;
  readonly sinceMs: number;
  /** No runner waited for it in this run, but in an earlier one of its workflow. Absent: one did. */
  readonly isRemembered?: boolean;
  /** Nobody knows yet of how many GitHub runs at once: `width` others of its matrix are to show it. Absent: it is no such. */
  readonly isFirst?: boolean;
}

/** What a job's entry has of that. */
export interface HeldBack {
  /** GitHub seems to hold it back: nothing is launched for it before it is released. */
  readonly held?: Hold | null;
  /** When its last hold ended, and it began to wait for us; absent: it was never held, or an earlier release wrote the row. */
  readonly releasedAtMs?: number;
  /** How often it was held: each makes the next look by time later. */
  readonly holds?: number;
  /** How often it was let go because others of its like had ended. */
  readonly freed?: number;
}

/** A machine that stays for a person to look at, whatever becomes of its runner. */
export interface Keep {
  readonly untilMs: number;
  /** `debug`: its job asked for it by that label, and failed. */
  readonly by: 'operator' | 'debug';
}

/** What a runner's entry has of that. Absent in rows of earlier releases, and where nobody asked. */
export interface KeptMachine {
  readonly keep?: Keep | null;
}

export const isKept = ({ keep }: KeptMachine, nowMs: number): boolean => keep != null && keep.untilMs > nowMs;

/**
 * A free runner's removal from GitHub is under way, or done: no job is given it. Until the removal is known to have been accepted,
 * the last sighting says so; a sweep that sees it needed again takes the sightings back.
 */
export const isLeaving = (entry: {
  readonly idleSightings: number;
  readonly removedAtMs: number | null;
}): boolean => entry.removedAtMs !== null || entry.idleSightings >= IDLE_SIGHTINGS_MIN;

/** Where a runner is registered, whatever runners.yaml says since. Absent: as it says; in rows of earlier releases, and while it stands stopped. */
export interface Registered {
  readonly registeredAt?: {
    /** `github.baseUrl` */
    readonly host: string;
    readonly scope: 'organization' | 'repository';
  };
}

/** What a runner's entry has of the image that its machine was made from. */
export interface MadeFrom {
  /** The baked one; absent or null: another. */
  readonly image?: string | null;
  /** It failed, and all of its console has no line of ours. Absent: not known. */
  readonly isSilent?: boolean;
}
