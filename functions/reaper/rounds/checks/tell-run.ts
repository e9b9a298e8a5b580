/** Tells one run: what is to be said, whether it is due, and what became of it. */

import type { CheckEntry, CheckLine } from '../../../../shared/check-runs/check-entry.ts';
import type { CheckOutcome, CheckRun } from '../../../../shared/check-runs/check-runs.ts';
import { inParallel } from '../../../../shared/in-parallel.ts';
import { amend } from '../../../../shared/ledger/amend.ts';
import type { RefusalEntry } from '../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import { SWEEP_PARALLEL_MAX } from '../../../../shared/limits.ts';
import { targetOf } from '../../../../shared/names.ts';
import { describeRun, type RunDescription } from '../../../../shared/story/describe-run.ts';
import {
  CHECK_JOBS_MAX,
  CHECK_PAUSE_MS,
  CHECK_QUIET_MS,
  CHECK_TRIES_MAX,
} from '../../../../shared/story/limits.ts';
import { ownerOf } from '../../survey/known.ts';
import type { ReaperWorld } from '../../world.ts';
import type { Budget } from './budget.ts';
import { digestOf, isDone, isDue, reopened } from './decide.ts';
import { type Context, linesOf } from './lines.ts';
import { locate, whereItIs } from './locate.ts';
import type { ToldRun } from './runs.ts';

export type Told = 'written' | 'nothing' | 'failed' | 'spent';

/** Its entry is written before GitHub is told, and after: one whose answer was lost is looked for by its external id, and told again. */
export async function tellRun(
  run: ToldRun,
  context: Context,
  budget: Budget,
  world: ReaperWorld,
): Promise<Told> {
  try {
    return await tell(run, context, budget, world);
  } catch (error) {
    const because = error instanceof Error ? error.message : 'unknown';
    world.log('check.failed', { run: run.runId, repository: run.repository, error: because });
    budget.quieten(run.repository, context.nowMs + CHECK_PAUSE_MS);
    return 'failed';
  }
}

async function tell(known: ToldRun, context: Context, budget: Budget, world: ReaperWorld): Promise<Told> {
  const run = reopened(known);
  const before = run.check?.entry ?? null;
  if (before?.isClosed) return forgetRefusals(run, world);
  const lines = await linesOf(run, context, world);
  const words = describeRun(lines, linkTo(run, world));
  const digest = digestOf(words);
  if (before?.said === digest) return noteLast(run, lines, world);
  if (!isDue(before, lines, digest, context.nowMs)) return 'nothing';
  if (!budget.spend()) return 'spent';
  const located = await locate(run, lines, world);
  if (located === null || located.entry.headSha === '') return 'nothing';
  if (located.entry.isClosed) return forgetRefusals(run, world);
  return put({ run, held: located, lines, digest }, words, budget, world);
}

async function put(
  telling: Telling,
  words: RunDescription,
  budget: Budget,
  world: ReaperWorld,
): Promise<Told> {
  const { run, held: located } = telling;
  const check = { ...checkOf(run, located.entry, world), ...words };
  const found = await whereItIs(check, located, run, world);
  if (found === 'unproven') return 'nothing';
  if (typeof found === 'object' && found !== null) return note(found, telling, budget, world);
  // A sweep that looked before another told must not tell after it.
  const intended = intention(located.entry, found, world.clock.nowMs());
  const held = await world.ledger.checks.replace(run.key, located, intended);
  if (held === null) return 'nothing';
  const outcome = await world.github.writeCheck(targetOf(run, world.config), run.repository, check, found);
  return note(outcome, { ...telling, held }, budget, world);
}

/** From here on it may be there, whatever lists showed before. */
const intention = (entry: CheckEntry, checkId: number | null, nowMs: number): CheckEntry => ({
  ...{ ...entry, checkId, absentSinceMs: null, said: '' },
  owedSinceMs: entry.said === '' ? (entry.owedSinceMs ?? nowMs) : nowMs,
});

function linkTo({ repository, runId }: ToldRun, { config }: ReaperWorld): (id: number) => string {
  const base = config.github.baseUrl.replace(/\/+$/, '');
  return (id) => `${base}/${repository}/actions/runs/${runId}/job/${id}`;
}

function checkOf(
  { key, repository, runId, attempt }: ToldRun,
  { headSha, name }: CheckEntry,
  { config }: ReaperWorld,
): Omit<CheckRun, 'title' | 'summary'> {
  const base = config.github.baseUrl.replace(/\/+$/, '');
  const detailsUrl = `${base}/${repository}/actions/runs/${runId}/attempts/${attempt}`;
  return { headSha, name, externalId: `${config.name}-${key}`, detailsUrl };
}

interface Telling {
  readonly run: ToldRun;
  readonly held: Held<CheckEntry>;
  readonly lines: readonly CheckLine[];
  readonly digest: string;
}

async function note(
  outcome: CheckOutcome,
  { run, held, lines, digest }: Telling,
  budget: Budget,
  world: ReaperWorld,
): Promise<Told> {
  const { ledger, log, clock } = world;
  const { key, repository, runId } = run;
  const saidAtMs = clock.nowMs();
  switch (outcome.kind) {
    case 'written': {
      const { checkId } = outcome;
      log('check.written', { run: runId, repository, check: checkId, jobs: lines.length });
      const next = { ...held.entry, checkId, lines, said: digest, saidAtMs, refusals: 0 };
      const noted = await ledger.checks.replace(key, held, next);
      // Two told at once: whose words GitHub shows is not known, and the next sweep says them again.
      if (noted === null) await amend(ledger.checks, key, (entry) => ({ ...entry, said: '' }));
      else await forgetRefusals(run, world);
      return 'written';
    }
    case 'refused': {
      const refusals = held.entry.refusals + 1;
      const isClosed = refusals >= CHECK_TRIES_MAX;
      log('check.refused', { run: runId, repository, because: outcome.because, isClosed });
      // A check that is there is not looked for: a list that lacks it for once would make a second one.
      const checkId = outcome.isGone ? null : held.entry.checkId;
      await ledger.checks.replace(key, held, {
        ...held.entry,
        ...{ checkId, lines, saidAtMs, refusals, isClosed },
      });
      return 'nothing';
    }
    case 'not-permitted':
      log('check.not_permitted', { repository, because: outcome.because });
      budget.quieten(ownerOf(repository), saidAtMs + CHECK_QUIET_MS);
      return 'nothing';
    case 'throttled':
      log('check.throttled', { repository, until: new Date(outcome.retryAtMs).toISOString() });
      budget.quieten(null, outcome.retryAtMs);
      return 'spent';
  }
}

/** The same words may be the last by now: then the entry has its end. */
async function noteLast(run: ToldRun, lines: readonly CheckLine[], world: ReaperWorld): Promise<Told> {
  const { key, check } = run;
  if (check !== null && !isDone(check.entry) && isDone({ ...check.entry, lines }))
    await world.ledger.checks.replace(key, check, { ...check.entry, lines });
  return forgetRefusals(run, world);
}

/** They are in the check's entry, or nobody will be told. A run may have thousands: the rest goes with the next sweeps. */
async function forgetRefusals({ refused }: ToldRun, world: ReaperWorld): Promise<Told> {
  await inParallel(refused.slice(0, CHECK_JOBS_MAX), SWEEP_PARALLEL_MAX, (held) => forget(held, world));
  return 'nothing';
}

/** One that stays is forgotten by a later sweep. */
export async function forget(held: Held<RefusalEntry>, { ledger, log }: ReaperWorld): Promise<void> {
  const { id } = held.entry.job;
  await ledger.refusals.remove(id, held).catch((error: unknown) => {
    log('refusal.kept', { job: id, error: error instanceof Error ? error.message : 'unknown' });
  });
}
