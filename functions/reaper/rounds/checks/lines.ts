/** What is said of each job of a run. */

import type { CheckLine } from '../../../../shared/check-runs/check-entry.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
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

/** Jobs alive and refused are known; of those that left since, `history` is asked. */
export async function linesOf(
  run: ToldRun,
  context: Context,
  { ledger }: Pick<ReaperWorld, 'ledger'>,
): Promise<readonly CheckLine[]> {
  const lines = new Map((run.check?.entry.lines ?? []).map((line) => [line.id, line]));
  for (const line of lines.values()) {
    if (line.isFinal || (run.alive.has(line.id) && line.state !== 'ended')) continue;
    const row = await ledger.history.read(line.createdAtMs, line.id);
    lines.set(line.id, lineOfEnded(line, row, context));
  }
  for (const { entry } of run.refused)
    lines.set(entry.job.id, lineFor(entry.job, { ...describeRefusal(entry.because), isFinal: true }));
  // The survey may be older than what was told last: an end is an end.
  for (const { job, ...rest } of run.alive.values())
    if (lines.get(job.id)?.state !== 'ended')
      lines.set(job.id, lineOfAlive(job, { ...NOTHING, entry: { job, ...rest } }, context));
  return [...lines.values()].slice(0, CHECK_JOBS_MAX);
}

const NOTHING: JobFacts = { entry: null, row: null, runners: [], rerun: null, ahead: null };

function lineOfAlive(head: Head, facts: JobFacts, { audience, runnersOf, aheadOf }: Context): CheckLine {
  const known = { ...facts, runners: runnersOf(head.id), ahead: aheadOf(head.id) };
  const described = describeJob(known, audience) ?? { state: 'waits' as const, text: '' };
  return lineFor(head, { ...described, isFinal: false });
}

/** An end is told at once, and once more with its bill, when the machine is gone. */
function lineOfEnded(head: Head, row: HistoryRow | null, { nowMs, audience, runnersOf }: Context): CheckLine {
  const runners = runnersOf(head.id);
  const described = describeJob({ ...NOTHING, row, runners }, audience);
  if (row === null || described === null)
    return lineFor(head, { state: 'ended', text: 'Nothing more is known of it.', isFinal: true });
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
