/** What bounds our calls of GitHub: docs/decisions/github-budget.md. As in limits.ts, the unit is last in each name. */

/** Runners missing from a list that moved, each asked about alone, by one sweep. */
export const SINGLE_ASKS_MAX = 40;

/** GitHub's hour, and a little: whoever says to wait for longer was misheard, or is no GitHub. */
export const HOLD_MAX_MS = 65 * 60_000;

/** A mint, a look at its run, a share of tokens and of lists: docs/decisions/github-budget.md has the figures. */
export const CALLS_PER_JOB = 2;

/** The lowest level of GitHub's calls is kept for each of so many days. */
export const BUDGET_DAYS_KEPT = 8;

/** Calls of one sweep for a job that names a runner, all runners together; the next sweep goes on. */
export const NAMING_CALLS_PER_SWEEP_MAX = 200;

/**
 * Between the removal of a registration and the last look for a job that names it: what it took just before is begun by
 * then, and a list of runs in progress shows the run. GitHub tells nowhere how far its lists of runs lag behind: they are
 * taken to be less than this behind, because each sweep more costs every machine that goes a minute.
 */
export const REMOVED_MIN_MS = 30_000;

/** After this a repository that GitHub does not let us read keeps no removed runner any longer. */
export const UNREADABLE_MAX_MS = 30 * 60_000;

/** Runs whose jobs one sweep lists, because the ledger knows none of them. */
export const RUNS_LISTED_PER_SWEEP_MAX = 120;

/** Of those whose jobs we were told of, so many, when calls are left over. */
export const TOLD_RUNS_PER_SWEEP_MAX = 20;

/** Of those that wait for a reviewer, for days perhaps, so many for the first time: each instance of the reaper has to see them once. */
export const WAITING_RUNS_PER_SWEEP_MAX = 5;

/** A run that did not change is looked at again after this, when calls are left over. */
export const RUN_RELIST_MS = 15 * 60_000;

/** A repository of which deliveries tell us everything is looked at again after this. */
export const LOOK_TOLD_MS = 3 * 60_000;

/** One without jobs for so long is quiet: when it last had some is noted once an hour. */
export const QUIET_AFTER_MS = 2 * 3_600_000;
/** A quiet repository is looked at again after this; what GitHub could not deliver there comes within a minute all the same. */
export const LOOK_QUIET_MS = 10 * 60_000;

/** Where a look found what no delivery had told, each sweep looks for so long. */
export const LOOK_LOST_MS = 15 * 60_000;

/**
 * That a job is queued is believed for so long, counted from when it was made, listed, or asked about; then GitHub is asked before
 * anything is launched for it. As long as a boot may take: that is what a machine for nobody costs, and a question is one call.
 */
export const HEARD_KEPT_MS = 10 * 60_000;
/** Of such questions, so many before each lot of launches: 8 at once of 200 ms take little more than a second. */
export const UNHEARD_ASKS_MAX = 50;

/** Jobs of a repository whose own records one look asks for. */
export const ENDED_ASKS_MAX = 50;

/** The same, where the list of runs was cut. */
export const ENDED_ASKS_CUT_MAX = 10;

/** Of GitHub's answers that may be unchanged, kept by one process; as JSON. */
export const UNCHANGED_MAX_BYTES = 64 * 1024 * 1024;

/** Which runner group has which id, told by one launcher to all: a group that is made anew is noticed by its 404. */
export const RUNNER_GROUP_KEPT_MS = 24 * 3_600_000;

/** A call that waited so long in vain is silence, and not a connection that was cut. */
export const SILENCE_MIN_MS = 10_000;
/** For so long nobody else waits. */
export const SILENCE_HEEDED_MS = 20_000;

/** Whose code a run is of is noted for so long, and while jobs of it are in the ledger: those of a matrix come together. */
export const CODE_KEPT_MS = 15 * 60_000;
/** Who has said that he asks, and has told nothing for so long, is dead. */
export const CODE_CLAIM_MS = 3_000;
/** The answer of another is waited for so long, and looked for each such step; then everybody asks for himself. */
export const CODE_WAIT_MAX_MS = 5_000;
export const CODE_WAIT_STEP_MS = 250;
/** Of these notes, so many in one sweep: more than a minute's mints. */
export const CODES_FORGOTTEN_MAX = 200;

/** What other functions found out of GitHub's limits is read again after this. */
export const GITHUB_NOTE_KEPT_MS = 30_000;

/** GitHub docs: 900 points a minute for an installation, a mint is 5: the rest is for deletions, proofs and looks. */
export const MINT_PACE_MAX = 115;

/** GitHub's minute begins where we do not know: any minute lies within so many steps in a row. */
export const MINT_STEP_MS = 5_000;
export const MINT_STEPS = 13;

/**
 * While jobs wait for nothing but mints, a sweep starts more of them after each such pause; so long after its beginning no
 * more. In lots of the same seconds of each minute, one more than a minute has lies within the steps of a minute: of four
 * lots a minute a fifth of the pace was never used, of eleven it is a twelfth.
 */
export const LATER_PAUSE_MS = 5_000;
export const LATER_STARTS_MS = 50_000;

/**
 * Of jobs with the labels of one that found no offer, so many are tried in each lot: of 67 at once, all of which minted for what
 * nobody sold, none got a machine, and their removals met GitHub's limit.
 */
export const PROBES_OF_LIKE_MAX = 8;

/**
 * Of `limits.mintsPerMinute`: a mint may be made in the minute after its slot was taken, and a repeated call counts at
 * GitHub too. In a burst of 550 jobs with 5 % of calls failing, GitHub's busiest minute had 22 % more than were paced.
 */
export const MINT_PACE_SHARE = 0.75;

/** So long after a matrix was first seen the rest of it is held at most, should the first show nothing. */
export const FIRST_HELD_MS = 4 * 60_000;

/** How long events look for held jobs in a repository after one was held; the sweep always does. */
export const HELD_NOTE_MS = 6 * 3_600_000;
