/** What the launcher was handed: a job, or a warm runner to make. */
import type { WarmEvent } from '../../../shared/ledger/warm-entry.ts';
import type { DueEvent, JobEvent } from '../../../shared/nouns.ts';
import { launch } from '../launch.ts';
import type { LauncherWorld, Outcome } from '../world.ts';
import { launchWarm } from './launch-warm.ts';

export async function launchAny(
  event: JobEvent | DueEvent | WarmEvent | null,
  world: LauncherWorld,
): Promise<Outcome> {
  switch (event?.kind) {
    case 'queued':
    case 'due':
      return launch(event, world);
    case 'warm':
      return launchWarm(event, world);
    default:
      throw new Error('the launcher was handed something else than a launch');
  }
}
