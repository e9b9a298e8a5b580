/** A job takes a machine that stands stopped: the pointer moves, a registration is minted, and the machine is started with it. */
import { keysOf } from '../../../shared/advisor/rank.ts';
import { parseLabels } from '../../../shared/job/labels.ts';
import { mergeTrail } from '../../../shared/ledger/amend.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { LEASE_MS } from '../../../shared/limits.ts';
import { registeredAt } from '../../../shared/names.ts';
import type { RunOutcome } from '../../../shared/ports.ts';
import { scopesOf } from '../../../shared/quota/learned-limits.ts';
import { COLD_AFTER_START_MS, START_TRIES_MS, STARTS_PER_LAUNCH_MAX } from '../../../shared/warm/limits.ts';
import { withStoppedMs } from '../../../shared/warm/standby.ts';
import type { Ahead } from '../ahead.ts';
import type { Installed } from '../boot.ts';
import { explainRefusal } from '../explain-refusal.ts';
import { noRefusals, type Refusals, takeRefusal } from '../refused.ts';
import { wait } from '../wait.ts';
import type { LauncherWorld, Outcome } from '../world.ts';
import { settle } from './settle.ts';
import { type AtRest, giveUp, mintInPace, note, type Taken } from './taken.ts';

export const isAtRest = (entry: RunnerEntry): entry is AtRest =>
  entry.state === 'booting' &&
  entry.standby === 'stopped' &&
  entry.candidate !== null &&
  entry.instanceId !== null &&
  entry.region !== null;

type Known = Pick<Ahead, 'release' | 'unavailable'> & {
  /** The sweep's plan gave the job its turn. */
  readonly hasTurn: boolean;
};

/** Null: none could be started, and no start is open: the job is launched for. `stopped`: those that would do. */
export async function startStopped(
  job: Held<JobEntry>,
  stopped: readonly Held<RunnerEntry>[],
  known: Known,
  world: LauncherWorld,
): Promise<Outcome | null> {
  const { clock } = world;
  const release = stopped.length === 0 ? null : await known.release;
  if (release === null) return null;
  const beganMs = clock.nowMs();
  const refusals = { ...noRefusals(''), out: new Set((await known.unavailable).keys()) };
  const mayTry = (tries: number) =>
    tries < STARTS_PER_LAUNCH_MAX && clock.nowMs() - beganMs <= START_TRIES_MS;
  let tries = 0;
  for (const each of stopped.toSorted(byAge)) {
    const runner = mayTry(tries) ? await take(each, job, refusals, world) : null;
    if (runner === null) continue;
    tries++;
    const outcome = await start({ job, runner, release, refusals, hasTurn: known.hasTurn }, world);
    if (outcome !== null) return outcome;
  }
  return clock.nowMs() - beganMs <= COLD_AFTER_START_MS ? null : waitForSweep(job, world);
}

function waitForSweep(job: Held<JobEntry>, world: LauncherWorld): Promise<Outcome> {
  const because = 'the stopped runners for it took long to be tried, and none could be started';
  return wait(job, { because, nextTryAtMs: world.clock.nowMs(), obstacle: null }, world);
}

/** The oldest has the least time left. */
const byAge = ({ entry: a }: Held<RunnerEntry>, { entry: b }: Held<RunnerEntry>): number =>
  a.createdAtMs - b.createdAtMs || (a.name < b.name ? -1 : 1);

/** From here on it is a launch under lease as any other: what we leave behind is the sweep's. Null: it cannot be had, or another took it. */
async function take(
  { entry, rev }: Held<RunnerEntry>,
  { entry: { job } }: Held<JobEntry>,
  { out, used }: Refusals,
  { ledger, clock, config }: LauncherWorld,
): Promise<Taken | null> {
  if (!isAtRest(entry) || keysOf(entry.candidate).some((key) => out.has(key))) return null;
  if (scopesOf(entry.candidate).some((scope) => used.has(scope))) return null;
  const atMs = clock.nowMs();
  const text = `${entry.name} stood stopped: it is started for ${job.id}`;
  const next: AtRest = {
    ...{ ...entry, ...withStoppedMs(entry, atMs) },
    ...{ state: 'launching', standby: 'starting', for: job.id, takenAtMs: atMs, startedAtMs: atMs },
    registeredAt: registeredAt(config),
    ...{ stateAtMs: atMs, leaseUntilMs: atMs + LEASE_MS, trail: mergeTrail(...entry.trail, { atMs, text }) },
  };
  const written = await ledger.runners.replace(entry.name, { entry, rev }, next);
  return written === null ? null : { entry: next, rev: written.rev };
}

interface Start {
  readonly job: Held<JobEntry>;
  readonly runner: Taken;
  readonly release: Installed;
  readonly refusals: Refusals;
  readonly hasTurn: boolean;
}

/** Null: it is given up, and the next may fare better. */
async function start(asked: Start, world: LauncherWorld): Promise<Outcome | null> {
  const { job, runner, release } = asked;
  const { name, labels, candidate, region, instanceId, image = null } = runner.entry;
  const minted = await mintInPace(job, runner, asked.hasTurn, world);
  if (minted.kind !== 'minted') return minted;
  const { runnerId, jitConfig } = minted;
  const held = await note(runner, { runnerId }, world);
  if (held === null || held.entry.isUnwanted)
    return giveUp(runner, runnerId, 'its job needs it no more', world, { kind: 'unwanted' });
  const understood = parseLabels(labels, null, world.config);
  if (understood.kind !== 'ours') return giveUp(held, runnerId, 'its labels mean nothing any more', world);
  const boot = {
    jitConfig,
    job: job.entry.job,
    candidate,
    image,
    release,
    launchedAtMs: world.clock.nowMs(),
  };
  const userData = world.userData({ ...boot, requirements: understood.requirements });
  const refused = await setUserData(region, instanceId, userData, world);
  if (refused !== null) return giveUp(held, runnerId, refused, world);
  const outcome = await world.instances.start(region, instanceId);
  const code = 'code' in outcome ? outcome.code : '';
  world.log('launch.started', { job: job.entry.job.id, runner: name, outcome: outcome.kind, code });
  if (outcome.kind === 'running') return settle(job, held, world);
  if (outcome.kind === 'unknown')
    return { kind: 'unknown', because: `the cloud’s answer to its start was unclear (${outcome.code})` };
  const over = await endsAll(asked, outcome, world);
  return giveUp(held, runnerId, `its start was refused: ${explainRefusal(outcome.code)}`, world, over);
}

/** What no other one escapes: the account's own refusal, or a cloud that asks us to slow down. Null: the next may fare better. */
async function endsAll(
  { job, runner: { entry }, refusals }: Start,
  outcome: Exclude<RunOutcome, { kind: 'running' | 'unknown' }>,
  world: LauncherWorld,
): Promise<Outcome | null> {
  const stop = await takeRefusal(entry.candidate, outcome, refusals, world);
  if (stop !== null) return wait(job, { ...stop, obstacle: 'refusal' }, world);
  if (outcome.kind !== 'throttled') return null;
  const because = explainRefusal(outcome.code);
  return wait(job, { because, nextTryAtMs: outcome.retryAtMs, obstacle: null }, world);
}

/** It may be set all the same, and is read at no boot: nobody starts that machine any more. Null: it is set. */
async function setUserData(
  region: string,
  id: string,
  userData: string,
  { instances }: LauncherWorld,
): Promise<string | null> {
  try {
    await instances.setUserData(region, id, userData);
    return null;
  } catch (error) {
    return `it takes no user data (${error instanceof Error ? error.message : 'unknown'})`;
  }
}
