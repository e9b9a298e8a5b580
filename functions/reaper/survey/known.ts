/** Where there may be something of ours: regions that we ever used, owners and repositories that we know. */

import { isAllowed } from '../../../shared/job/labels.ts';
import { amend } from '../../../shared/ledger/amend.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held, Ledger } from '../../../shared/ledger/ledger.ts';
import { KNOWN_REPOSITORIES_MAX, LEDGER_SCAN_MAX, REGION_KEPT_MS } from '../../../shared/limits.ts';
import type { Job } from '../../../shared/nouns.ts';
import { rememberNames } from '../former-names.ts';
import { lastInUse, rememberInUse, timesInUse } from '../in-use.ts';
import type { ReaperWorld } from '../world.ts';

/** Placements of today, and where instances of ours may live on. */
export async function regionsToSurvey(
  world: Pick<ReaperWorld, 'config' | 'ledger' | 'clock'>,
): Promise<readonly string[]> {
  const ofToday = world.config.placements.map(({ region }) => region);
  return [...new Set([...ofToday, ...(await lastInUse('regions', world))])];
}

/** Region → when all that was launched there is released at the latest: noted, or named by a runner's entry. */
export async function regionsInUse({
  ledger,
  clock,
}: Pick<ReaperWorld, 'clock'> & { readonly ledger: Pick<Ledger, 'notes' | 'runners'> }): Promise<
  ReadonlyMap<string, number>
> {
  const nowMs = clock.nowMs();
  const used = await timesInUse('regions', { ledger });
  const { things } = await ledger.runners.list(LEDGER_SCAN_MAX);
  for (const { entry } of things) for (const region of regionsOf(entry)) used.set(region, nowMs);
  const untilMs = [...used].map(([region, atMs]) => [region, atMs + REGION_KEPT_MS] as const);
  return new Map(untilMs.filter(([, endMs]) => endMs > nowMs));
}

/**
 * In use: those of runner entries, and of placements as soon as they were listed in full: a name that ECS never knew
 * is not kept.
 */
export async function rememberRegions(
  runners: readonly Held<RunnerEntry>[],
  listed: ReadonlySet<string>,
  world: ReaperWorld,
): Promise<void> {
  const inPlacements = world.config.placements
    .map(({ region }) => region)
    .filter((region) => listed.has(region));
  const inUse = [...inPlacements, ...runners.flatMap(({ entry }) => regionsOf(entry))];
  await rememberInUse('regions', inUse, world);
}

/** Where its instance is, or may be: what its launcher may have asked. None: nobody noted it, or it asked nowhere. */
export function regionsOf({ region, walks }: Pick<RunnerEntry, 'region' | 'walks'>): readonly string[] {
  if (region !== null) return [region];
  return [...new Set((walks ?? []).map((candidate) => candidate.region))];
}

async function placesAlive({ ledger }: ReaperWorld) {
  const runners = await ledger.runners.list(LEDGER_SCAN_MAX);
  const jobs = await ledger.jobs.list(LEDGER_SCAN_MAX);
  const places = [...jobs.things.map(({ entry }) => entry.job), ...runners.things.map(({ entry }) => entry)];
  return { places, isWhole: jobs.complete && runners.complete };
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

type JobSources = readonly Pick<Job, 'repository' | 'repositoryId' | 'installationId'>[];

/** Remembers where jobs were seen; written only when that says something new. */
export async function rememberRepositories(seen: JobSources, world: ReaperWorld): Promise<void> {
  const nowMs = world.clock.nowMs();
  const before = await knownRepositories(world);
  const next = new Map(before.map((known) => [known.repository, known]));
  const isFresh = (known: KnownRepository | undefined) =>
    known !== undefined && nowMs - known.seenAtMs <= 3_600_000;
  for (const { repository, installationId } of seen)
    if (isOurs(repository, world) && !isFresh(next.get(repository)))
      next.set(repository, { repository, installationId, seenAtMs: nowMs });
  await keepRepositories(before, [...next.values()], world);
  await rememberNames(seen, world);
}

/** Those that only a list named come after all where jobs were seen, in the order of the list. */
export async function rememberListed(listed: readonly string[], world: ReaperWorld): Promise<void> {
  const before = await knownRepositories(world);
  const isOf = await mayHaveOurs(before, world);
  const still = before.filter(({ repository }) => isOf(repository));
  const active = still.filter(({ seenAtMs }) => seenAtMs > 0);
  const isActive = new Set(active.map(({ repository }) => repository));
  const quiet = new Set([
    ...listed.filter((repository) => isOurs(repository, world) && !isActive.has(repository)),
    ...still.filter(({ seenAtMs }) => seenAtMs === 0).map(({ repository }) => repository),
  ]);
  const unseen = [...quiet].map((repository) => ({ repository, installationId: null, seenAtMs: 0 }));
  await keepRepositories(before, [...active, ...unseen], world);
}

/**
 * What is allowed no more is looked at as long as its owner has something of ours alive. Then it is forgotten: the App
 * may have left that owner, and each look there would fail.
 */
async function mayHaveOurs(
  known: readonly KnownRepository[],
  world: ReaperWorld,
): Promise<(repository: string) => boolean> {
  if (known.every(({ repository }) => isOurs(repository, world))) return () => true;
  const { places, isWhole } = await placesAlive(world);
  const owners = new Set(places.map(({ repository }) => ownerOf(repository).toLowerCase()));
  const isAnywhere = !isWhole || owners.has('');
  return (repository) =>
    isAnywhere || isOurs(repository, world) || owners.has(ownerOf(repository).toLowerCase());
}

/** GitHub does not know them any more, or shows them to us no more. All at once: each write is of the whole list. */
export async function forgetRepositories(
  gone: ReadonlySet<string>,
  { ledger }: Pick<ReaperWorld, 'ledger'>,
): Promise<void> {
  await amend(ledger.notes, 'repositories', (note) => {
    const before = JSON.parse(note.text) as KnownRepository[];
    const left = before.filter(({ repository }) => !gone.has(repository));
    return left.length === before.length ? undefined : { ...note, text: JSON.stringify(left) };
  });
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
