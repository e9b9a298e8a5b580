/** The asynchronous invocation's entry: the real world, put together once a cold start. */

import runners from 'config:runners';
import { join } from 'node:path';
import { type Credentials, createAdapters } from '../../shared/adapters/adapters.ts';
import { type Fingerprints, parseProbe } from '../../shared/adapters/fingerprints.ts';
import { readUserDataScripts } from '../../shared/adapters/user-data-scripts.ts';
import { parseEnvironment } from '../../shared/config/environment.ts';
import { parseEvent } from '../../shared/job/handed-on.ts';
import { launchAny } from './warm/launch-any.ts';
import { type LauncherWorld, launcherWorld } from './world.ts';

let credentials: Credentials;
const adapters = createAdapters(runners, parseEnvironment('launcher', process.env), () => credentials);
const scripts = readUserDataScripts(join(import.meta.dirname, 'userdata'));
const world: LauncherWorld = launcherWorld(adapters, scripts);

export async function handler(
  event: Uint8Array,
  context: { readonly credentials: Credentials },
): Promise<string | Fingerprints> {
  credentials = context.credentials;
  const probe = parseProbe(event);
  if (probe !== null) return adapters.fingerprints(probe);
  const handedOn = parseEvent(event);
  const outcome = await launchAny(handedOn, world);
  const job = handedOn !== null && 'job' in handedOn ? handedOn.job.id : null;
  world.log('launch.done', { job, outcome: outcome.kind });
  return outcome.kind;
}
