/** Mints the JIT config, then runs the first instance to be had. */

import { offeringKey } from '../../shared/advisor/fit.ts';
import type { Ranking } from '../../shared/advisor/rank.ts';
import { within } from '../../shared/advisor/spend.ts';
import { alertOnce } from '../../shared/alert-once.ts';
import type { JobEntry, RunnerEntry } from '../../shared/ledger/entries.ts';
import type { Held, SlotCost } from '../../shared/ledger/ledger.ts';
import { OFFERS_PER_LAUNCH_MAX, RETRY_MS, WALK_MAX_MS } from '../../shared/limits.ts';
import { runnerGroupOf, targetOf } from '../../shared/names.ts';
import type { Candidate, Target } from '../../shared/nouns.ts';
import type { MintOutcome } from '../../shared/ports.ts';
import { type Ahead, ahead } from './ahead.ts';
import { chooseBaked } from './images/baked.ts';
import { wordsOf } from './note-failure.ts';
import { noRefusals } from './refused.ts';
import { GITHUB_IS_SLOW, type Wait, wait } from './wait.ts';
import { type Launch, type Walk, type Way, walk } from './walk.ts';
import type { LauncherWorld, Outcome } from './world.ts';

type Minted = Extract<MintOutcome, { kind: 'minted' }>;

export async function mintAndRun(launch: Launch, world: LauncherWorld): Promise<Outcome> {
  const { job, runner } = launch;
  const { name } = runner.entry;
  const minted = await mint(job, runner.entry, () => undo(runner, null, world), world);
  if (minted.kind !== 'minted') return minted;

  // From here on an instance may be asked for; an entry without a runner id proves that none was.
  const { runnerId, jitConfig } = minted;
  const walks = launch.candidates;
  launch.gate.lookAgain();
  const held = await world.ledger.runners.replace(name, runner, { ...runner.entry, runnerId, walks });
  if (held === null) return undoUnwanted(runner, runnerId, world);

  return walkOrUndo({ ...launch, runner: held, jitConfig }, runnerId, await wayOf(launch, world), world);
}

/** Pure. A job may name one twice, or in another case, which is one to GitHub: what it says to a runner of both nobody knows. */
const withoutTwins = (labels: readonly string[]): readonly string[] =>
  labels.filter((label, at) => labels.findIndex((each) => each.toLowerCase() === label.toLowerCase()) === at);

/** Else the outcome of the launch. `takeBack`: what was written for it before. */
export async function mint(
  job: Held<JobEntry>,
  runner: RunnerEntry,
  takeBack: () => Promise<void>,
  world: LauncherWorld,
): Promise<Minted | Outcome> {
  const { name } = runner;
  const labels = withoutTwins(runner.labels);
  const target = targetOf(runner, world.config);
  const group = runnerGroupOf(job.entry.job, world.config);
  const minted = await world.github.mint(target, { name, labels, group });
  world.log('launch.minted', { job: job.entry.job.id, runner: name, outcome: minted.kind });
  if (minted.kind === 'minted') return minted;
  await takeBack();
  return wait(job, await unminted(minted, target, world), world);
}

/** Of a machine that is only made ready: no job can come to it, and nothing on it is a secret. */
export async function runUnregistered(launch: Launch, world: LauncherWorld): Promise<Outcome> {
  const { runner, candidates: walks } = launch;
  const held = await world.ledger.runners.replace(runner.entry.name, runner, { ...runner.entry, walks });
  if (held === null) return undoUnwanted(runner, null, world);
  return walkOrUndo({ ...launch, runner: held, jitConfig: null }, null, await wayOf(launch, world), world);
}

async function wayOf({ requirements: { image }, runner }: Launch, world: LauncherWorld): Promise<Way> {
  const untilMs = world.clock.nowMs() + WALK_MAX_MS;
  return { refusals: noRefusals(image), untilMs, baked: await chooseBaked(image, runner.entry, world) };
}

/** A registration is good for any machine, and costs GitHub two writes when it is of no use: it is given up when nothing else is to be had. */
async function walkOrUndo(
  launch: Walk,
  runnerId: number | null,
  way: Way,
  world: LauncherWorld,
): Promise<Outcome> {
  const walked = await walk(launch, way, world);
  if (walked.kind !== 'exhausted') return walked;
  const { runner } = launch;
  const candidates = walked.isFatal ? [] : await othersOf(launch, way, world);
  if (candidates.length === 0) {
    await undo(runner, runnerId, world);
    return wait(launch.job, { ...walked, obstacle: walked.isFatal ? 'refusal' : 'offer' }, world);
  }
  const walks = [...walksOf(launch), ...candidates];
  const held = await world.ledger.runners.replace(runner.entry.name, runner, { ...runner.entry, walks });
  if (held === null) return undoUnwanted(runner, runnerId, world);
  return walkOrUndo({ ...launch, runner: held, candidates }, runnerId, way, world);
}

/** Ranks with what was refused since. None that costs more than its slot counts for. */
export const againWith =
  (
    rankNow: (known: Ahead) => Promise<Pick<Ranking, 'candidates'> & { readonly hours: number | undefined }>,
    cost: SlotCost | null,
    known: Ahead,
    { unavailable }: Pick<LauncherWorld, 'unavailable'>,
  ): Launch['rankAgain'] =>
  async ({ diskGiB }) => {
    const { candidates, hours } = await rankNow({ ...known, unavailable: ahead(unavailable()) });
    return cost === null ? candidates : within(cost, candidates, diskGiB, hours);
  };

/** What this launch has not asked for yet. Where that cannot be told there is none: what was made is not left behind for it. */
async function othersOf(
  launch: Walk,
  { refusals, untilMs }: Way,
  { clock, log }: LauncherWorld,
): Promise<readonly Candidate[]> {
  const before = walksOf(launch);
  if (before.length >= OFFERS_PER_LAUNCH_MAX || clock.nowMs() > untilMs) return [];
  const isNew = (each: Candidate) => !before.some((other) => isSameOffer(each, other));
  const others = await launch.rankAgain(launch.requirements).catch((error: unknown) => {
    log('launch.ranked', { job: launch.job.entry.job.id, note: `no others: ${wordsOf(error)}` });
    return [];
  });
  return others.filter((each) => isNew(each) && !refusals.slow.has(each.region));
}

const walksOf = ({ runner }: Walk): readonly Candidate[] => runner.entry.walks ?? [];
const isSameOffer = (a: Candidate, b: Candidate): boolean =>
  a.placement === b.placement && offeringKey(a) === offeringKey(b);

async function unminted(
  minted: Exclude<MintOutcome, Minted>,
  { owner, repository }: Target,
  world: LauncherWorld,
): Promise<Wait> {
  if (minted.kind === 'throttled')
    return { because: GITHUB_IS_SLOW, nextTryAtMs: minted.retryAtMs, obstacle: null };
  const because = `GitHub gives no runner: ${minted.because}`;
  const whose = repository ?? owner;
  await alertOnce(`github-refuses-${whose}`, `${whose}: ${because}`, world);
  return { because, nextTryAtMs: world.clock.nowMs() + RETRY_MS, obstacle: 'refusal' };
}

/** While the lease lives, only the mark `unwanted` changes our entry. */
async function undoUnwanted(
  runner: Held<RunnerEntry>,
  runnerId: number | null,
  world: LauncherWorld,
): Promise<Outcome> {
  const now = await world.ledger.runners.read(runner.entry.name);
  if (now?.entry.isUnwanted !== true) return { kind: 'unknown', because: 'its entry was changed by another' };
  await undo(now, runnerId, world);
  return { kind: 'unwanted' };
}

/**
 * Takes back what a launch made before any instance: registration, slot, entry, in this order, so that what a
 * crash leaves is still known. A registration that GitHub calls busy is left to the sweep.
 */
export async function undo(
  held: Held<RunnerEntry>,
  runnerId: number | null,
  world: LauncherWorld,
): Promise<void> {
  const { entry } = held;
  const target = targetOf(entry, world.config);
  if (runnerId !== null && (await world.github.removeRunner(target, runnerId)) === 'busy') return;
  const removedAtMs = runnerId === null ? undefined : world.clock.nowMs();
  await world.ledger.capacity.handBack(entry.name, 0, removedAtMs);
  await world.ledger.runners.remove(entry.name, held);
}
