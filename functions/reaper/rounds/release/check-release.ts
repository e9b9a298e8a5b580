/**
 * Which runner launches install: GitHub's newest, once the regions have it. Says to each mirror which version and checksums
 * are wanted, looks what came of it, and writes the manifest.
 */
import * as z from 'zod';
import { alertOnce, resolveAlert } from '../../../../shared/alert-once.ts';
import { parseJson } from '../../../../shared/json.ts';
import type { Note } from '../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import { REPOSITORY_LIST_MS } from '../../../../shared/limits.ts';
import type { PublishedRelease } from '../../../../shared/ports.ts';
import { COPIES_NOTE, type Copies, Published, parseCopies } from '../../../../shared/runner/copies.ts';
import {
  bucketsWithout,
  NO_RUNNER_RELEASE,
  parseRunnerRelease,
  RUNNER_RELEASE_NOTE,
  type RunnerRelease,
} from '../../../../shared/runner/release.ts';
import { ownersOf } from '../../survey/known.ts';
import type { ReaperWorld } from '../../world.ts';
import { planCopies, type Seen } from './copies.ts';
import { keep, noteKept } from './keep.ts';
import { nextManifest, versionsToRemove } from './manifest.ts';

const WANTED_NOTE = 'runner-wanted';
const FRESH_KEPT_MS = 3_600_000;
const ALERT = 'bucket-copies';
/** A copy under way, or a placement that was just added, is no news. */
const PATIENCE_MS = 2 * 3_600_000;

export interface ReleaseReport {
  /** 'fresh', 'copying' while a region that wants a copy has none, 'kept' while they stay with the release before, or 'unknown'. */
  readonly word: 'fresh' | 'copying' | 'kept' | 'unknown';
  /** What launches install; null: no launch knows what to install. */
  readonly version: string | null;
  /** Null: nobody looked. */
  readonly copies: Copies | null;
}

/** `asked`: by a person, who does not wait for the next look. */
export async function checkRelease(
  world: ReaperWorld,
  asked: 'copy' | 'look' | null = null,
): Promise<ReleaseReport> {
  const { notes } = world.ledger;
  const held = await notes.read(RUNNER_RELEASE_NOTE);
  const before = held === null ? null : parseRunnerRelease(held.entry.text);
  const wanted = await wantedRelease(before, world);
  if (wanted === null) return { word: 'unknown', version: before?.version ?? null, copies: null };
  const { release, isNews } = wanted;
  if (!isNews && mayRest(asked, world) && before !== null && isComplete(before, release, world))
    return { word: 'fresh', version: before.version, copies: null };

  const seen = await lookEverywhere(release, world);
  const copies = await tendCopies(seen, release, { before, isAsked: asked === 'copy' }, world);
  await noteKept(seen, world);
  const manifest = nextManifest(before, release, regionsOf(seen, world), world.clock.nowMs());
  if (manifest !== null) await writeManifest(held, before, manifest, world);
  await tellLacking(copies, world);
  const version = manifest?.version ?? before?.version ?? null;
  if (manifest === null) return { word: 'kept', version, copies };
  return { word: isComplete(manifest, release, world) ? 'fresh' : 'copying', version, copies };
}

/** A person who asks wants to see what there is, where there is something to see. */
const mayRest = (asked: 'copy' | 'look' | null, { mirrors }: ReaperWorld): boolean =>
  asked === null || (asked === 'look' && mirrors.regions.length === 0);

const isComplete = (manifest: RunnerRelease, latest: PublishedRelease, { config }: ReaperWorld): boolean =>
  manifest.version === latest.version && bucketsWithout(config.placements, manifest.regions).length === 0;

/**
 * As GitHub said at most ten minutes ago; without mirrors, and with its newest written down, an hour. Null: nothing is
 * known, and GitHub cannot be asked now.
 */
async function wantedRelease(
  before: RunnerRelease | null,
  world: ReaperWorld,
): Promise<{ readonly release: PublishedRelease; readonly isNews: boolean } | null> {
  const { notes } = world.ledger;
  const nowMs = world.clock.nowMs();
  const held = await notes.read(WANTED_NOTE);
  const kept = held === null ? null : publishedIn(held.entry.text);
  const isRecent = kept !== null && (held?.entry.untilMs ?? 0) > nowMs;
  const hasCalls = ownersOf(world).every((owner) => world.github.mayAsk('look', owner));
  if (kept !== null && (isRecent || !hasCalls)) return { release: kept, isNews: false };
  if (!hasCalls) return null;
  const release = readable(await world.github.latestRunner());
  // With mirrors each look is also one at their buckets, which a person may empty.
  const isFresh = before?.version === release.version && world.mirrors.regions.length === 0;
  const untilMs = nowMs + (isFresh ? FRESH_KEPT_MS : REPOSITORY_LIST_MS);
  await keep(WANTED_NOTE, held, JSON.stringify(release), world, untilMs);
  return { release, isNews: true };
}

/** Throws what no launch could read: the manifest before stays. */
function readable(release: PublishedRelease): PublishedRelease {
  const read = Published.safeParse(release);
  if (read.success) return read.data;
  throw new Error(`the newest runner is not to be read\n${z.prettifyError(read.error)}`);
}

const publishedIn = (text: string): PublishedRelease | null =>
  Published.safeParse(parseJson(text)).data ?? null;

/** A mirror that does not answer takes nothing from the others. */
function lookEverywhere(release: PublishedRelease, { mirrors, log }: ReaperWorld): Promise<Seen[]> {
  return Promise.all(
    mirrors.regions.map(async (region): Promise<Seen> => {
      try {
        const state = await mirrors.look(region, release);
        return { region, state: state.version === release.version ? state : null, because: null };
      } catch (error) {
        const because = error instanceof Error ? error.message.slice(0, 300) : 'unknown';
        log('mirror.not_seen', { region, because });
        return { region, state: null, because };
      }
    }),
  );
}

/** Of the placements alone: nobody boots where only the source is. */
const regionsOf = (seen: readonly Seen[], { config }: ReaperWorld) => {
  const boots = new Set(config.placements.map(({ region }) => region));
  const where = (isThere: (each: Seen) => boolean) =>
    seen.filter((each) => boots.has(each.region) && isThere(each)).map(({ region }) => region);
  return {
    copied: where(({ state }) => state?.isWhole === true),
    lacking: where(({ state }) => state?.isWhole === false),
    unknown: where(({ state }) => state === null),
  };
};

async function tendCopies(
  seen: readonly Seen[],
  release: PublishedRelease,
  { before, isAsked }: { readonly before: RunnerRelease | null; readonly isAsked: boolean },
  world: ReaperWorld,
): Promise<Copies> {
  const { ledger, clock, config, mirrors, log } = world;
  const held = await ledger.notes.read(COPIES_NOTE);
  const had = held === null ? null : parseCopies(held.entry.text);
  const nowMs = clock.nowMs();
  const placements = config.placements.map(({ region }) => region);
  const about = { version: release.version, seen, placements, isAsked, nowMs };
  const { copies, ask } = planCopies(had, about);
  await keep(COPIES_NOTE, held, JSON.stringify(copies), world);
  const remove = versionsToRemove(before, release.version, nowMs);
  for (const region of ask) {
    // One that is not accepted is asked for again, like one that came to nothing.
    const because = await mirrors.copy(region, release, remove).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : 'unknown'),
    );
    log('mirror.asked', { region, version: release.version, because });
  }
  return copies;
}

async function writeManifest(
  held: Held<Note> | null,
  before: RunnerRelease | null,
  manifest: RunnerRelease,
  world: ReaperWorld,
): Promise<void> {
  const text = JSON.stringify(manifest);
  if (text === held?.entry.text) return;
  // Another writer was faster, from the same release: the next look writes again what is still to be written.
  if (!(await keep(RUNNER_RELEASE_NOTE, held, text, world))) return;
  world.log('release.written', { version: manifest.version, regions: manifest.regions.length });
  if (before === null) await resolveAlert(NO_RUNNER_RELEASE, world);
}

async function tellLacking({ version, lackingSinceMs, regions }: Copies, world: ReaperWorld): Promise<void> {
  if (lackingSinceMs === null) return resolveAlert(ALERT, world);
  if (world.clock.nowMs() - lackingSinceMs < PATIENCE_MS) return;
  const lacking = Object.entries(regions).filter(([, { isWhole }]) => !isWhole);
  const reasons = lacking.map(([region, { because }]) => `${region} (${because ?? 'no reason is known'})`);
  await alertOnce(
    ALERT,
    `Not every bucket has the runner ${version}: ${reasons.join(', ')}. Machines there get an older one, or fetch it from GitHub. Run npm run mirror: it asks for the copies again and shows how they get on.`,
    world,
  );
}
