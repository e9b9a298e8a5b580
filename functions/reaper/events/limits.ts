/** Bounds of what is guessed about jobs that GitHub holds back. */

/** GitHub gives a job to an idle runner within seconds: after this, while others of its run are running, it holds the job back. */
export const HELD_AFTER_MS = 45_000;

/** So long one idle runner is kept for jobs that are held. */
export const HELD_KEPT_MS = 3 * 60_000;

/** A held job is looked at by time too, doubled each time: what holds it is a guess. */
export const HELD_PROBE_MS = 30 * 60_000;

export const HELD_PROBE_MAX_MS = 2 * 3_600_000;

/** In one concurrency group GitHub lets go in the order in which they came: nothing is passed over so often. */
export const FREED_BY_NAME_MAX = 3;

/** Jobs that began before GitHub knew their run: asked again by each sweep, for so long. */
export const UNKNOWN_CODE_MAX = 100;
export const UNKNOWN_CODE_MAX_MS = 3_600_000;

/** No job of the run started for so long. */
export const HELD_ALERT_MS = 3 * 3_600_000;
