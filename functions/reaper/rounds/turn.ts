/** Whose turn it is to be looked at: repositories that we know, a few each sweep. */
import { lookShare } from '../../../shared/budget.ts';
import { LOOK_LOST_MS, LOOK_QUIET_MS, LOOK_TOLD_MS, QUIET_AFTER_MS } from '../../../shared/github-limits.ts';
import { amend } from '../../../shared/ledger/amend.ts';
import { LOOK_REPOSITORIES_MAX, REPOSITORY_LIST_MS } from '../../../shared/limits.ts';
import type { RepositoryName } from '../../../shared/nouns.ts';
import { rememberNames } from '../former-names.ts';
import { type KnownRepository, knownRepositories, ownersOf, rememberListed } from '../survey/known.ts';
import type { Survey } from '../survey/survey.ts';
import type { ReaperWorld } from '../world.ts';

const TURN = 'look';
const LISTED = 'repositories-listed';

interface Turn {
  readonly inTurn: readonly KnownRepository[];
  readonly from: number;
  readonly known: number;
}

/**
 * A bounded number each sweep, in turn; polling asks for as many as fit, since nobody else tells us. An unchanged
 * repository costs four calls that GitHub answers with 304 and does not count (GitHub docs, "Use conditional
 * requests"): at 200 ms a call and 8 at once, 60 take 6 s of the look's 12. With changes there are fewer as the hour's
 * calls sink, and those whose deliveries arrive come less often (docs/decisions/github-budget.md).
 */
export async function nextInTurn(world: ReaperWorld): Promise<Turn> {
  const { ledger, config, github, clock } = world;
  const known = await knownRepositories({ ledger });
  if (known.length === 0) return { inTurn: [], from: 0, known: 0 };
  const held = await ledger.notes.read(TURN);
  const from = held === null ? 0 : Number(held.entry.text) % known.length;
  const most = config.github.polling ? 3 * LOOK_REPOSITORIES_MAX : LOOK_REPOSITORIES_MAX;
  const shares = ownersOf(world).map((owner) => lookShare(github.budget(owner), clock.nowMs()));
  const width = Math.ceil(most * Math.max(0, ...shares));
  const inTurn = [...known.slice(from), ...known.slice(0, from)].slice(0, width);
  return { inTurn, from, known: known.length };
}

/**
 * The last look found nothing that deliveries had not told, and the next has time: the ledger has jobs of it, or there
 * was none for long. What GitHub could not deliver is asked for again in each sweep, whatever the repository.
 */
export function mayRest(
  { repository, seenAtMs }: KnownRepository,
  survey: Survey,
  world: ReaperWorld,
): boolean {
  const { looks, config, clock } = world;
  const last = looks.turns.get(repository);
  if (config.github.polling || last === undefined || isUnheard(repository, survey)) return false;
  const nowMs = clock.nowMs();
  if (nowMs - last.foundAtMs <= LOOK_LOST_MS) return false;
  const hasJobs = survey.jobs.some(({ entry }) => entry.job.repository === repository);
  const isQuiet = !hasJobs && nowMs - seenAtMs > QUIET_AFTER_MS;
  const restMs = isQuiet ? LOOK_QUIET_MS : LOOK_TOLD_MS;
  return (hasJobs || isQuiet) && nowMs - last.atMs < restMs;
}

/** A runner is busy there, and no delivery said with which job. */
export function isUnheard(repository: string, { runners }: Survey): boolean {
  return runners.some(
    ({ entry }) => entry.state === 'busy' && entry.busyWith === null && entry.repository === repository,
  );
}

export function noteTurn({ repository }: KnownRepository, found: number, world: ReaperWorld): void {
  const atMs = world.clock.nowMs();
  const foundAtMs = found > 0 ? atMs : (world.looks.turns.get(repository)?.foundAtMs ?? 0);
  world.looks.turns.set(repository, { atMs, foundAtMs });
}

/** Where the next sweep goes on: after those that there was time for. */
export async function rememberTurn(next: number, known: number, { ledger }: ReaperWorld): Promise<void> {
  if (known === 0) return;
  const held = await ledger.notes.read(TURN);
  const note = { text: String(next % known), untilMs: null };
  if (held === null) await ledger.notes.add(TURN, note);
  else if (held.entry.text !== note.text) await ledger.notes.replace(TURN, held, note);
}

/** Repositories that never sent us anything: asked for seldom, in polling each sweep. */
export async function listRepositories(world: ReaperWorld): Promise<void> {
  const { ledger, github, clock, config, log } = world;
  const held = await ledger.notes.read(LISTED);
  const nowMs = clock.nowMs();
  if (!config.github.polling && held !== null && nowMs - Number(held.entry.text) < REPOSITORY_LIST_MS) return;
  const listed: RepositoryName[] = [];
  for (const owner of ownersOf(world)) {
    try {
      const { things } = await github.repositories({ owner, repository: null, installationId: null });
      listed.push(...things);
    } catch (error) {
      // Where the App is not installed there is nothing to find, and elsewhere there may be.
      log('look.failed', { owner, error: error instanceof Error ? error.message : 'unknown' });
    }
  }
  const names = listed.map(({ repository }) => repository);
  await rememberListed(names, world);
  await rememberNames(listed, world);
  const note = { text: String(nowMs), untilMs: null };
  if (held === null) await ledger.notes.add(LISTED, note);
  else await amend(ledger.notes, LISTED, () => note, held);
}
