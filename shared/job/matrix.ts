/** Which jobs are of one matrix, and how many of it GitHub was seen to run at once, learned from runs. Pure. */
import * as z from 'zod';
import { parseJson } from '../json.ts';
import type { Job } from '../nouns.ts';
import { digest } from './learned.ts';
import { MATRIX_FIRST, MATRIX_PROVEN_MS, WIDTHS_MAX } from './limits.ts';

/**
 * What the jobs of a matrix have in common: GitHub names them `name (values)`, and who names them himself numbers them
 * (docs, "Running variations of jobs in a workflow"). Null: nothing in its name says that it is of one.
 */
export function matrixOf({ name }: Pick<Job, 'name'>): string | null {
  const common = name.replace(/ ?\([^()]*\)$/, '').replace(/\d+(?:\.\d+)*/g, '#');
  return common === name ? null : common;
}

/** How many of a matrix ran at once: `isLimit` where runners waited for more of them, and got nothing. */
export interface Width {
  readonly most: number;
  readonly isLimit: boolean;
  readonly seenAtMs: number;
}

/** By digest of repository, workflow and what the names have in common. */
export type KnownWidths = ReadonlyMap<string, Width>;

/** Null: it is of no matrix. */
export function widthKey(job: Pick<Job, 'name' | 'repository' | 'workflow'>): string | null {
  const common = matrixOf(job);
  return common === null ? null : digest(job.repository.toLowerCase(), job.workflow ?? '', common);
}

/** Of too many, those that were seen last. */
export function withWidth(known: KnownWidths, key: string, width: Width): KnownWidths {
  const all = [...new Map([...known, [key, width] as const])];
  return new Map(all.sort(([, a], [, b]) => b.seenAtMs - a.seenAtMs).slice(0, WIDTHS_MAX));
}

/** `key`: of the run and its matrix; `max`: so many of it are launched for at once. */
export interface MatrixBound {
  readonly key: string;
  readonly max: number;
  readonly width: number;
  /** Nobody has seen yet whether GitHub lets more of it run. */
  readonly isFirst: boolean;
}

/**
 * Pure. Null: as many as there are. Of a limit one more, now and then: the workflow may have changed. Of what was never seen
 * a few, which show whether there is one.
 */
export function matrixBound(job: Job, widths: KnownWidths, nowMs: number): MatrixBound | null {
  const common = widthKey(job);
  if (common === null) return null;
  const key = `${job.repository} ${job.runId} ${job.runAttempt} ${matrixOf(job)}`;
  const known = widths.get(common);
  if (known === undefined) return { key, max: MATRIX_FIRST, width: MATRIX_FIRST, isFirst: true };
  const { most: width, isLimit, seenAtMs } = known;
  if (!isLimit) return null;
  return { key, max: width + Number(nowMs - seenAtMs > MATRIX_PROVEN_MS), width, isFirst: false };
}

/** The ledger's note. */
export const WIDTHS_NOTE = 'matrix-widths';

const Note = z.record(z.string(), z.tuple([z.number().min(0), z.number(), z.number()]));

export const encodeWidths = (known: KnownWidths): string =>
  JSON.stringify(
    Object.fromEntries(
      [...known].map(([key, { most, isLimit, seenAtMs }]) => [
        key,
        [most, Number(isLimit), Math.floor(seenAtMs / 60_000)],
      ]),
    ),
  );

/** What is no such note teaches nothing: it is written anew. */
export function decodeWidths(text: string): KnownWidths {
  const parsed = Note.safeParse(parseJson(text));
  if (!parsed.success) return new Map();
  return new Map(
    Object.entries(parsed.data).map(([key, [most, isLimit, minutes]]) => [
      key,
      { most, isLimit: isLimit === 1, seenAtMs: minutes * 60_000 },
    ]),
  );
}
