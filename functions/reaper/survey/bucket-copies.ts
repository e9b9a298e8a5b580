/** A mirrored release that some bucket does not have: machines there fetch about 160 MB from GitHub, each. */
import { alertOnce, resolveAlert } from '../../../shared/alert-once.ts';
import { amend } from '../../../shared/ledger/amend.ts';
import { bucketsWithout, type RunnerRelease } from '../../../shared/runner/release.ts';
import type { ReaperWorld } from '../world.ts';

const NOTE = 'bucket-copies';
const ALERT = 'bucket-copies';
/** A copy under way, or a placement that was just added, is no news. */
const PATIENCE_MS = 2 * 3_600_000;

export async function checkCopies({ version, regions }: RunnerRelease, world: ReaperWorld): Promise<void> {
  const { ledger, clock, config } = world;
  const lacking = bucketsWithout(config.placements, regions);
  const held = await ledger.notes.read(NOTE);
  const before = held?.entry.text ?? '';
  const text = lackingSince(before, version, lacking, clock.nowMs());
  const note = { text, untilMs: null };
  if (held === null && text !== '') await ledger.notes.add(NOTE, note);
  if (held !== null && text !== before) await amend(ledger.notes, NOTE, () => note);
  if (text === '') return before === '' ? undefined : resolveAlert(ALERT, world);
  if (clock.nowMs() - Number(text.split(' ')[1]) < PATIENCE_MS) return;
  await alertOnce(
    ALERT,
    `The bucket of ${lacking.join(', ')} does not have the runner ${version}: each machine there fetches it from GitHub. Run npm run mirror: it says why the copy fails.`,
    world,
  );
}

/** Pure. `VERSION SINCE` of the first look that missed it; '': nothing is missed. */
export function lackingSince(
  before: string,
  version: string,
  lacking: readonly string[],
  nowMs: number,
): string {
  if (lacking.length === 0) return '';
  return before.startsWith(`${version} `) ? before : `${version} ${nowMs}`;
}
