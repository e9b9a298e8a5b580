/** How much may still be written: kept in a note, so that a new function instance knows. */
import * as z from 'zod/mini';
import { parseJson } from '../../../../shared/json.ts';
import { amend } from '../../../../shared/ledger/amend.ts';
import type { Ledger } from '../../../../shared/ledger/ledger.ts';
import { CHECKS_PER_HOUR_MAX, CHECKS_PER_SWEEP_MAX } from '../../../../shared/story/limits.ts';
import { ownerOf } from '../../survey/known.ts';

const ID = 'checks';
const HOUR_MS = 3_600_000;
const EVERYWHERE = '*';

const Spent = z.object({
  hour: z.number(),
  writes: z.number(),
  /** owner, owner/name or `*` → until when nothing is written there */
  quiet: z.record(z.string(), z.number()),
});
type Spent = z.output<typeof Spent>;

export interface Budget {
  isQuiet(repository: string): boolean;
  /** One write less; false: there is none left. Written or not, it was asked for. */
  spend(): boolean;
  /** An owner, a repository, or null: everywhere. */
  quieten(where: string | null, untilMs: number): void;
  /** What was spent is known to the next sweep. A crash before it forgets one sweep's. */
  keep(): Promise<void>;
}

export async function openBudget({ notes }: Pick<Ledger, 'notes'>, nowMs: number): Promise<Budget> {
  const held = await notes.read(ID);
  const hour = Math.floor(nowMs / HOUR_MS);
  const before = parse(held?.entry.text ?? '');
  const quiet = new Map(Object.entries(before.quiet).filter(([, untilMs]) => untilMs > nowMs));
  let writes = before.hour === hour ? before.writes : 0;
  let left = Math.min(CHECKS_PER_SWEEP_MAX, CHECKS_PER_HOUR_MAX - writes);
  return {
    isQuiet: (repository) =>
      [EVERYWHERE, ownerOf(repository), repository].some((where) => quiet.has(where.toLowerCase())),
    spend() {
      if (left <= 0) return false;
      left--;
      writes++;
      return true;
    },
    quieten: (where, untilMs) => void quiet.set(where?.toLowerCase() ?? EVERYWHERE, untilMs),
    async keep() {
      const text = JSON.stringify({ hour, writes, quiet: Object.fromEntries(quiet) } satisfies Spent);
      if (text === held?.entry.text) return;
      const note = { text, untilMs: null };
      if (held === null) await notes.add(ID, note);
      else await amend(notes, ID, () => note, held);
    },
  };
}

/** What cannot be read has spent nothing. */
const parse = (text: string): Spent =>
  Spent.safeParse(parseJson(text)).data ?? { hour: 0, writes: 0, quiet: {} };
