/** Puts one runner under one queued job. */

import { whyNever } from '../../shared/advisor/never.ts';
import { type Ranking, rank } from '../../shared/advisor/rank.ts';
import { slotCost, spendLimits } from '../../shared/advisor/spend.ts';
import { alertOnce } from '../../shared/alert-once.ts';
import { RUN_UNKNOWN } from '../../shared/job/forks.ts';
import { expectedHours, ownHours, rerunOn } from '../../shared/job/hours.ts';
import { parseLabels, whyNotAllowed } from '../../shared/job/labels.ts';
import type { JobEntry } from '../../shared/ledger/entries.ts';
import type { Held, SlotCost } from '../../shared/ledger/ledger.ts';
import { recordRefusal } from '../../shared/ledger/record-refusal.ts';
import { RETRY_MS } from '../../shared/limits.ts';
import type { Requirements } from '../../shared/nouns.ts';
import { NO_RUNNER_RELEASE } from '../../shared/runner/release.ts';
import { type Ahead, ahead, readAhead } from './ahead.ts';
import { type Announced, announce } from './announce.ts';
import { againWith, mintAndRun, undo } from './mint-and-run.ts';
import { unavailableWith } from './misfit.ts';
import { noteIfThrown } from './note-failure.ts';
import { askIfLate, leaveEnded, type Opened, openJob } from './open.ts';
import { openQuotaGate, type QuotaGate } from './quota.ts';
import { tellOfRefusal } from './refused.ts';
import { untilJudged, type Wait, wait } from './wait.ts';
import { takeWarm } from './warm/take.ts';
import type { LaunchEvent, LauncherWorld, Outcome } from './world.ts';

export async function launch(event: LaunchEvent, world: LauncherWorld): Promise<Outcome> {
  const understood = parseLabels(event.job.labels, event.job.repository, world.config);
  if (understood.kind === 'foreign') return understood;
  if (understood.kind === 'refused') return refuse(event, understood.because, world);
  const objection = whyNotAllowed(event.job, world.config);
  if (objection !== null) return refuse(event, objection, world);

  const known = readAhead(event.kind === 'queued' ? event.job : null, world);
  const forks = ahead(world.whyForkRefused(event.job));
  const opened = await openJob(event, known, world);
  if (opened === 'known') return { kind: 'known' };
  const { requirements } = understood;
  const launched = async () => {
    const late = await askIfLate(event, opened.isOver, world);
    const refusal = late ?? (await forks.catch((error: unknown) => untilJudged(error, world)));
    return refusal === null
      ? launchFor(opened, requirements, known, event, world)
      : turnAway(opened, refusal, event, world);
  };
  return noteIfThrown(opened.job, launched, world);
}

async function launchFor(
  { job, isOver }: Opened,
  requirements: Requirements,
  known: Ahead,
  event: LaunchEvent,
  world: LauncherWorld,
): Promise<Outcome> {
  const taken = await takeWarm(job, { ...known, isOver, hasTurn: hasTurn(event) }, world);
  if (taken !== null) return taken;
  const gate = openQuotaGate(job.entry, await known.quotas, event, world);
  const ranking = await rankFor(job, requirements, known, gate, world);
  const release = await known.release;
  const { candidates } = ranking;
  if (candidates.length === 0 || release === null) {
    if (await isOver) return leaveEnded(job.entry.job, world);
    return candidates.length > 0
      ? waitForRelease(job, world)
      : waitForOffer({ job, requirements, ranking, gate }, known, event, world);
  }

  const cost = costOf(ranking, requirements, world);
  const runner = await announce(event, job, requirements, { cost, widths: await known.widths }, world);
  if (await isOver) return undoEnded(job, runner, world);
  if (runner.kind !== 'announced') return runner;
  const rankAgain = againWith((now) => rankFor(job, requirements, now, gate, world), cost, known, world);
  const launch = { job, runner: runner.held, requirements, candidates, release, gate, rankAgain };
  return mintAndRun(launch, world);
}

const hasTurn = (event: LaunchEvent): boolean => event.kind === 'due' && event.hasTurn;

async function turnAway(
  { job, isOver }: Opened,
  because: string | Wait,
  event: LaunchEvent,
  world: LauncherWorld,
): Promise<Outcome> {
  if (await isOver) return leaveEnded(event.job, world);
  if (typeof because !== 'string') return wait(job, because, world);
  return because === RUN_UNKNOWN
    ? waitAMinute(job, { because, obstacle: 'refusal' }, world)
    : refuse(event, because, world);
}

/** It had ended before we began. */
async function undoEnded(
  { entry: { job } }: Held<JobEntry>,
  runner: Announced,
  world: LauncherWorld,
): Promise<Outcome> {
  if (runner.kind === 'announced') await undo(runner.held, null, world);
  return leaveEnded(job, world);
}

/** Null: money is not bounded. */
export const costOf = (
  { candidates, hours }: Ranked,
  { diskGiB }: Requirements,
  { config }: LauncherWorld,
): SlotCost | null => (spendLimits(config) === null ? null : slotCost(candidates, diskGiB, hours));

/** Written to `history`, so that a typo in a label can be explained. */
async function refuse(event: LaunchEvent, because: string, world: LauncherWorld): Promise<Outcome> {
  world.log('launch.refused', { job: event.job.id, repository: event.job.repository, because });
  await recordRefusal(event.job, because, world);
  const held = await world.ledger.jobs.read(event.job.id);
  if (held !== null) await world.ledger.jobs.remove(event.job.id, held);
  await tellOfRefusal(event.job, because, world);
  return { kind: 'refused', because };
}

export async function rankFor(
  held: Held<JobEntry>,
  requirements: Requirements,
  known: Ahead,
  { withheld }: QuotaGate,
  world: LauncherWorld,
): Promise<Ranked> {
  const { config, clock, log } = world;
  const { job, firstTryAtMs, offSpot } = held.entry;
  const nowMs = clock.nowMs();
  const [markets, unavailable, seen] = await Promise.all([known.markets, known.unavailable, known.hours]);
  const hours = expectedHours(job, seen);
  const ranking = rank({
    ...{ requirements, config, markets, withheld, ...(hours === undefined ? {} : { hours }) },
    unavailable: unavailableWith(requirements.image, unavailable, config),
    ...{ nowMs, firstTryAtMs, offSpot, rerun: rerunOn(job.runAttempt, ownHours(job, seen)) },
  });
  for (const note of ranking.notes) log('launch.ranked', { job: job.id, note });
  return { ...ranking, hours };
}

/** With how long the job is expected to run. */
type Ranked = Ranking & { readonly hours: number | undefined };

interface Offerless {
  readonly job: Held<JobEntry>;
  readonly requirements: Requirements;
  readonly ranking: Ranking;
  readonly gate: QuotaGate;
}

async function waitForOffer(
  { job, requirements, ranking: { leftOut }, gate }: Offerless,
  known: Ahead,
  event: LaunchEvent,
  world: LauncherWorld,
): Promise<Outcome> {
  const never = whyNever(requirements, world.config, await known.markets, world.clock.nowMs());
  if (never !== null) return refuse(event, never, world);
  const refusals = leftOut.map(({ what, because }) => `left out because ${because}: ${what}`);
  const because = whyNothing(leftOut, world.config);
  const nowMs = world.clock.nowMs();
  const onDemandAtMs = job.entry.firstTryAtMs + world.config.spot.patience;
  const quota = gate.waitAfter(leftOut.filter(isFitting), nowMs, onDemandAtMs);
  // For a quota it is due at once: the sweep starts as many as there is room for, the oldest first.
  const nextTryAtMs = quota === null ? nowMs + RETRY_MS : nowMs;
  return wait(job, { because, nextTryAtMs, obstacle: 'offer', isUntried: true, refusals, quota }, world);
}

const waitAMinute = (
  job: Held<JobEntry>,
  why: Omit<Wait, 'nextTryAtMs'>,
  world: LauncherWorld,
): Promise<Outcome> => wait(job, { ...why, nextTryAtMs: world.clock.nowMs() + RETRY_MS }, world);

const isFitting = ({ because }: Ranking['leftOut'][number]): boolean => !/no (?:label|profile)/.test(because);

/** Pure: in one clause; each offering is in the trail. */
function whyNothing(leftOut: Ranking['leftOut'], { placements }: LauncherWorld['config']): string {
  const reasons = leftOut.filter(isFitting).map(({ because }) => because);
  if (reasons.length > 0) return `each offer that fits is out: ${reasons.slice(0, 3).join(', or ')}`;
  const regions = placements.map(({ region }) => region).join(' and ');
  return `no instance type in ${regions} has what its labels ask for`;
}

/** Nobody knows which runner to install: the mirror has not run since the deployment. */
async function waitForRelease(job: Held<JobEntry>, world: LauncherWorld): Promise<Outcome> {
  const because = 'the mirror has no runner release yet';
  await alertOnce(NO_RUNNER_RELEASE, `No job can start: ${because}. Run: npm run mirror`, world);
  return waitAMinute(job, { because, obstacle: 'refusal' }, world);
}
