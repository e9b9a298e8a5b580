/** All that is known of one job: from the ledger, from `history`, and from GitHub. */

import { knownRepositories } from '../../functions/reaper/survey/known.ts';
import { lastSweepMs } from '../../functions/reaper/sweep-lease.ts';
import { type StandingAlert, standingAlerts } from '../../shared/alert-once.ts';
import { inParallel } from '../../shared/in-parallel.ts';
import type { JobEntry, RerunEntry, RunnerEntry } from '../../shared/ledger/entries.ts';
import type { HistoryRow } from '../../shared/ledger/history-row.ts';
import { readHistory } from '../../shared/ledger/read-history.ts';
import { HISTORY_TTL_DAYS, LEDGER_SCAN_MAX } from '../../shared/limits.ts';
import { parseJobId, targetOf } from '../../shared/names.ts';
import type { Job, JobId, JobRecord } from '../../shared/nouns.ts';
import { currencyOf, type Operator } from '../shared/operator.ts';
import { type DeliveryLook, lookForDeliveries } from './deliveries.ts';
import { type Objection, objectionTo } from './objection.ts';

export interface Findings {
  readonly id: JobId;
  readonly nowMs: number;
  readonly job: Job | null;
  readonly entry: JobEntry | null;
  readonly row: HistoryRow | null;
  /** Those that were launched for it, are meant for it, or run it. */
  readonly runners: readonly RunnerEntry[];
  readonly rerun: RerunEntry | null;
  /** Null: GitHub does not know it, or could not be asked. */
  readonly record: JobRecord | null;
  readonly gitHubFailed: string | null;
  readonly deliveries: DeliveryLook;
  /** Why we would not act on it; null: we would. */
  readonly objection: Objection | null;
  readonly sweptAtMs: number | null;
  readonly currency: string | null;
  readonly alerts: readonly StandingAlert[];
}

const DAY_MS = 24 * 3_600_000;
/** A bare id is asked for in so many repositories, the most recently active first. */
const REPOSITORIES_ASKED_MAX = 20;
const AT_ONCE_MAX = 8;

export async function gatherFindings(
  id: JobId,
  repository: string | null,
  operator: Operator,
): Promise<Findings> {
  const { ledger, clock } = operator;
  const nowMs = clock.nowMs();
  const entry = (await ledger.jobs.read(id))?.entry ?? null;
  const found = entry === null && repository === null ? await searchHistory(id, operator, nowMs) : null;
  const known = entry?.job ?? found?.job ?? null;
  const { record, failed } = await askGitHub(id, known?.repository ?? repository, known, operator);
  const told = known ?? record?.job ?? null;
  // GitHub may be out, or have forgotten it, where an address was given.
  const isUnsearched = told === null && repository !== null;
  const row = isUnsearched
    ? await searchHistory(id, operator, nowMs)
    : (found ?? (await rowOf(told, operator)));
  const job = told ?? row?.job ?? null;
  const books = { id, nowMs, job, entry, row, record, gitHubFailed: failed };
  return { ...books, ...(await around(books, operator)) };
}

const rowOf = async (job: Job | null, { ledger }: Operator): Promise<HistoryRow | null> =>
  job === null ? null : readHistory(job, ledger);

type Books = Pick<Findings, 'id' | 'job' | 'entry' | 'row' | 'record'>;

/** What has to do with the job, beside its own rows. */
async function around({ id, job, entry, row, record }: Books, operator: Operator) {
  const [runners, rerun, deliveries, objection, sweptAtMs, currency, alerts] = await Promise.all([
    runnersOf(id, operator),
    job === null ? null : operator.ledger.reruns.read(job.runId),
    lookForDeliveries({ job, row, entry }, operator),
    job === null ? null : objectionTo(job, record, operator),
    lastSweepMs(operator.ledger),
    currencyOf(operator),
    standingAlerts(operator),
  ]);
  return { runners, rerun: rerun?.entry ?? null, deliveries, objection, sweptAtMs, currency, alerts };
}

/** One row for each day that `history` keeps: the day of a bare id is not known. */
async function searchHistory(id: JobId, { ledger }: Operator, nowMs: number): Promise<HistoryRow | null> {
  const days = Array.from({ length: HISTORY_TTL_DAYS }, (_, day) => nowMs - day * DAY_MS);
  for (let from = 0; from < days.length; from += AT_ONCE_MAX) {
    const rows = await Promise.all(
      days.slice(from, from + AT_ONCE_MAX).map((day) => ledger.history.read(day, id)),
    );
    const found = rows.find((row) => row !== null);
    if (found) return found;
  }
  return null;
}

interface Asked {
  readonly record: JobRecord | null;
  readonly failed: string | null;
}

async function askGitHub(
  id: JobId,
  repository: string | null,
  known: Job | null,
  operator: Operator,
): Promise<Asked> {
  const repositories = repository === null ? await likely(operator) : [repository];
  const answers = await inParallel(repositories, AT_ONCE_MAX, (each) => askIn(each, id, known, operator));
  const found = answers.find(({ record }) => record !== null);
  return found ?? answers.find(({ failed }) => failed !== null) ?? { record: null, failed: null };
}

async function likely({ ledger }: Operator): Promise<readonly string[]> {
  const known = await knownRepositories({ ledger });
  return known.slice(0, REPOSITORIES_ASKED_MAX).map(({ repository }) => repository);
}

/** What GitHub does not say is said: the ledger's part of the story stands without it. */
async function askIn(
  repository: string,
  id: JobId,
  known: Job | null,
  { github, config }: Operator,
): Promise<Asked> {
  const target = targetOf({ repository, installationId: known?.installationId ?? null }, config);
  try {
    return { record: await github.job(target, repository, id), failed: null };
  } catch (error) {
    return { record: null, failed: error instanceof Error ? error.message : 'no reason given' };
  }
}

/** Those that were launched for it, are meant for it, run it, or ran it. */
export async function runnersOf(
  id: JobId,
  { ledger }: Pick<Operator, 'ledger'>,
): Promise<readonly RunnerEntry[]> {
  const { things } = await ledger.runners.list(LEDGER_SCAN_MAX);
  return things
    .map(({ entry }) => entry)
    .filter(
      (entry) =>
        entry.for === id || entry.busyWith === id || entry.ran?.id === id || parseJobId(entry.name) === id,
    );
}
