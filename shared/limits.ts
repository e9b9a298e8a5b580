/** Every bound the system relies on, with its unit last in the name. */
/** GitHub sends up to 25 MB, but of `workflow_job`, the only event that we act on, tens of kilobytes; anyone may send. */
export const WEBHOOK_BODY_MAX_BYTES = 1024 * 1024;
/** The HTTP trigger's event around it: each character may be escaped as \u003c, and headers come on top. */
export const WEBHOOK_EVENT_MAX_BYTES = 6 * WEBHOOK_BODY_MAX_BYTES + 64 * 1024;
/** Whoever knows the URL may ask for asynchronous invocation, whose backlog outlives a flood: it is tried once, and soon. */
export const WEBHOOK_ASYNC_TRIES_MAX = 0;
export const WEBHOOK_ASYNC_AGE_MAX_S = 60;
/** What we hand on by asynchronous invocation; FC takes 128 KB. */
export const EVENT_MAX_BYTES = 16 * 1024;
/** Of one kind of line that a stranger can cause, each instance of the webhook writes one in this time. */
export const SAMPLED_LINE_MS = 60_000;

/** GitHub waits 10 s for the webhook's reply. */
export const WEBHOOK_TIMEOUT_S = 9;
export const LAUNCHER_TIMEOUT_S = 120;
export const REAPER_TIMEOUT_S = 300;
export const MIRROR_TIMEOUT_S = 900;

/** One call to a vendor, all tries together. */
export const CALL_MAX_MS = 30_000;
export const CALL_TRIES_MAX = 3;
/** Of one answer, whatever service gave it: the largest list that we ask for has a tenth of it. */
export const ANSWER_MAX_BYTES = 32 * 1024 * 1024;
/** A connection that nobody used for so long is not trusted: gateways close them after a minute at the earliest. */
export const SOCKET_KEPT_MS = 30_000;
/** One try to hand an event to Function Compute; all tries fit into the webhook's timeout. */
export const ENQUEUE_CALL_MAX_MS = 2_000;
export const ENQUEUE_TRIES_MAX = 3;
/** Longer than the launcher's timeout plus its longest call: a test compares. */
export const LEASE_MS = (LAUNCHER_TIMEOUT_S + 60) * 1000;
/** The sweep's own lease; longer than its timeout plus its longest call. */
export const SWEEP_LEASE_MS = (REAPER_TIMEOUT_S + 60) * 1000;
/** How long each part of a sweep may begin something new: whatever one part meets, the next has its own time. */
export const SWEEP_PARTS_MS = {
  repair: 15_000,
  brake: 8_000,
  /** Within repair. All known repositories, four calls of 200 ms each, 8 at once: 50 s. */
  evidence: 60_000,
  stock: 3_000,
  start: 8_000,
  redeliver: 5_000,
  look: 12_000,
  code: 3_000,
  rerun: 4_000,
  images: 15_000,
  market: 10_000,
  checks: 6_000,
} as const;
/** Sweeps in a row in which one look-up failed, before an alert. */
export const LOOK_FAILURES_MIN = 10;
/** Look-ups whose failures are counted: more fail only together. */
export const FAILED_LOOKS_MAX = 100;
/** Sweeps that failed in a row before an alert: one failure may be transient. */
export const SWEEP_FAILURES_MIN = 3;
export const SWEEP_ACTS_MAX = 500;
export const LAUNCHES_PER_SWEEP_MAX = 200;
/** Of jobs that stand aside: of those without an offer, and of the others. */
export const PROBES_PER_SWEEP_MAX = 50;
/** One that stands aside and was due for so long goes before those in line, once in so long. */
export const PROBE_FIRST_MS = 5 * 60_000;

export const CANDIDATES_MAX = 6;
/** Of all rankings of one launch: what is refused is ranked without by it, and by others for `UNAVAILABLE_MS`. */
export const OFFERS_PER_LAUNCH_MAX = 3 * CANDIDATES_MAX;
/** Of them, zones of one type whose price is unknown. */
export const UNPRICED_PER_TYPE_MAX = 2;
/** Of so many names it is known how long they run (60 kB), and a warm launcher asks for it again after this. */
export const HOURS_NAMES_MAX = 2_000;
export const HOURS_KEPT_MS = 10 * 60_000;
/** An offering the cloud just could not give: with 45 s a simulated day of 5,000 jobs cost 1.4 % less than with three minutes. */
export const UNAVAILABLE_MS = 60_000;
/** What a placement names and ECS does not know is mended by a person, not by waiting a moment. */
export const UNAVAILABLE_PLACE_MS = 30 * 60_000;
/** A learned limit of the account is tried with one launch after this. */
export const LIMIT_PROBE_MS = 2 * 60_000;
/** Not met for so long, it is forgotten. */
export const LIMIT_KEPT_MS = 30 * 60_000;
/** Who waits for a quota is ranked again after this: stock, prices, or the configuration may have changed. */
export const LIMIT_RERANK_MS = 5 * 60_000;
/** One for each family in each region: more than a deployment uses. */
export const LIMITS_MAX = 100;

/** Longer than until a job is tried again whose launch ended unclear: its lease, and a sweep or two. */
export const REGION_OUT_MS = 10 * 60_000;
/** Of the offerings left out for one reason, so many are named and the rest counted. */
export const LEFT_OUT_NAMED_MAX = 4;
/** A late instance of an abandoned launch would be listed by then. */
export const INSTANCE_VISIBLE_MS = 2 * 60_000;
/** Two complete look-ups prove that an abandoned launch left no instance. */
export const ABSENT_LOOKS_MIN = 2;
/** What GitHub lets us ask nothing about for so long, a launch after its lease included, is judged without it: docs/decisions/absence.md. */
export const UNANSWERED_MAX_MS = 3_600_000;
/** From RunInstances to an online runner: Alibaba Cloud's public images. */
export const BOOT_MAX_STOCK_MS = 10 * 60_000;
/** The operator's own images, which may be large, and do more on the way. */
export const BOOT_MAX_CUSTOM_MS = 15 * 60_000;
/** An idle runner whose job GitHub does not hand over is replaced. */
export const IDLE_STUCK_MAX_MS = 4 * 60_000;
/** Sweeps in a row that must have seen a machine Stopped before it is deleted without a word of GitHub's. */
export const STOPPED_LOOKS_MIN = 3;
/** Sweeps that must have seen a runner idle before its removal is asked for. */
export const IDLE_SIGHTINGS_MIN = 2;
/** Sightings count only when time passed between them: a sweep begins no sooner after the last one began. */
export const SWEEP_APART_MS = 30_000;
/** GitHub fails a job that no runner took for a day, and removes a JIT runner that was not used for one. */
export const QUEUED_MAX_MS = 24 * 3_600_000;
/** GitHub lets a self-hosted job run 5 days. */
export const LIFETIME_MAX_MS = 5 * 24 * 3_600_000;
/** Of a lifetime, for the boot before the machine's own clock and the runner's last words after it. */
export const LIFETIME_ENDING_MS = 3 * 60_000;
/** An online runner to whom nobody gives a job ends its machine by itself, should the reaper be away. */
export const MACHINE_IDLE_MAX_MS = 30 * 60_000;
/** ECS takes a release time no nearer than 30 minutes. */
export const RELEASE_TIME_MIN_MS = 32 * 60_000;
/** The cloud's release comes after ours. */
export const RELEASE_MARGIN_MS = 30 * 60_000;
/** Or a sixth of a short lifetime. */
export const LIFETIME_WARNING_MS = 3_600_000;
/** What was launched last in a region is released by then; a day for the time's own coarseness, one for clocks and delays. */
export const REGION_KEPT_MS = LIFETIME_MAX_MS + RELEASE_MARGIN_MS + 2 * 24 * 3_600_000;

/** Waiting for a slot or for stock is looked at again after this. */
export const RETRY_MS = 60_000;
export const ACCOUNT_FATAL_RETRY_MS = 10 * 60_000;
export const JOB_NAME_MAX_CHARS = 200;
export const LABELS_MAX = 100;
/** ECS takes 32 KB (its SDK, RunInstancesRequest; 16 KB in documents of 2021). Ours alone stays under 20, and without `defaults.usage` under 17.5: the rest is the operator's. */
export const USER_DATA_MAX_BYTES = 24 * 1024;
export const CONSOLE_TAIL_MAX_CHARS = 2_000;
export const HISTORY_TTL_DAYS = 90;
/** Rows of one day that are looked through for one answer. */
export const HISTORY_DAY_MAX = 10_000;
export const WRITE_CONFLICTS_MAX = 8;
/** Shorter ones are guessed; GitHub makes 40, and the word that a mistake leaves behind is shorter. */
export const SECRET_MIN_CHARS = 20;
/** A rotated secret is in use after this, without a deploy. */
export const SECRET_KEPT_MAX_MS = 5 * 60_000;
/** After a bad signature or a 401 a secret is read again, but no more often than this. */
export const SECRET_REREAD_MIN_MS = 60_000;
/** A store that just failed is asked again after this: strangers must not make us ask it with each request. */
export const SECRET_FAILED_MS = 5_000;
/** Lines of a job's story kept for `explain`. */
export const TRAIL_MAX = 20;
/** ECS, tags: a longer value is refused. */
export const TAG_VALUE_MAX_CHARS = 128;
/** ECS takes 64 ASCII characters. */
export const CLIENT_TOKEN_MAX_CHARS = 64;
/** No further candidate is tried after this: there must be time left to undo. */
export const WALK_MAX_MS = 75_000;
/** Of runs whose code is known to be a fork's or not, in a warm function. */
export const RUNS_REMEMBERED_MAX = 2_000;
export const LEDGER_SCAN_MAX = 20_000;
/** Calls under way at once within one sweep. */
export const SWEEP_PARALLEL_MAX = 8;
/** A busy runner that GitHub does not show as busy is asked about after this. */
export const BUSY_UNSEEN_MS = 2 * 60_000;
/** Sweeps that ask for the record of a job whose machine is gone, before it counts as interrupted without one. */
export const RECORD_ASKS_MAX = 10;
/** A started job whose runner we do not know is asked about this often. */
export const STARTED_CHECK_MS = 10 * 60_000;
/** Of these, so many in one sweep. */
export const OVERDUE_PER_SWEEP_MAX = 20;
/** The webhook gets this long before the sweep takes a queued job for lost. */
export const LOST_JOB_MS = 90_000;
export const LOOK_REPOSITORIES_MAX = 20;
export const KNOWN_REPOSITORIES_MAX = 500;
/** In repository scope: repositories without anything alive whose runners one sweep lists. */
export const TARGETS_IN_TURN_MAX = 20;
export const REPOSITORY_LIST_MS = 10 * 60_000;
export const REDELIVERIES_PER_SWEEP_MAX = 50;
export const DELIVERY_TRIES_MAX = 3;
/** GitHub keeps deliveries for about three days. */
export const DELIVERIES_KEPT_MS = 3 * 24 * 3_600_000;
/** GitHub may refuse a re-run for a moment; after this we believe it. */
export const RERUN_TRIES_MS = 3_600_000;
/** A run in this attempt or a later one is not asked for again: something takes its machines each time. */
export const RERUN_ATTEMPTS_MAX = 5;
/** So long after an interruption GitHub has cancelled what it cancels for it, cleanup steps included. */
export const CONSEQUENCE_MAX_MS = 10 * 60_000;
/** So soon after its last need ended GitHub makes a job. */
export const NEEDED_MAX_MS = 60_000;
/** GitHub's times are of whole seconds. */
export const GITHUB_TIME_MS = 1_000;
export const RERUN_KEPT_MS = 24 * 3_600_000;
/** Different refusals of one repository that are told of in a day. */
export const REFUSALS_TOLD_MAX = 64;
/** Instances with our tag that we did not make: so many are told of in one sweep. */
export const STRANGERS_TOLD_MAX = 50;
export const ALERT_REPEAT_MS = 24 * 3_600_000;
/** GitHub gives no jobs to a runner 30 days behind any release. */
export const RUNNER_VERSION_WARN_MS = 20 * 24 * 3_600_000;
/** One try of one ECS call; all tries of a launch fit into CALL_MAX_MS. */
export const ECS_CALL_MAX_MS = 9_000;
export const ECS_RETRY_PAUSE_MS = 1_000;
/** 100 instances each: twice `limits.runners`, and what others named like ours. */
export const INSTANCE_PAGES_MAX = 120;
export const INSTANCE_IDS_PER_CALL_MAX = 100;
export const RELEASE_KEPT_MS = 5 * 60_000;
