/** What repositories were called when jobs of ours were seen in them: an id stays when the name or the owner changes. */
import { isAllowed } from '../../shared/job/labels.ts';
import type { Job } from '../../shared/nouns.ts';
import { rememberInUse, timesInUse } from './in-use.ts';
import type { ReaperWorld } from './world.ts';

/** Each as ID:owner/name; also of those that are gone. */
const NOTE = 'repository-names';

type Named = Pick<Job, 'repository' | 'repositoryId'>;

/** Of those that are allowed. */
export async function rememberNames(seen: readonly Named[], world: ReaperWorld): Promise<void> {
  const { allow } = world.config.repositories;
  const names = seen.flatMap(({ repository, repositoryId }) =>
    repositoryId != null && isAllowed(repository, allow) ? [`${repositoryId}:${repository}`] : [],
  );
  if (names.length > 0) await rememberInUse(NOTE, [...new Set(names)], world);
}

/** Its latest other name; null: none that we know of. */
export async function nameBefore(
  { repository, repositoryId }: Named,
  world: Pick<ReaperWorld, 'ledger'>,
): Promise<string | null> {
  if (repositoryId == null) return null;
  const start = `${repositoryId}:`;
  const others = [...(await timesInUse(NOTE, world))].filter(
    ([name]) => name.startsWith(start) && name !== start + repository,
  );
  const [latest] = others.toSorted(([, a], [, b]) => b - a);
  return latest?.[0].slice(start.length) ?? null;
}
