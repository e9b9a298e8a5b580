/** GitHub gives no jobs to old runners: warns before that bites. */
import { REPOSITORY_LIST_MS, RUNNER_VERSION_WARN_MS } from '../../shared/limits.ts';
import { parseRunnerRelease, RUNNER_RELEASE_NOTE } from '../../shared/runner-release.ts';
import { tellOnce } from '../../shared/tell-once.ts';
import type { ReaperWorld } from './world.ts';

const CHECKED = 'release-checked';

/** 'fresh', 'behind', or 'unknown' while nothing was mirrored yet. Asked for every ten minutes. */
export async function checkRelease(world: ReaperWorld): Promise<string> {
  const { ledger, clock } = world;
  const nowMs = clock.nowMs();
  const checked = await ledger.notes.read(CHECKED);
  if (checked !== null && (checked.entry.untilMs ?? 0) > nowMs) return checked.entry.text;
  const note = { text: await compare(world), untilMs: nowMs + REPOSITORY_LIST_MS };
  if (checked === null) await ledger.notes.add(CHECKED, note);
  else await ledger.notes.replace(CHECKED, checked, note);
  return note.text;
}

async function compare(world: ReaperWorld): Promise<'fresh' | 'behind' | 'unknown'> {
  const held = await world.ledger.notes.read(RUNNER_RELEASE_NOTE);
  const latest = await world.github.latestRunner();
  const mirrored = held === null ? null : parseRunnerRelease(held.entry.text);
  if (mirrored === null) return 'unknown';
  const { version } = mirrored;
  if (version === latest.version) return 'fresh';
  if (world.clock.nowMs() - latest.publishedAtMs > RUNNER_VERSION_WARN_MS)
    await tellOnce(
      `runner-${latest.version}`,
      `The mirrored runner ${version} is older than ${latest.version}, which is out for more than 20 days: GitHub stops giving jobs to it 30 days after a release. Run: npm run mirror`,
      world,
    );
  return 'behind';
}
