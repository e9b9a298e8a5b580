/** GitHub gives no jobs to old runners: warns before that bites. */

import { alertOnce, resolveAlert } from '../../../shared/alert-once.ts';
import { REPOSITORY_LIST_MS, RUNNER_VERSION_WARN_MS } from '../../../shared/limits.ts';
import {
  NO_RUNNER_RELEASE,
  parseRunnerRelease,
  RUNNER_RELEASE_NOTE,
} from '../../../shared/runner/release.ts';
import { checkCopies } from '../survey/bucket-copies.ts';
import { ownersOf } from '../survey/known.ts';
import type { ReaperWorld } from '../world.ts';

const CHECKED = 'release-checked';
const FRESH_KEPT_MS = 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** 'fresh', 'behind', or 'unknown' while nothing was mirrored yet. Asked for every ten minutes, and once an hour while it is fresh. */
export async function checkRelease(world: ReaperWorld): Promise<string> {
  const { ledger, clock } = world;
  const nowMs = clock.nowMs();
  const checked = await ledger.notes.read(CHECKED);
  const before = checked?.entry.text ?? '';
  const isRecent = checked !== null && (checked.entry.untilMs ?? 0) > nowMs;
  const hasCalls = ownersOf(world).every((owner) => world.github.mayAsk('look', owner));
  if (isRecent || !hasCalls) return wordIn(before);
  const text = await compare(before, world);
  const note = { text, untilMs: nowMs + (text === 'fresh' ? FRESH_KEPT_MS : REPOSITORY_LIST_MS) };
  if (checked === null) await ledger.notes.add(CHECKED, note);
  else await ledger.notes.replace(CHECKED, checked, note);
  return wordIn(note.text);
}

const wordIn = (text: string): string => text.split(' ')[0] ?? '';

async function compare(before: string, world: ReaperWorld): Promise<string> {
  const held = await world.ledger.notes.read(RUNNER_RELEASE_NOTE);
  const latest = await world.github.latestRunner();
  const mirrored = held === null ? null : parseRunnerRelease(held.entry.text);
  if (mirrored === null) return 'unknown';
  if (before.startsWith('unknown') || before === '') await resolveAlert(NO_RUNNER_RELEASE, world);
  await checkCopies(mirrored, world);
  const { version } = mirrored;
  if (version === latest.version) return 'fresh';
  const sinceMs = behindSince(before, version, latest.publishedAtMs);
  const forMs = world.clock.nowMs() - sinceMs;
  if (forMs > RUNNER_VERSION_WARN_MS)
    await alertOnce(
      `runner-${version}`,
      `The mirrored runner ${version} is behind for ${Math.floor(forMs / DAY_MS)} days (${latest.version} is out): GitHub stops giving jobs to it 30 days after the release that followed it. Run: npm run mirror`,
      world,
    );
  return `behind ${version} ${sinceMs}`;
}

/**
 * Pure. The 30 days count from the first release after ours, not from the latest one: what an earlier look saw counts
 * on (GitHub docs, "Self-hosted runners reference": update within 30 days of any new version).
 */
export function behindSince(before: string, version: string, latestAtMs: number): number {
  const [word, whose, sinceMs] = before.split(' ');
  return word === 'behind' && whose === version ? Math.min(Number(sinceMs), latestAtMs) : latestAtMs;
}
