/** What is said of each job of a run. */

import type { CheckLine } from '../../../../shared/check-runs/check-entry.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import { isEnd } from '../../../../shared/ledger/history.ts';
import type { HistoryRow } from '../../../../shared/ledger/history-row.ts';
import type { JobId } from '../../../../shared/nouns.ts';
import { costOf, formatCost } from '../../../../shared/story/cost.ts';
import {
  type Audience,
  describeJob,
  describeRefusal,
  type JobFacts,
} from '../../../../shared/story/describe-job.ts';
import {
  CHECK_BILL_MS,
  CHECK_JOBS_MAX,
  CHECK_KEPT_MS,
  CHECK_LINE_MAX_CHARS,
  CHECK_NAME_MAX_CHARS,
} from '../../../../shared/story/limits.ts';
import { plainText } from '../../../../shared/story/outside-text.ts';
import type { ReaperWorld } from '../../world.ts';
import type { ToldRun } from './runs.ts';

export interface Context {
  readonly nowMs: number;
  readonly audience: Audience;
  /** Those for, on or after a job. */
  readonly runnersOf: (id: JobId) => readonly RunnerEntry[];
  readonly aheadOf: (id: JobId) => number | null;
}

type Head = Pick<CheckLine, 'id' | 'createdAtMs' | 'name'>;

/**
 * Jobs alive and refused are known; of those that left since, `history` is asked. Of one that was told as ended and is alive,
 * too: the survey may be older than what was told last, where an end is an end; or it was given up, and is back.
 */
export async function linesOf(
  run: ToldRun,
  context: Context,
  { ledger }: Pick<ReaperWorld, 'ledger'>,
): Promise<readonly CheckLine[]> {
  const { lines: told = [], saidAtMs = 0 } = run.check?.entry ?? {};
  const lines = new Map(told.map((line) => [line.id, line]));
  const ended = new Set<JobId>();
  for (const line of told.filter((each) => isAsked(each, run))) {
    const row = await ledger.history.read(line.createdAtMs, line.id);
    if (row !== null && isEnd(row.outcome)) ended.add(line.id);
    lines.set(line.id, lineOfEnded(line, row, saidAtMs, context));
  }
  for (const { entry } of run.refused)
    lines.set(entry.job.id, lineFor(entry.job, { ...describeRefusal(entry.because), isFinal: true }));
  for (const entry of run.alive.values())
    if (!ended.has(entry.job.id))
      lines.set(entry.job.id, lineOfAlive(entry.job, { ...NOTHING, entry }, context));
  return [...lines.values()].slice(0, CHECK_JOBS_MAX);
}

const isAsked = ({ id, state, isFinal }: CheckLine, { alive }: ToldRun): boolean =>
  alive.has(id) ? state === 'ended' : !isFinal;

const NOTHING: JobFacts = { entry: null, row: null, runners: [], rerun: null, ahead: null };

function lineOfAlive(head: Head, facts: JobFacts, { audience, runnersOf, aheadOf }: Context): CheckLine {
  const known = { ...facts, runners: runnersOf(head.id), ahead: aheadOf(head.id) };
  const described = describeJob(known, audience) ?? { state: 'waits' as const, text: '' };
  return lineFor(head, { ...described, isFinal: false });
}

/**
 * An end is told at once, and once more with its bill, when the machine is gone. What was given up may come back, and end
 * between two sweeps: it is final when it was told so for long.
 */
function lineOfEnded(
  head: CheckLine,
  row: HistoryRow | null,
  saidAtMs: number,
  { nowMs, audience, runnersOf }: Context,
): CheckLine {
  const runners = runnersOf(head.id);
  const described = describeJob({ ...NOTHING, row, runners }, audience);
  const isOld = head.state === 'ended' && nowMs - saidAtMs > CHECK_KEPT_MS;
  if (row === null || described === null)
    return lineFor(head, { state: 'ended', text: 'Nothing more is known of it.', isFinal: isOld });
  if (row.outcome === 'expired') return lineFor(head, { ...described, isFinal: isOld });
  const isBilled =
    row.runnerName === null || row.goneAtMs !== null || nowMs - (row.completedAtMs ?? 0) > CHECK_BILL_MS;
  const cost = isBilled && !audience.isPublic ? costOf({ row, runners }, nowMs) : null;
  const bill = cost === null ? '' : ` It cost ${formatCost(cost, audience.currency)}.`;
  return lineFor(head, { ...described, text: `${described.text}${bill}`, isFinal: isBilled });
}

function lineFor(
  { id, createdAtMs, name }: Head,
  { state, text, isFinal }: Pick<CheckLine, 'state' | 'text' | 'isFinal'>,
): CheckLine {
  return {
    ...{ id, createdAtMs, state, isFinal },
    name: plainText(name, CHECK_NAME_MAX_CHARS),
    text: plainText(text, CHECK_LINE_MAX_CHARS),
  };
}
