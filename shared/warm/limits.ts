/** Bounds of warm runners. */
import { INSTANCE_VISIBLE_MS, LEASE_MS } from '../limits.ts';

/** GitHub removes a runner that had no job for a day, and the longer it waits, the older are its runner and image: it is replaced. */
export const WARM_AGE_MS = 12 * 3_600_000;
/** And given up, even where none can be had in its place. */
export const WARM_AGE_MAX_MS = 14 * 3_600_000;
/** One that was launched for a job which needs it no more: its machine ends by itself after half an hour without a job. */
export const WARM_LEFT_MS = 20 * 60_000;
/** Machines of a pool beyond those that are kept, while others of it go, or nobody knows whether their launches made one. */
export const WARM_BEYOND_MAX = 2;
/** What is on its way out has given back its slot and its money by then, as a rule: three sweeps and a list that lags. */
export const WARM_LEAVES_MS = 6 * 60_000;
/** Of all pools together. */
export const WARM_STARTS_PER_SWEEP_MAX = 20;
/** What failed before is forgotten when a runner has waited so long, or when one got a job. */
export const WARM_PROVEN_MS = 15 * 60_000;
/** A pool whose runner could not be had, or ended before it had a job, is not refilled for so long; twice as long each time. */
export const WARM_PAUSE_MS = 2 * 60_000;
export const WARM_PAUSE_MAX_MS = 30 * 60_000;
/** A runner that a person asked for waits no longer: GitHub removes one that had no job for a day. */
export const CREATED_WAIT_MAX_MS = 12 * 3_600_000;
/** At once. */
export const CREATED_AT_ONCE_MAX = 20;
/** Reasons that are kept for whoever asked. */
export const CREATED_FAILURES_MAX = 2 * CREATED_AT_ONCE_MAX;
/** A launcher knows so long after that none waited, or which: less than the fastest boot. */
export const CREATED_KEPT_MS = 30_000;
/** Runners that one note names to launchers. */
export const SPARE_MAX = 20;
/** Until the sweep after the next one has said what it sees. */
export const SPARE_KEPT_MS = 2 * 60_000;
/** A machine that is to be stopped is given up after this: its first boot is over, and it costs. */
export const STANDBY_STOP_MAX_MS = 10 * 60_000;
/** What went on billing when it was stopped is not bought for that again in this time. */
export const STANDBY_OUT_MS = 7 * 24 * 3_600_000;
/** As long as a list may show what was before: one that was just started is believed to be stopped only after this. */
export const START_VISIBLE_MS = LEASE_MS + INSTANCE_VISIBLE_MS;
/** Of one job in one invocation: each is a mint and two calls. */
export const STARTS_PER_LAUNCH_MAX = 3;
/** No further one is tried after this, and after the other no cold launch in the same invocation: there must be time left to undo. */
export const START_TRIES_MS = 10_000;
export const COLD_AFTER_START_MS = 30_000;
/** More runners of a pool than that do not fail within one pause and go for longer than it. */
export const PAUSED_FOR_MAX = 50;
