/** The entry of one attempt of a run, and where its check is at GitHub. */
import type { CheckEntry, CheckLine } from '../../../../shared/check-runs/check-entry.ts';
import type { CheckRefusal, CheckRun } from '../../../../shared/check-runs/check-runs.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import { targetOf } from '../../../../shared/names.ts';
import type { RunRecord } from '../../../../shared/nouns.ts';
import { CHECK_KEPT_MS, CHECK_NAME_MAX_CHARS, CHECK_TRIES_MAX } from '../../../../shared/story/limits.ts';
import { plainText } from '../../../../shared/story/outside-text.ts';
import { type Looks, listKey } from '../../looks.ts';
import { LIVE } from '../../survey/runs.ts';
import type { ReaperWorld } from '../../world.ts';
import { isAbsent } from './decide.ts';
import type { ToldRun } from './runs.ts';

/** Its entry, with the commit. Null: another sweep was faster. Just after a delivery GitHub may not know the run yet. */
export async function locate(
  run: ToldRun,
  lines: readonly CheckLine[],
  { github, ledger, clock, config, log, looks }: ReaperWorld,
): Promise<Held<CheckEntry> | null> {
  const { key, check, runId, repository } = run;
  if (check !== null && check.entry.headSha !== '') return check;
  // Its commit, event and workflow never change, and who looked for jobs has mostly seen them.
  const listed = listedRun(run, looks);
  const record = listed ?? (await github.run(targetOf(run, config), repository, runId));
  const nowMs = clock.nowMs();
  const entry = record === null ? unknownRun(run, lines, nowMs) : knownRun(run, lines, record, nowMs);
  if (entry.isClosed) log('check.left', { run: runId, repository, event: record?.event ?? null });
  return check === null ? ledger.checks.add(key, entry) : ledger.checks.replace(key, check, entry);
}

/** As a list of its repository had it, of this sweep or an earlier one. */
const listedRun = ({ repository, runId }: ToldRun, { lists }: Looks): RunRecord | undefined =>
  LIVE.flatMap((status) => lists.get(listKey(repository, status))?.runs ?? []).find(({ id }) => id === runId);

function unknownRun(run: ToldRun, lines: readonly CheckLine[], nowMs: number): CheckEntry {
  const refusals = (run.check?.entry.refusals ?? 0) + 1;
  return { ...blank(run, lines, nowMs), refusals, isClosed: refusals >= CHECK_TRIES_MAX };
}

function knownRun(run: ToldRun, lines: readonly CheckLine[], record: RunRecord, nowMs: number): CheckEntry {
  const { headSha, event, createdAtMs } = record;
  const workflow = plainText(record.workflow, CHECK_NAME_MAX_CHARS) || 'workflow';
  const name = `runners: ${workflow} (${event})`;
  // Of an older run there may have been an entry that was dropped, and its check is still there.
  const absentSinceMs = nowMs - createdAtMs < CHECK_KEPT_MS ? 0 : null;
  return { ...blank(run, lines, nowMs), headSha, name, absentSinceMs, isClosed: isSetOffByChecks(record) };
}

const blank = (
  { runId, attempt, repository, isPublic, installationId }: ToldRun,
  lines: readonly CheckLine[],
  owedSinceMs: number,
): CheckEntry => ({
  ...{ runId, attempt, repository, isPublic, installationId, lines },
  ...{ headSha: '', name: '', checkId: null, absentSinceMs: null, said: '', saidAtMs: 0, owedSinceMs },
  ...{ refusals: 0, isClosed: false },
});

/**
 * A run that checks set off is told nothing: it would set off the next. GitHub docs, "Events that trigger workflows":
 * a check run of an App starts workflows on these.
 */
const isSetOffByChecks = ({ event }: RunRecord): boolean => ['check_run', 'check_suite'].includes(event);

/**
 * GitHub's id of it; null: proven not to be there, so that it may be made. One look that does not show it is noted, and
 * proves nothing: a POST may be under way, its answer may have been lost, and lists lag.
 */
export async function whereItIs(
  check: CheckRun,
  held: Held<CheckEntry>,
  { key, runId, ...run }: ToldRun,
  { github, ledger, clock, config, log }: ReaperWorld,
): Promise<number | null | 'unproven' | CheckRefusal> {
  const { entry } = held;
  if (entry.checkId !== null) return entry.checkId;
  const lookedAtMs = clock.nowMs();
  const isProof = isAbsent(entry, lookedAtMs);
  const look = () => github.findCheck(targetOf(run, config), run.repository, check);
  const first = await look();
  // Where one may have been made, the look that proves it absent is not one answer alone: two lists in a row were empty (seed 940694).
  const isDoubtful = isProof && entry.absentSinceMs !== 0;
  const sight = first.kind === 'unseen' && isDoubtful ? await look() : first;
  if (sight.kind === 'seen') return sight.checkId;
  if (sight.kind !== 'unseen') return sight;
  if (isProof) return null;
  log('check.unseen', { run: runId, repository: run.repository });
  if (typeof entry.absentSinceMs !== 'number')
    await ledger.checks.replace(key, held, { ...entry, absentSinceMs: clock.nowMs() });
  return 'unproven';
}
