/** Where there may be something of ours: regions that we ever used, owners and repositories that we know. */
import { amend } from '../../shared/amend.ts';
import { isAllowed } from '../../shared/labels.ts';
import { KNOWN_REPOSITORIES_MAX } from '../../shared/limits.ts';
import type { Job, Target } from '../../shared/nouns.ts';
import type { ReaperWorld } from './world.ts';

/** Placements of today, and those of earlier configurations: their instances live on. */
export async function regionsToLookAt({ ledger, config }: ReaperWorld): Promise<readonly string[]> {
  const today = config.placements.map(({ region }) => region);
  const held = await ledger.notes.read('regions');
  const ever = held === null ? [] : held.entry.text.split(' ').filter(Boolean);
  const all = [...new Set([...ever, ...today])];
  if (all.length === ever.length) return all;
  const note = { text: all.join(' '), untilMs: null };
  if (held === null) await ledger.notes.add('regions', note);
  else await ledger.notes.replace('regions', held, note);
  return all;
}

/** Owners of the allow-list; in repository scope, each repository that we know. */
export async function targetsToLookAt(world: ReaperWorld): Promise<readonly Target[]> {
  const { config } = world;
  if (config.github.scope === 'repository')
    return (await knownRepositories(world)).map(({ repository, installationId }) => ({
      owner: ownerOf(repository),
      repository,
      installationId,
    }));
  return ownersOf(world).map((owner) => ({ owner, repository: null, installationId: null }));
}

export function ownersOf({ config }: ReaperWorld): readonly string[] {
  return [...new Set(config.repositories.allow.map(ownerOf))];
}

export const ownerOf = (repository: string): string => repository.split('/')[0] as string;

export interface KnownRepository {
  readonly repository: string;
  readonly installationId: number | null;
  readonly seenAtMs: number;
}

/** Most recently active first. */
export async function knownRepositories({
  ledger,
}: Pick<ReaperWorld, 'ledger'>): Promise<readonly KnownRepository[]> {
  const held = await ledger.notes.read('repositories');
  return held === null ? [] : (JSON.parse(held.entry.text) as KnownRepository[]);
}

/** Remembers where jobs were seen; written only when that says something new. */
export async function rememberRepositories(
  seen: readonly Pick<Job, 'repository' | 'installationId'>[],
  world: ReaperWorld,
): Promise<void> {
  const { ledger, clock, config } = world;
  const before = await knownRepositories(world);
  const next = new Map(before.map((known) => [known.repository, known]));
  const isStale = (known: KnownRepository | undefined) =>
    known === undefined || clock.nowMs() - known.seenAtMs > 3_600_000;
  let isNew = false;
  for (const { repository, installationId } of seen) {
    if (!isStale(next.get(repository)) || !isAllowed(repository, config.repositories.allow)) continue;
    next.set(repository, { repository, installationId, seenAtMs: clock.nowMs() });
    isNew = true;
  }
  if (!isNew) return;
  const kept = [...next.values()].sort((a, b) => b.seenAtMs - a.seenAtMs).slice(0, KNOWN_REPOSITORIES_MAX);
  const note = { text: JSON.stringify(kept), untilMs: null };
  if ((await amend(ledger.notes, 'repositories', () => note)) === null)
    await ledger.notes.add('repositories', note);
}
