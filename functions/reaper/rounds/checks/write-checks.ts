/** Tells authors, on the commit, what is with their jobs. Last and least: nothing else depends on it. */

import type { JobEntry, RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import { LEDGER_SCAN_MAX } from '../../../../shared/limits.ts';
import { currencyIn } from '../../../../shared/market/market.ts';
import { readMarkets } from '../../../../shared/market/read.ts';
import type { JobId } from '../../../../shared/nouns.ts';
import type { Audience } from '../../../../shared/story/describe-job.ts';
import { CHECK_FAILURES_MAX } from '../../../../shared/story/limits.ts';
import { ownerOf } from '../../survey/known.ts';
import type { Survey } from '../../survey/survey.ts';
import { untilDeadline } from '../../until-deadline.ts';
import type { ReaperWorld } from '../../world.ts';
import { type Budget, openBudget } from './budget.ts';
import { fateOf } from './decide.ts';
import type { Context } from './lines.ts';
import { placesInLine } from './places.ts';
import { lapsedRefusals, runsToTell, type ToldRun } from './runs.ts';
import { forget, tellRun } from './tell-run.ts';
import { at, nextTry } from './times.ts';

/** How many checks were written. What is left for time or budget comes first in a later sweep. */
export async function writeChecks(
  survey: Survey,
  uncovered: readonly Held<JobEntry>[],
  deadlineMs: number,
  world: ReaperWorld,
): Promise<number> {
  const { ledger, clock, config } = world;
  if (!config.github.checks || !survey.ledgerComplete) return 0;
  const nowMs = clock.nowMs();
  const { things: refusals } = await ledger.refusals.list(LEDGER_SCAN_MAX);
  const { things: checks } = await ledger.checks.list(LEDGER_SCAN_MAX);
  // What there is no time for lapses in a later sweep: there may be thousands.
  const halfMs = (nowMs + deadlineMs) / 2;
  await untilDeadline(lapsedRefusals(refusals, nowMs, world), halfMs, clock, (held) => forget(held, world));
  const runs = runsToTell({ jobs: survey.jobs, refusals, checks }, nowMs, world);
  const live = await dropOver(runs, nowMs, world);
  if (live.length === 0) return 0;

  const context = await contextOf(survey, uncovered, nowMs, world);
  const budget = await openBudget(ledger, nowMs);
  const written = await tellInTurn(live, context, budget, deadlineMs, world);
  await budget.keep();
  return written;
}

async function tellInTurn(
  runs: readonly ToldRun[],
  context: (run: ToldRun) => Context,
  budget: Budget,
  deadlineMs: number,
  world: ReaperWorld,
): Promise<number> {
  const count = { written: 0, nothing: 0, failed: 0, spent: 0 };
  for (const run of runs) {
    // Launches come first: authors are told a little later.
    const mayTell = world.github.mayAsk('look', ownerOf(run.repository));
    if (!mayTell || budget.isQuiet(run.repository)) continue;
    count[await tellRun(run, context(run), budget, world)]++;
    const isOut = count.spent > 0 || count.failed >= CHECK_FAILURES_MAX;
    if (isOut || world.clock.nowMs() >= deadlineMs) break;
  }
  return count.written;
}

/** Those of which there may be something to tell. */
async function dropOver(
  runs: readonly ToldRun[],
  nowMs: number,
  { ledger, log }: ReaperWorld,
): Promise<readonly ToldRun[]> {
  const live: ToldRun[] = [];
  for (const run of runs) {
    const { key, check, runId, repository } = run;
    const fate = fateOf(run, nowMs);
    if (fate === 'live') live.push(run);
    if (check === null || fate === 'live' || fate === 'kept') continue;
    const isGone = await ledger.checks.remove(key, check);
    if (isGone && fate === 'untold') log('check.dropped', { run: runId, repository });
  }
  return live;
}

async function contextOf(
  survey: Survey,
  uncovered: readonly Held<JobEntry>[],
  nowMs: number,
  { config, ledger, log }: ReaperWorld,
): Promise<(run: ToldRun) => Context> {
  const markets = await readMarkets(config, ledger.market, log);
  const currency = currencyIn(markets);
  const places = placesInLine(uncovered, await ledger.capacity.view(), config, nowMs);
  const runners = runnersByJob(
    survey.runners.map(({ entry }) => entry),
    survey.jobs,
  );
  return ({ isPublic }) => ({
    nowMs,
    audience: audienceOf(config.name, currency, isPublic, nowMs),
    runnersOf: (id) => runners.get(id) ?? [],
    aheadOf: (id) => places.get(id) ?? null,
  });
}

const audienceOf = (
  deployment: string,
  currency: string | null,
  isPublic: boolean,
  nowMs: number,
): Audience => ({
  ...{ deployment, currency, isPublic },
  since: (ms) => `since ${at(ms, nowMs)}`,
  next: (ms) => nextTry(ms, nowMs),
});

/** Those meant for it, those that run or ran it, and the one that GitHub says took it. */
function runnersByJob(
  runners: readonly RunnerEntry[],
  jobs: readonly Held<JobEntry>[],
): ReadonlyMap<JobId, readonly RunnerEntry[]> {
  const byName = new Map(runners.map((runner) => [runner.name as string, runner]));
  const found = new Map<JobId, Set<RunnerEntry>>();
  const add = (id: JobId | null, runner: RunnerEntry | undefined) => {
    if (id === null || runner === undefined) return;
    found.set(id, (found.get(id) ?? new Set()).add(runner));
  };
  for (const runner of runners) {
    add(runner.for, runner);
    add(runner.busyWith, runner);
    add(runner.ran?.id ?? null, runner);
  }
  for (const { entry } of jobs) add(entry.job.id, byName.get(entry.startedOn ?? ''));
  return new Map([...found].map(([id, each]) => [id, [...each]]));
}
