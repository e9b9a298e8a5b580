/** Whether GitHub is told now: pure. */
import { createHash } from 'node:crypto';
import type { CheckEntry, CheckLine } from '../../../../shared/check-runs/check-entry.ts';
import type { RunDescription } from '../../../../shared/story/describe-run.ts';
import {
  CHECK_APART_MS,
  CHECK_KEPT_MS,
  CHECK_LOOKS_APART_MS,
  CHECK_OWED_MAX_MS,
  CHECK_REPEAT_MS,
  CHECK_TRIES_MAX,
} from '../../../../shared/story/limits.ts';
import type { ToldRun } from './runs.ts';

export const digestOf = ({ title, summary }: RunDescription): string =>
  createHash('sha256').update(`${title}\n${summary}`).digest('hex').slice(0, 16);

/** A refusal and the last end at once; another move after a while; a place in line, a reason, a time seldom. */
export function isDue(
  before: CheckEntry | null,
  lines: readonly CheckLine[],
  digest: string,
  nowMs: number,
): boolean {
  if (before === null || before.said === '') return true;
  if (before.said === digest) return false;
  const sinceMs = nowMs - before.saidAtMs;
  const told = new Map(before.lines.map((line) => [line.id, line]));
  const moved = lines.filter((line) => told.get(line.id)?.state !== line.state);
  const isUrgent = moved.some(({ state }) => state === 'refused') || lines.every(({ isFinal }) => isFinal);
  if (isUrgent) return true;
  return sinceMs >= (moved.length > 0 ? CHECK_APART_MS : CHECK_REPEAT_MS);
}

/** All that it has was told. */
export const isDone = ({ lines, said, isClosed }: CheckEntry): boolean =>
  isClosed || (said !== '' && lines.every(({ isFinal }) => isFinal));

/** GitHub refuses the checks of a repository that is away: what is back of what was told as ended is told again. */
export function reopened(run: ToldRun): ToldRun {
  const { check, alive } = run;
  if (check === null || !check.entry.isClosed || check.entry.refusals < CHECK_TRIES_MAX) return run;
  if (!check.entry.lines.some(({ id, state }) => state === 'ended' && alive.has(id))) return run;
  return { ...run, check: { ...check, entry: { ...check.entry, isClosed: false, refusals: 0 } } };
}

/** What was told to the end is kept for a while; `untold`: it could not be told for so long that nobody will hear of it. */
export function fateOf(
  { check, alive, refused }: ToldRun,
  nowMs: number,
): 'live' | 'kept' | 'told' | 'untold' {
  if (check === null || alive.size + refused.length > 0) return 'live';
  const { said, saidAtMs, owedSinceMs = saidAtMs } = check.entry;
  if (said === '' && nowMs - owedSinceMs > CHECK_OWED_MAX_MS) return 'untold';
  if (!isDone(check.entry)) return 'live';
  return nowMs - saidAtMs > CHECK_KEPT_MS ? 'told' : 'kept';
}

/** A look at this time that does not show it proves it absent: another, long enough before, did not either. */
export const isAbsent = ({ absentSinceMs = null }: CheckEntry, lookedAtMs: number): boolean =>
  absentSinceMs !== null && lookedAtMs - absentSinceMs >= CHECK_LOOKS_APART_MS;
