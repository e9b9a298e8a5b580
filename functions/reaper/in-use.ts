/** Names of things that are or were in use by us, each with when it last was; kept in a note of the ledger. */
import type { Ledger } from '../../shared/ledger/ledger.ts';
import { REGION_KEPT_MS } from '../../shared/limits.ts';
import type { Clock } from '../../shared/ports.ts';

interface InUseWorld {
  readonly ledger: Pick<Ledger, 'notes'>;
  readonly clock: Clock;
}

/** Of about 60 characters each; a row of the ledger bears many more. */
const IN_USE_MAX = 2_000;
const DAY_MS = 24 * 3_600_000;

/** Name → when it was last in use; also what is not kept any more. */
export async function timesInUse(
  note: string,
  { ledger }: Pick<InUseWorld, 'ledger'>,
): Promise<Map<string, number>> {
  return usedIn((await ledger.notes.read(note))?.entry.text ?? '');
}

export async function lastInUse(note: string, { ledger, clock }: InUseWorld): Promise<readonly string[]> {
  const used = await timesInUse(note, { ledger });
  return [...used].filter(([, atMs]) => clock.nowMs() - atMs < REGION_KEPT_MS).map(([name]) => name);
}

/** What is in use no more is forgotten when all in it is released. */
export async function rememberInUse(
  note: string,
  inUse: readonly string[],
  { ledger, clock }: InUseWorld,
): Promise<void> {
  const held = await ledger.notes.read(note);
  const text = textAfter(usedIn(held?.entry.text ?? ''), inUse, clock.nowMs());
  if (text === held?.entry.text) return;
  const next = { text, untilMs: null };
  if (held === null) await ledger.notes.add(note, next);
  else await ledger.notes.replace(note, held, next);
}

/** Pure. Once a day is enough beside days; of too many, those that were in use last are kept. */
function textAfter(used: Map<string, number>, inUse: readonly string[], nowMs: number): string {
  for (const name of inUse) if (nowMs - (used.get(name) ?? 0) > DAY_MS) used.set(name, nowMs);
  const young = [...used].filter(([, atMs]) => nowMs - atMs < REGION_KEPT_MS);
  const kept = young.toSorted(([, a], [, b]) => b - a).slice(0, IN_USE_MAX);
  return kept.map(([name, atMs]) => `${name}=${atMs}`).join(' ');
}

/** name → when it was last in use */
function usedIn(text: string): Map<string, number> {
  const words = text.split(' ').filter(Boolean);
  return new Map(words.map((word) => [word.split('=')[0] ?? '', Number(word.split('=')[1] ?? 0)]));
}
