/** A look-up that fails in sweep after sweep proves nothing absent, and nobody would know: a person is told. */
import { alertOnce } from '../../../shared/alert-once.ts';
import { FAILED_LOOKS_MAX, LOOK_FAILURES_MIN } from '../../../shared/limits.ts';
import type { ReaperWorld } from '../world.ts';

const ID = 'failed-looks';

/** What was looked at in this sweep, such as `instances of cn-hangzhou`, with why that failed; null: it did not. */
export type Looks = ReadonlyMap<string, string | null>;

/** What was not looked at keeps its count. */
export async function countFailedLooks(looks: Looks, world: ReaperWorld): Promise<void> {
  const { notes } = world.ledger;
  const held = await notes.read(ID);
  const before: Record<string, number> = held === null ? {} : JSON.parse(held.entry.text);
  const after = countsAfter(before, looks);
  const note = { text: JSON.stringify(after), untilMs: null };
  if (held === null && Object.keys(after).length > 0) await notes.add(ID, note);
  else if (held !== null && held.entry.text !== note.text) await notes.replace(ID, held, note);
  for (const [what, count] of Object.entries(after)) {
    const because = looks.get(what);
    if (count < LOOK_FAILURES_MIN || !because) continue;
    const text = `The ${what} could not be looked at in the last ${count} sweeps, the last time because ${because}. Until that works, nothing there is taken for gone: slots stay taken, and instances may stay. Run: npm run doctor`;
    await alertOnce(`look-${what}`, text, world);
  }
}

/** Pure. */
function countsAfter(before: Readonly<Record<string, number>>, looks: Looks): Record<string, number> {
  const kept = Object.entries(before).filter(([what]) => !looks.has(what));
  const failed = [...looks].flatMap(([what, because]) =>
    because === null ? [] : [[what, (before[what] ?? 0) + 1] as const],
  );
  return Object.fromEntries([...failed, ...kept].slice(0, FAILED_LOOKS_MAX));
}
