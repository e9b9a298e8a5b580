/** What a job that is only looked at waits for a change of, beside its own run and what becomes of others. */
import { createHash } from 'node:crypto';
import { amendNote } from '../../../shared/ledger/amend.ts';
import { RUNNER_RELEASE_NOTE } from '../../../shared/runner/release.ts';
import type { ReaperWorld } from '../world.ts';

/** When somebody last deployed, or asked for what a deployment asks for: what was wrong outside of all that we read may be mended. */
const DEPLOYED_NOTE = 'deployed';

export async function noteDeployed({ ledger, clock }: ReaperWorld): Promise<void> {
  await amendNote(ledger.notes, DEPLOYED_NOTE, () => new Date(clock.nowMs()).toISOString());
}

/** What a launch is made of, beside the job: configuration, runner release, and deployment. Asked for only where it matters. */
export async function circumstancesNow(
  matters: boolean,
  { ledger, config }: ReaperWorld,
): Promise<{ readonly release: string; readonly hash: string }> {
  const textOf = async (note: string) => (matters ? ((await ledger.notes.read(note))?.entry.text ?? '') : '');
  const [release, deployed] = await Promise.all([textOf(RUNNER_RELEASE_NOTE), textOf(DEPLOYED_NOTE)]);
  const hash = createHash('sha256').update(JSON.stringify(config)).update(release).update(deployed);
  return { release, hash: hash.digest('hex').slice(0, 16) };
}
