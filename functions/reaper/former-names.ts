/** What repositories were called when we heard of them: an id stays when the name or the owner changes. */
import { isAllowed } from '../../shared/job/labels.ts';
import { KNOWN_REPOSITORIES_MAX, LEDGER_SCAN_MAX } from '../../shared/limits.ts';
import type { RepositoryName } from '../../shared/nouns.ts';
import { rememberInUse, timesInUse } from './in-use.ts';
import type { ReaperWorld } from './world.ts';

/** Each as ID:owner/name; also of those that are gone. */
const NOTE = 'repository-names';

type NamesWorld = Pick<ReaperWorld, 'ledger' | 'config'>;

/** Of those that are allowed: where jobs were seen, and what GitHub lists, the first of them. */
export async function rememberNames(seen: readonly RepositoryName[], world: ReaperWorld): Promise<void> {
  const { allow } = world.config.repositories;
  const names = seen.flatMap(({ repository, repositoryId }) =>
    repositoryId != null && isAllowed(repository, allow) ? [`${repositoryId}:${repository}`] : [],
  );
  const some = [...new Set(names)].slice(0, KNOWN_REPOSITORIES_MAX);
  if (some.length > 0) await rememberInUse(NOTE, some, world);
}

/** Its latest other name that is allowed; null: none that we know of. */
export async function nameBefore(now: RepositoryName, world: NamesWorld): Promise<string | null> {
  const isFormer = ({ repository, repositoryId }: RepositoryName) =>
    now.repositoryId != null &&
    repositoryId === now.repositoryId &&
    repository !== now.repository &&
    isAllowed(repository, world.config.repositories.allow);
  const noted = (await notedNames(world)).find(isFormer);
  return (noted ?? (await namesAlive(world)).find(isFormer))?.repository ?? null;
}

/** Latest first. */
async function notedNames(world: NamesWorld): Promise<readonly RepositoryName[]> {
  const latest = [...(await timesInUse(NOTE, world))].toSorted(([, a], [, b]) => b - a);
  return latest.map(([named]) => {
    const at = named.indexOf(':');
    return { repository: named.slice(at + 1), repositoryId: Number(named.slice(0, at)) };
  });
}

/** Of what came since the last sweep. */
async function namesAlive({ ledger }: NamesWorld): Promise<readonly RepositoryName[]> {
  const runners = await ledger.runners.list(LEDGER_SCAN_MAX);
  const jobs = await ledger.jobs.list(LEDGER_SCAN_MAX);
  return [...runners.things.map(({ entry }) => entry), ...jobs.things.map(({ entry }) => entry.job)];
}
