/** How many jobs of a matrix GitHub lets run at once, kept for its next runs. */
import { MATRIX_FIRST, MATRIX_PROVEN_MS } from '../../../shared/job/limits.ts';
import {
  decodeWidths,
  encodeWidths,
  type KnownWidths,
  matrixOf,
  WIDTHS_NOTE,
  type Width,
  widthKey,
  withWidth,
} from '../../../shared/job/matrix.ts';
import { amendNote } from '../../../shared/ledger/amend.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import type { ReaperWorld } from '../world.ts';
import { grouped, isProven } from './held.ts';

/** How many were news. The note is written only then. */
export async function learnWidths(
  jobs: readonly Held<JobEntry>[],
  { ledger, clock }: Pick<ReaperWorld, 'ledger' | 'clock'>,
): Promise<number> {
  const seen = widthsIn(
    jobs.map(({ entry }) => entry),
    clock.nowMs(),
  );
  const newsIn = (known: KnownWidths) => [...seen].filter(([key, width]) => isNews(width, known.get(key)));
  const held = seen.size === 0 ? null : await ledger.notes.read(WIDTHS_NOTE);
  const news = newsIn(decodeWidths(held?.entry.text ?? '{}'));
  if (news.length === 0) return 0;
  await amendNote(ledger.notes, WIDTHS_NOTE, (text = '{}') => {
    const known = decodeWidths(text);
    return encodeWidths(newsIn(known).reduce(withSeen, known));
  });
  return news.length;
}

const withSeen = (known: KnownWidths, [key, width]: readonly [string, Width]): KnownWidths =>
  withWidth(known, key, width);

/** Pure. Of each matrix: a limit, where a runner waited in vain; else how many run at once. */
export function widthsIn(jobs: readonly JobEntry[], seenAtMs: number): Map<string, Width> {
  const found = new Map<string, Width>();
  for (const group of matricesIn(jobs)) {
    const width = widthOf(group, seenAtMs);
    const key = widthKey((group[0] as JobEntry).job) as string;
    if (width !== null && (found.get(key)?.most ?? 0) < width.most) found.set(key, width);
  }
  return found;
}

/** Of each run its own. */
const matricesIn = (jobs: readonly JobEntry[]): JobEntry[][] =>
  grouped(
    jobs
      .filter(({ job }) => matrixOf(job) !== null)
      .map((entry) => ({ entry, job: entry.job, by: 'matrix' as const })),
  ).map((group) => group.map(({ entry }) => entry));

function widthOf(group: readonly JobEntry[], seenAtMs: number): Width | null {
  const most = group.filter(({ startedOn }) => startedOn !== null).length;
  const limit = group.find((entry) => isProven(entry) && entry.held?.by === 'matrix')?.held?.width;
  if (limit !== undefined && most <= limit) return { most: limit, isLimit: true, seenAtMs };
  return most > 0 ? { most, isLimit: false, seenAtMs } : null;
}

/** A limit that was passed is none any more; one that stands is said again within the hour. Where none showed, that is said once. */
function isNews({ most, isLimit, seenAtMs }: Width, known: Width | undefined): boolean {
  if (!isLimit) return known === undefined ? most >= MATRIX_FIRST : known.isLimit && most > known.most;
  if (known?.isLimit !== true || most !== known.most) return true;
  return seenAtMs - known.seenAtMs > MATRIX_PROVEN_MS / 2;
}
