/** What woke the reaper: its timer, a job that started or ended, or a launch that failed for good. */
import { resolveAlert } from '../../shared/alert-once.ts';
import { parseEvent } from '../../shared/job/handed-on.ts';
import { releaseAsk } from '../../shared/runner/copies.ts';
import { noteDeployed } from './brake/circumstances.ts';
import { recordEnd } from './events/record-end.ts';
import { recordStart } from './events/record-start.ts';
import { releaseAfter } from './events/release-held.ts';
import { REFUSED_ADDRESS } from './rounds/deliveries.ts';
import { checkRelease, type ReleaseReport } from './rounds/release/check-release.ts';
import { sweep } from './sweep.ts';
import type { ReaperWorld } from './world.ts';

/** In one word what was done. Throws what failed, so that Function Compute tries again. */
export async function reap(event: Uint8Array, world: ReaperWorld): Promise<string | ReleaseReport> {
  const asked = releaseAsk(event);
  if (asked === 'copy') {
    await noteDeployed(world);
    await resolveAlert(REFUSED_ADDRESS, world);
  }
  if (asked !== null) return checkRelease(world, asked);
  const handedOn = parseEvent(event);
  if (handedOn === null) return wake(event, world);
  switch (handedOn.kind) {
    case 'in_progress':
      await recordStart(handedOn, world);
      await releaseAfter(handedOn.job, world);
      return 'started';
    case 'completed':
      await recordEnd(handedOn, world);
      await releaseAfter(handedOn.job, world);
      return 'ended';
    case 'queued':
    case 'due':
    case 'warm':
      throw new Error(`the reaper was handed '${handedOn.kind}'`);
  }
}

/** The timer's event, or the launcher's on-failure destination: either way, look at everything. */
async function wake(event: Uint8Array, world: ReaperWorld): Promise<string> {
  const text = Buffer.from(event).toString('utf8');
  if (!text.includes('"triggerName"')) world.log('launch.lost', { bytes: event.length });
  await sweep(world);
  return 'swept';
}
