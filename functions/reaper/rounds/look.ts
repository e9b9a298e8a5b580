/** Looks at GitHub for jobs that nobody told us of, and for those that ended or started unnoticed. */

import { isKept } from '../../../shared/budget.ts';
import { ENDED_ASKS_CUT_MAX, ENDED_ASKS_MAX } from '../../../shared/github-limits.ts';
import { removeEntry } from '../../../shared/ledger/amend.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { hasEnded } from '../../../shared/ledger/read-history.ts';
import { LOST_JOB_MS } from '../../../shared/limits.ts';
import type { Job } from '../../../shared/nouns.ts';
import { markTaken, rememberAway } from '../looks.ts';
import { askRecord, type Evidence } from '../survey/evidence.ts';
import { type KnownRepository, ownerOf, rememberRepositories } from '../survey/known.ts';
import type { Survey } from '../survey/survey.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';
import { openAway } from './away/owners.ts';
import { askOverdue, dropAway, dropExpired, onOurs } from './expired.ts';
import { lookAtRuns, type Pick, pickOf, type SeenRuns } from './runs-in-turn.ts';
import { takeRecord } from './take-record.ts';
import { isUnheard, listRepositories, mayRest, nextInTurn, noteTurn, rememberTurn } from './turn.ts';

/** How many jobs were found that the ledger did not know so. */
export async function lookForJobs(
  survey: Survey,
  evidence: Evidence,
  deadlineMs: number,
  world: ReaperWorld,
): Promise<number> {
  await rememberRepositories(
    survey.jobs.map(({ entry }) => entry.job),
    world,
  );
  await listRepositories(world);
  const { inTurn, from, known } = await nextInTurn(world);
  const pick = pickOf(world);
  const away = await openAway(known, world);
  let found = 0;
  const failures: string[] = [];
  const left = await untilDeadline(inTurn, deadlineMs, world.clock, async (repository) => {
    if (mayRest(repository, survey, world)) return;
    const outcome = await tryToLook(
      repository,
      () => lookInto(repository, survey, { evidence, pick, away }, deadlineMs, world),
      world,
    );
    if (typeof outcome === 'number') found += outcome;
    else failures.push(outcome);
  });
  await rememberTurn(from + inTurn.length - (left?.count ?? 0), known, world);
  await away.keep(survey.jobs.map(({ entry }) => entry.job));
  await askOverdue(survey, new Set(inTurn.map(({ repository }) => repository)), world);
  await dropExpired(survey.jobs, world);
  if (failures.length > 0) throw new Error(`${failures.length} repositories: ${failures[0]}`);
  return found;
}

/** How many were found; or what failed. Where calls are kept back, even in the middle, its turn comes again. */
async function tryToLook(
  { repository }: KnownRepository,
  look: () => Promise<number>,
  { github }: ReaperWorld,
): Promise<number | string> {
  const mayLook = () => github.mayAsk('look', ownerOf(repository));
  if (!mayLook()) return 0;
  try {
    return await look();
  } catch (error) {
    if (isKept(error) || !mayLook()) return 0;
    return error instanceof Error ? error.message : 'unknown';
  }
}

interface Round {
  readonly evidence: Evidence;
  readonly pick: Pick;
  readonly away: Awaited<ReturnType<typeof openAway>>;
}

async function lookInto(
  repository: KnownRepository,
  survey: Survey,
  { evidence, pick, away }: Round,
  deadlineMs: number,
  world: ReaperWorld,
): Promise<number> {
  const jobs = survey.jobs.filter(({ entry }) => entry.job.repository === repository.repository);
  // Of those that we are told of, nothing more need be asked.
  const told = isUnheard(repository.repository, survey) ? [] : jobs;
  const nowMs = world.clock.nowMs();
  // What is listed is to be taken in time, too, or the next look would list it again.
  const asked = { pick, untilMs: nowMs + (deadlineMs - nowMs) / 2 };
  const seen = await lookAtRuns(repository, told, evidence.runs, asked, world).catch((error: unknown) =>
    away.nullIfLong(error, repository),
  );
  if (seen === null) return dropJobs(repository, jobs, survey, world);
  away.answered(repository);
  world.looks.away.delete(repository.repository);
  const known = new Map(jobs.map((held) => [held.entry.job.id, held]));
  const found = await countInTime(seen.records, deadlineMs, world, (record) =>
    takeRecord(record, known.get(record.job.id), world, jobs),
  );
  // What there was no time for is asked for again.
  if (world.clock.nowMs() < deadlineMs) markTaken(world.looks, seen.listed);
  const ended = await askEnded(seen, jobs, deadlineMs, world);
  if (seen.failures.length > 0) throw seen.failures[0];
  noteTurn(repository, found, world);
  return found + ended;
}

/** How many `act` says yes to. One that fails does not stop the rest. */
async function countInTime<Thing>(
  things: readonly Thing[],
  deadlineMs: number,
  { clock }: ReaperWorld,
  act: (thing: Thing) => Promise<boolean>,
): Promise<number> {
  let count = 0;
  const failures: unknown[] = [];
  await untilDeadline(things, deadlineMs, clock, async (thing) => {
    try {
      if (await act(thing)) count++;
    } catch (error) {
      failures.push(error);
    }
  });
  if (failures.length > 0) throw failures[0];
  return count;
}

/**
 * What runs on a machine of ours ends with it: until then its entry keeps the machine, and tells whose job it is when its end
 * comes by another name. A launch under way ends first, too: its job may be found by another name, and has one launch at a time.
 * So that it is not begun anew before each look, the next ones go without.
 */
async function dropJobs(
  { repository }: KnownRepository,
  jobs: readonly Held<JobEntry>[],
  survey: Survey,
  world: ReaperWorld,
): Promise<number> {
  const isOnOurs = onOurs(survey);
  rememberAway(world.looks, repository, world.clock.nowMs());
  for (const { entry } of jobs.filter((each) => !isOnOurs(each.entry))) {
    // Or its run would count as known, and unchanged.
    world.looks.runs.delete(entry.job.runId);
    await dropAway(entry, world);
  }
  return jobs.length;
}

/** Jobs that the ledger has and GitHub does not list as active: their own records tell how they ended. */
async function askEnded(
  seen: SeenRuns,
  jobs: readonly Held<JobEntry>[],
  deadlineMs: number,
  world: ReaperWorld,
): Promise<number> {
  const nowMs = world.clock.nowMs();
  const missing = jobs.filter(
    ({ entry }) => isMissing(entry.job, seen) && nowMs - entry.job.createdAtMs > LOST_JOB_MS,
  );
  // Of a list that was cut, those that it left out are asked about in turn.
  const max = seen.complete ? ENDED_ASKS_MAX : ENDED_ASKS_CUT_MAX;
  const from = missing.length <= max ? 0 : (Math.floor(nowMs / 60_000) * max) % missing.length;
  const asked = [...missing.slice(from), ...missing.slice(0, from)].slice(0, max);
  return countInTime(asked, deadlineMs, world, async ({ entry }) => {
    await settle(entry.job, world);
    return true;
  });
}

/** Its run is in no list, or its jobs were asked for just now, and it is not among them. */
function isMissing(job: Job, { live, listed, records }: SeenRuns): boolean {
  return listed.has(job.runId) ? !records.some((each) => each.job.id === job.id) : !live.has(job.runId);
}

/** An entry in both tables was left by a crash between the two writes of an end: GitHub need not be asked. */
async function settle(job: Job, world: ReaperWorld): Promise<void> {
  if (await hasEnded(job, world.ledger)) await removeEntry(world.ledger.jobs, job.id);
  else await askRecord(job, world);
}
