/** Runners that a person asked for: one note says until when one may wait, and why launches came to nothing. */
import * as z from 'zod';
import { amendNote } from '../ledger/amend.ts';
import type { RunnerEntry } from '../ledger/entries.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { RELEASE_MARGIN_MS } from '../limits.ts';
import type { RunnerName } from '../nouns.ts';
import { CREATED_FAILURES_MAX, WARM_AGE_MAX_MS } from './limits.ts';

/** Instead of a stamp: no pool made it. */
export const CREATED = 'created';

export interface CreatedNote {
  /** The latest time until which one waits. */
  readonly untilMs: number;
  /** Newest last; `because`: a lower-case clause. */
  readonly failed: readonly { readonly runner: string; readonly because: string }[];
}

type Notes = Pick<Ledger, 'notes'>;

const NOTE = 'created';

const Kept = z.object({
  untilMs: z.number(),
  failed: z.array(z.object({ runner: z.string(), because: z.string() })),
});

const decode = (text: string | undefined): CreatedNote =>
  text === undefined ? { untilMs: 0, failed: [] } : Kept.parse(JSON.parse(text));

export const readCreated = async ({ notes }: Notes): Promise<CreatedNote> =>
  decode((await notes.read(NOTE))?.entry.text);

/** Before the first entry is written: launchers look at runners that wait only where there may be one. */
export async function noteCreated(untilMs: number, { notes }: Notes): Promise<void> {
  await amendNote(notes, NOTE, (text) => {
    const before = decode(text);
    return JSON.stringify({ ...before, untilMs: Math.max(before.untilMs, untilMs) });
  });
}

/** Its entry goes; whoever asked for it finds the reason here. */
export async function noteCreateFailed(runner: RunnerName, because: string, { notes }: Notes): Promise<void> {
  await amendNote(notes, NOTE, (text) => {
    const before = decode(text);
    const failed = [...before.failed, { runner, because }].slice(-CREATED_FAILURES_MAX);
    return JSON.stringify({ ...before, failed });
  });
}

/** How long a machine waits for a job beyond what one does that has its job already. Pure. */
export function waitingMs(
  { warm, waitsUntilMs }: Pick<RunnerEntry, 'warm' | 'waitsUntilMs'>,
  nowMs: number,
): number {
  if (warm === undefined) return 0;
  return waitsUntilMs === undefined ? WARM_AGE_MAX_MS : Math.max(0, waitsUntilMs - nowMs);
}

/** When it ends: one that a person asked for, for want of a job; any other, whatever it does. Null: there is no instance yet. Pure. */
export function endOf({ waitsUntilMs, for: wanted, busyWith, releaseAtMs }: RunnerEntry): number | null {
  if (waitsUntilMs !== undefined && wanted === null && busyWith === null) return waitsUntilMs;
  return releaseAtMs === null ? null : releaseAtMs - RELEASE_MARGIN_MS;
}
