/** Diagnoses everything that the survey saw, and does what is asked for, as far as number and time go. */

import { isKept } from '../../../shared/budget.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { CapacityView, Held } from '../../../shared/ledger/ledger.ts';
import { SWEEP_ACTS_MAX } from '../../../shared/limits.ts';
import { isOfOtherHost } from '../../../shared/names.ts';
import type { RunnerName } from '../../../shared/nouns.ts';
import { parseRunnerRelease, RUNNER_RELEASE_NOTE } from '../../../shared/runner/release.ts';
import { poolsAt } from '../../../shared/warm/pools.ts';
import { finishTogether } from '../ending/together.ts';
import { type Idle, standingOf } from '../events/held.ts';
import { shortIn } from '../own-limits.ts';
import type { Evidence } from '../survey/evidence.ts';
import { type Matching, match } from '../survey/match.ts';
import { type Observation, observe, strangersIn } from '../survey/observe.ts';
import { freePointers, movePointers } from '../survey/pointers.ts';
import { reportStrangers } from '../survey/strangers.ts';
import type { Survey } from '../survey/survey.ts';
import { planWarm, type WarmPlan } from '../survey/warm.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld, Together } from '../world.ts';
import { act } from './act.ts';
import { diagnose } from './diagnose.ts';
import { type Diagnosed, hasCalls, inTurn, rememberLeft } from './in-turn.ts';
import { entryWithSeen, keepSeen } from './seen.ts';
import { isUsable, standsBy } from './usable.ts';
import { type Coverage, wholeFor } from './verdict.ts';

export interface Repaired {
  /** Waiting jobs with no runner coming. */
  readonly uncovered: readonly Held<JobEntry>[];
  /** Runners that may still take the job that they are matched with. */
  readonly coming: readonly { readonly runner: RunnerEntry; readonly job: JobEntry }[];
  /** Registered, or about to be, for jobs that have others: the next job may take one. The readiest first. */
  readonly spare: readonly RunnerName[];
  /** What is to be made for jobs to come. */
  readonly wanting: WarmPlan['wanting'];
  /** Runners that can take no job any more. */
  readonly spent: readonly Observation[];
  /** By verdict, and `leftOver`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

export async function repair(
  survey: Survey,
  evidence: Evidence,
  deadlineMs: number,
  world: ReaperWorld,
): Promise<Repaired> {
  const hasPools = world.config.warm.length > 0;
  const version = hasPools ? await releaseVersion(world) : '';
  const view = hasPools ? await world.ledger.capacity.view() : null;
  const { matching, diagnosed, spent, coming, warm } = diagnoseAll(survey, version, view, world);
  const spare = spareIn(diagnosed, matching);
  await movePointers(matching, world);
  await freePointers(
    diagnosed.map(({ observation }) => observation),
    new Set(spare),
    world,
  );
  await reportStrangers(strangersIn(survey, world.config), world);
  const wanted = await inTurn(
    diagnosed.filter(
      ({ verdict, observation }) => verdict.kind !== 'keep' || entryWithSeen(observation) !== undefined,
    ),
    world,
  );
  const now = wanted.slice(0, SWEEP_ACTS_MAX);
  const failures: string[] = [];
  const together: Together = { deletions: [], closings: [] };
  const left = await untilDeadline(
    now,
    deadlineMs,
    world.clock,
    async (each) => {
      const failure = await actOne(each, evidence, { ...world, together });
      if (failure !== null) failures.push(failure);
    },
    (each) => hasCalls(each, world),
  );
  failures.push(...(await finishTogether(together, world)));
  await rememberLeft(left?.first ?? wanted[SWEEP_ACTS_MAX], world);
  const counts = { ...countsOf(diagnosed), leftOver: wanted.length - now.length + (left?.count ?? 0) };
  return { uncovered: matching.uncovered, coming, spare, wanting: warm.wanting, spent, counts, failures };
}

const releaseVersion = async ({ ledger }: ReaperWorld): Promise<string> =>
  parseRunnerRelease((await ledger.notes.read(RUNNER_RELEASE_NOTE))?.entry.text ?? '')?.version ?? '';

/** Pure, but for the time. `version`: of the runner that is installed now. */
function diagnoseAll(
  survey: Survey,
  version: string,
  view: CapacityView | null,
  { config, clock }: ReaperWorld,
) {
  const nowMs = clock.nowMs();
  const coverageOf = (each: Observation): Coverage => ({
    nowMs,
    surveyAtMs: survey.atMs,
    ...wholeFor(each, survey, config),
  });
  const observations = observe(survey, config);
  const isStillUsable = (each: Observation) =>
    !isOfOtherHost(each.held?.entry ?? {}, config) && isUsable(coverageOf(each), each);
  const usable = observations.flatMap((each) =>
    each.held !== null && isStillUsable(each) ? [each.held] : [],
  );
  const matching = match(survey.jobs, usable, config.github.scope === 'repository');
  const isStandby = (each: Observation) => standsBy(survey.atMs, each);
  const free = [
    ...entriesOf(usable).filter(({ name }) => !matching.wanted.has(name)),
    ...observations.filter(isStandby).flatMap(({ held }) => held?.entry ?? []),
  ];
  const entries = entriesOf(survey.runners);
  const short = shortIn(view, entries, entriesOf(matching.uncovered), config, nowMs);
  const warm = planWarm(poolsAt(config, nowMs), free, { entries, config, version, nowMs, short });
  const matched = observations.map((each) => ({
    ...each,
    waiting: matching.wanted.get(each.name) ?? null,
    isWarm: warm.kept.has(each.name as RunnerName),
  }));
  const standing = standingOf(matched.flatMap(idleFor), entriesOf(survey.jobs), nowMs);
  const diagnosed: readonly Diagnosed[] = matched
    .map((each) => ({ ...each, standing: standing.get(each.name as RunnerName) ?? null }))
    .map((observation) => ({ observation, verdict: diagnose(coverageOf(observation), observation) }));
  const coming = usable.flatMap(({ entry: runner }) => {
    const job = matching.wanted.get(runner.name);
    return job === undefined ? [] : [{ runner, job }];
  });
  const spent = observations.filter((each) => each.held !== null && !isStillUsable(each) && !isStandby(each));
  return { matching, diagnosed, coming, spent, warm };
}

function idleFor({ held, registration, waiting }: Observation): Idle[] {
  if (held?.entry.state !== 'idle' || waiting === null || registration?.isOnline !== true) return [];
  return registration.isBusy ? [] : [{ runner: held.entry, job: waiting }];
}

const entriesOf = <Entry>(held: readonly Held<Entry>[]): Entry[] => held.map(({ entry }) => entry);

/** Pure. Of those that it leaves as they are: nobody is sent to one that goes in this sweep. */
function spareIn(diagnosed: readonly Diagnosed[], { usable, wanted }: Matching): RunnerName[] {
  const isLeft = new Set(
    diagnosed.flatMap(({ observation: { name, isWarm }, verdict: { kind } }) =>
      !isWarm && (kind === 'keep' || kind === 'sight' || kind === 'online') ? [name] : [],
    ),
  );
  return usable
    .filter(({ entry: { name, state } }) => state !== 'launching' && !wanted.has(name) && isLeft.has(name))
    .map(({ entry }) => entry.name);
}

/** Null: done. One failure does not stop the rest. */
async function actOne(
  { observation, verdict }: Diagnosed,
  evidence: Evidence,
  world: ReaperWorld,
): Promise<string | null> {
  const fields = { runner: observation.name, verdict: verdict.kind, because: verdict.because };
  try {
    await act(await keepSeen(observation, world), verdict, evidence, world);
    world.log('reap.acted', fields);
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    world.log('reap.failed', { ...fields, error: reason });
    if (isKept(error)) return null;
    return `${verdict.kind} of ${observation.name}: ${reason}`;
  }
}

function countsOf(diagnosed: readonly Diagnosed[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verdict } of diagnosed) counts[verdict.kind] = (counts[verdict.kind] ?? 0) + 1;
  return counts;
}
