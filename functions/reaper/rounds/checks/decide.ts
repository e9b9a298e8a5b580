/** Whether GitHub is told now: pure. */
import { createHash } from 'node:crypto';
import type { CheckEntry, CheckLine } from '../../../../shared/ledger/entries.ts';
import type { RunDescription } from '../../../../shared/story/describe-run.ts';
import { CHECK_APART_MS, CHECK_REPEAT_MS } from '../../../../shared/story/limits.ts';

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
