/** Runners whose jobs have others: a note names them, so that the next job takes one instead of a second machine. */
import type { Ledger } from '../ledger/ledger.ts';
import type { RunnerName } from '../nouns.ts';
import { SPARE_KEPT_MS, SPARE_MAX } from './limits.ts';

const NOTE = 'spare';

/** `names`: the readiest first. Where there is none the last note simply ends. How many are named. */
export async function noteSpare(
  names: readonly RunnerName[],
  { notes }: Pick<Ledger, 'notes'>,
  nowMs: number,
): Promise<number> {
  if (names.length === 0) return 0;
  const note = { text: names.slice(0, SPARE_MAX).join(' '), untilMs: nowMs + SPARE_KEPT_MS };
  const held = await notes.read(NOTE);
  // Who lost against another sweep has nothing to add.
  await (held === null ? notes.add(NOTE, note) : notes.replace(NOTE, held, note));
  return Math.min(names.length, SPARE_MAX);
}

/** They may have been taken or removed meanwhile. */
export async function readSpare(
  { notes }: Pick<Ledger, 'notes'>,
  nowMs: number,
): Promise<readonly RunnerName[]> {
  const held = await notes.read(NOTE);
  if (held === null || (held.entry.untilMs ?? 0) <= nowMs) return [];
  return held.entry.text.split(' ') as RunnerName[];
}
