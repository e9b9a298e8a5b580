/** Whose code a run is of, which never changes: one function asks GitHub, all others read its note. */
import { CODE_CLAIM_MS, CODE_KEPT_MS, CODES_FORGOTTEN_MAX } from './github-limits.ts';
import { inParallel } from './in-parallel.ts';
import type { Note } from './ledger/entries.ts';
import type { Held, Ledger } from './ledger/ledger.ts';
import { LEDGER_SCAN_MAX, SWEEP_PARALLEL_MAX } from './limits.ts';
import type { Code, RunId } from './nouns.ts';
import type { Clock } from './ports.ts';

export type CodeClaim =
  | { readonly kind: 'known'; readonly code: Code }
  /** Another asks just now: its answer comes soon. */
  | { readonly kind: 'asked' }
  /** The caller asks, and tells; null: it heard nothing, and whoever comes next asks. */
  | { readonly kind: 'mine'; readonly tell: (code: Code | null) => Promise<void> };

export interface CodeMemory {
  claim(run: RunId): Promise<CodeClaim>;
}

type Notes = Pick<Ledger, 'notes'>;

const idOf = (run: RunId): string => `code:${run}`;
const ASKED = 'asked';

export function codeMemory({ notes }: Notes, clock: Clock): CodeMemory {
  const mine = (run: RunId, held: Held<Note>): CodeClaim => ({
    kind: 'mine',
    async tell(code) {
      if (code === null) await notes.remove(idOf(run), held);
      else await notes.replace(idOf(run), held, { ...held.entry, text: code });
    },
  });
  return {
    async claim(run) {
      const nowMs = clock.nowMs();
      const asked: Note = { text: ASKED, untilMs: nowMs + CODE_KEPT_MS, code: run };
      const added = await notes.add(idOf(run), asked);
      if (added !== null) return mine(run, added);
      const held = await notes.read(idOf(run));
      if (held === null) return { kind: 'asked' };
      const { text } = held.entry;
      if (text !== ASKED) return { kind: 'known', code: text as Code };
      const taken = isGivenUp(held.entry, nowMs) ? await notes.replace(idOf(run), held, asked) : null;
      return taken === null ? { kind: 'asked' } : mine(run, taken);
    },
  };
}

const isGivenUp = ({ untilMs }: Note, nowMs: number): boolean =>
  (untilMs ?? 0) - CODE_KEPT_MS + CODE_CLAIM_MS < nowMs;

/**
 * For the sweep: most jobs of a run come within minutes, and for a later one GitHub is asked once more. `live`: runs with a job
 * in the ledger. A backlog waits for longer, and each of its jobs is tried again.
 */
export async function forgetCodes(
  live: ReadonlySet<RunId>,
  { ledger, clock }: { ledger: Notes; clock: Clock },
): Promise<void> {
  const { things } = await ledger.notes.list(LEDGER_SCAN_MAX);
  const over = things.flatMap((held) => {
    const { code, untilMs } = held.entry;
    const isOver = code !== undefined && (untilMs ?? 0) < clock.nowMs() && !live.has(code);
    return isOver ? [{ id: idOf(code), held }] : [];
  });
  await inParallel(over.slice(0, CODES_FORGOTTEN_MAX), SWEEP_PARALLEL_MAX, ({ id, held }) =>
    ledger.notes.remove(id, held),
  );
}
