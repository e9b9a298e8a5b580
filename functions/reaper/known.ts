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

type Seen = readonly Pick<Job, 'repository' | 'installationId'>[];

/** Remembers where jobs were seen; written only when that says something new. */
export async function rememberRepositories(seen: Seen, world: ReaperWorld): Promise<void> {
  const nowMs = world.clock.nowMs();
  const before = await knownRepositories(world);
  const next = new Map(before.map((known) => [known.repository, known]));
  const isFresh = (known: KnownRepository | undefined) =>
    known !== undefined && nowMs - known.seenAtMs <= 3_600_000;
  for (const { repository, installationId } of seen)
    if (isOurs(repository, world) && !isFresh(next.get(repository)))
      next.set(repository, { repository, installationId, seenAtMs: nowMs });
  await keepRepositories(before, [...next.values()], world);
}

/** Those that only a list named come after all where jobs were seen, in the order of the list. */
export async function rememberListed(listed: readonly string[], world: ReaperWorld): Promise<void> {
  const before = await knownRepositories(world);
  const active = before.filter(({ seenAtMs }) => seenAtMs > 0);
  const isActive = new Set(active.map(({ repository }) => repository));
  const quiet = new Set([
    ...listed.filter((repository) => isOurs(repository, world) && !isActive.has(repository)),
    ...before.filter(({ seenAtMs }) => seenAtMs === 0).map(({ repository }) => repository),
  ]);
  const unseen = [...quiet].map((repository) => ({ repository, installationId: null, seenAtMs: 0 }));
  await keepRepositories(before, [...active, ...unseen], world);
}

/** GitHub does not know it any more. */
export async function forgetRepository(gone: string, world: ReaperWorld): Promise<void> {
  const before = await knownRepositories(world);
  await keepRepositories(
    before,
    before.filter(({ repository }) => repository !== gone),
    world,
  );
}

const isOurs = (repository: string, { config }: ReaperWorld): boolean =>
  isAllowed(repository, config.repositories.allow);

async function keepRepositories(
  before: readonly KnownRepository[],
  next: readonly KnownRepository[],
  { ledger }: ReaperWorld,
): Promise<void> {
  const kept = next.toSorted((a, b) => b.seenAtMs - a.seenAtMs).slice(0, KNOWN_REPOSITORIES_MAX);
  const note = { text: JSON.stringify(kept), untilMs: null };
  if (note.text === JSON.stringify(before)) return;
  if ((await amend(ledger.notes, 'repositories', () => note)) === null)
    await ledger.notes.add('repositories', note);
}
