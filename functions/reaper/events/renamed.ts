/** A repository of the allow-list goes by a new name: no security event, and something for the operator to do. */
import { alertOnce } from '../../../shared/alert-once.ts';
import { isAllowed, parseLabels } from '../../../shared/job/labels.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Job } from '../../../shared/nouns.ts';
import { nameBefore } from '../former-names.ts';
import type { ReaperWorld } from '../world.ts';

/** `known`: the same job as the ledger has it. False: it was not renamed, as far as we know. */
export async function reportRenamed(
  job: Job,
  known: Job | null,
  runner: RunnerEntry,
  world: ReaperWorld,
): Promise<boolean> {
  const { id, repository } = job;
  const named = formerName(job, known, runner);
  // Its entry went with its old name, and the runner is another repository's.
  const former = named ?? (isRefused(job, world.config) ? await nameBefore(job, world) : null);
  const todo = former === null ? null : whatToAdd(job, former, world.config);
  if (todo === null) return false;
  world.log('repository.renamed', { job: id, former, repository });
  const text = `The repository ${former} is called ${repository} now. ${todo} in runners.yaml and deploy: until then its new jobs are refused.`;
  await alertOnce(`renamed-${repository}`, text, world);
  return true;
}

/** Pure. */
const isRefused = ({ repository, labels }: Job, config: ReaperWorld['config']): boolean =>
  !isAllowed(repository, config.repositories.allow) ||
  parseLabels(labels, repository, config).kind === 'refused';

/** Pure. Null: it would have been refused under its old name, or is not refused under the new one. */
function whatToAdd(
  { repository, labels }: Job,
  former: string,
  config: ReaperWorld['config'],
): string | null {
  const { allow } = config.repositories;
  if (!isAllowed(former, allow)) return null;
  if (!isAllowed(repository, allow)) return `Add ${repository} to repositories.allow`;
  const isLost =
    parseLabels(labels, repository, config).kind === 'refused' &&
    parseLabels(labels, former, config).kind === 'ours';
  return isLost ? `Add ${repository} beside ${former} under profiles and images` : null;
}

/** Pure. Ids stay when a repository is renamed or transferred: of the job, and of the repository. */
export function formerName(
  { repository, repositoryId }: Job,
  known: Job | null,
  runner: Pick<RunnerEntry, 'repository' | 'repositoryId'>,
): string | null {
  const isOther = (id: number | null | undefined) =>
    id != null && repositoryId != null && id !== repositoryId;
  if (known !== null && known.repository !== repository && !isOther(known.repositoryId))
    return known.repository;
  const isSame = repositoryId != null && runner.repositoryId === repositoryId;
  return isSame ? runner.repository : null;
}
