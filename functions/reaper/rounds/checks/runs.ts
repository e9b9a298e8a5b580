/** Of which attempts of which runs there is something to tell: pure. */

import type { CheckEntry } from '../../../../shared/check-runs/check-entry.ts';
import { hasBaseLabels, whyNotAllowed } from '../../../../shared/job/labels.ts';
import type { JobEntry, RefusalEntry } from '../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import type { Job, JobId, RunId } from '../../../../shared/nouns.ts';
import { CHECK_AFTER_MS, CHECK_REFUSAL_KEPT_MS } from '../../../../shared/story/limits.ts';
import type { ReaperWorld } from '../../world.ts';

/** One attempt of a run, with what is known of its jobs that ask for us. */
export interface ToldRun {
  readonly key: string;
  readonly runId: RunId;
  readonly attempt: number;
  readonly repository: string;
  readonly isPublic: boolean;
  readonly installationId: number | null;
  readonly check: Held<CheckEntry> | null;
  readonly alive: ReadonlyMap<JobId, JobEntry>;
  readonly refused: readonly Held<RefusalEntry>[];
}

type Rules = Pick<ReaperWorld, 'config'>;
type Known = {
  readonly jobs: readonly Held<JobEntry>[];
  readonly refusals: readonly Held<RefusalEntry>[];
  readonly checks: readonly Held<CheckEntry>[];
};

function byKey<Thing>(things: readonly Thing[], jobOf: (thing: Thing) => Job): Map<string, Thing[]> {
  const found = new Map<string, Thing[]>();
  for (const thing of things) {
    const key = checkKey(jobOf(thing));
    found.set(key, [...(found.get(key) ?? []), thing]);
  }
  return found;
}

export const checkKey = ({ runId, runAttempt }: Pick<Job, 'runId' | 'runAttempt'>): string =>
  `${runId}-${runAttempt}`;

/** Whose author may be told by us: the operator lets the repository in, and the job asks for us. */
function isOurs(job: Job, { config }: Rules): boolean {
  return hasBaseLabels(job.labels, config.baseLabels) && whyNotAllowed(job, config) === null;
}

/** The refused first, then what waits and was never told of, then what was told of longest ago. */
export function runsToTell(known: Known, nowMs: number, rules: Rules): readonly ToldRun[] {
  const jobs = known.jobs.map(({ entry }) => entry).filter(({ job }) => isOurs(job, rules));
  const refusals = known.refusals.filter(({ entry }) => isOurs(entry.job, rules));
  const alive = byKey(jobs, ({ job }) => job);
  const refused = byKey(refusals, ({ entry }) => entry.job);
  const checks = new Map(
    known.checks.map((held) => [checkKey({ runId: held.entry.runId, runAttempt: held.entry.attempt }), held]),
  );
  return [...new Set([...refused.keys(), ...alive.keys(), ...checks.keys()])]
    .map((key) => runOf(key, alive.get(key) ?? [], refused.get(key) ?? [], checks.get(key) ?? null))
    .filter((run) => run.check !== null || isWorthTelling(run, nowMs))
    .sort((a, b) => rankOf(a) - rankOf(b) || saidAt(a) - saidAt(b) || (a.key < b.key ? -1 : 1));
}

function runOf(
  key: string,
  alive: readonly JobEntry[],
  refused: readonly Held<RefusalEntry>[],
  check: Held<CheckEntry> | null,
): ToldRun {
  const job = alive[0]?.job ?? refused[0]?.entry.job;
  const [runId = 0, attempt = 1] = key.split('-').map(Number);
  return {
    ...{ key, check, refused, runId: runId as RunId, attempt },
    repository: job?.repository ?? check?.entry.repository ?? '',
    isPublic: job?.isPublic ?? check?.entry.isPublic ?? true,
    installationId: job?.installationId ?? check?.entry.installationId ?? null,
    alive: new Map(alive.map((entry) => [entry.job.id, entry])),
  };
}

const isWorthTelling = ({ alive, refused }: ToldRun, nowMs: number): boolean =>
  refused.length > 0 ||
  [...alive.values()].some(
    ({ startedOn, firstTryAtMs }) => startedOn !== null || nowMs - firstTryAtMs >= CHECK_AFTER_MS,
  );

function rankOf({ refused, check, alive }: ToldRun): number {
  if (refused.length > 0) return 0;
  if (check !== null) return 2;
  return [...alive.values()].some(({ startedOn }) => startedOn === null) ? 1 : 3;
}

const saidAt = ({ check }: ToldRun): number => check?.entry.saidAtMs ?? 0;

/** Nobody will be told of these: too old, or not ours to tell. */
export const lapsedRefusals = (
  refusals: readonly Held<RefusalEntry>[],
  nowMs: number,
  rules: Rules,
): readonly Held<RefusalEntry>[] =>
  refusals.filter(({ entry }) => nowMs - entry.atMs > CHECK_REFUSAL_KEPT_MS || !isOurs(entry.job, rules));
