/** Bounds of the brake, with their unit last in the name. */

/** Doubled for each runner of a job that never came online, or that GitHub gave nothing, up to the longest. */
export const WASTED_PAUSE_MS = 60_000;
export const WASTED_PAUSE_MAX_MS = 30 * 60_000;
/** From so many on, an alert is raised. */
export const WASTED_ALERT_MIN = 3;
/** After so many the job goes off spot. */
export const OFF_SPOT_WASTED_MIN = 2;
/** After so many the job is only looked at, until something about it changes. */
export const WASTED_MAX = 5;
/** And then tried with one runner when its run has changed since its last, so long ago at least. */
export const CAP_CHANGED_MIN_MS = 15 * 60_000;
/** An offering whose machine came to nothing before a job. */
export const UNAVAILABLE_WASTED_MS = 15 * 60_000;
/** Jobs whose runners came to nothing while none of ours got one: from so many on the cause is not the job. */
export const BRAKE_JOBS_MIN = 5;
/** What lies further back counts no more. */
export const BRAKE_WINDOW_MS = 2 * 3_600_000;
export const BRAKE_STREAK_MAX = 100;
/** From one probe's end to the next: with the probe's own life, five minutes or more. */
export const BRAKE_PROBE_MS = 3 * 60_000;
