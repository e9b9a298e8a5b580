/** Asks GitHub what became of the job that a runner is busy with. */

import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import type { Evidence } from '../survey/evidence.ts';
import { askRecord } from '../survey/evidence.ts';
import type { ReaperWorld } from '../world.ts';

/** Its job's own record decides; without an open job, the job that names it; without such a job, it was seen idle. */
export async function ask(held: Held<RunnerEntry>, evidence: Evidence, world: ReaperWorld): Promise<void> {
  const { entry } = held;
  const job = entry.busyWith === null ? null : await evidence.jobEntry(entry.busyWith);
  if (job !== null) return void (await askRecord(job.job, world));
  const named = await evidence.jobNaming(entry);
  if (named === 'unknown') return;
  if (named !== null) return void (await askRecord(named.job, world));
  const idleSightings = entry.idleSightings + 1;
  await world.ledger.runners.replace(entry.name, held, { ...entry, idleSightings });
}
