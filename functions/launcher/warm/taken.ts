/** A stopped machine that a job took: what becomes of its entry while it is being started. */
import { amend, mergeTrail } from '../../../shared/ledger/amend.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { targetOf } from '../../../shared/names.ts';
import type { Candidate } from '../../../shared/nouns.ts';
import { mintPace } from '../../../shared/runner/mint-pace.ts';
import { mint } from '../mint-and-run.ts';
import { wait } from '../wait.ts';
import type { LauncherWorld, Outcome } from '../world.ts';

/** Stopped in economical mode, and known to be. */
export interface AtRest extends RunnerEntry {
  readonly candidate: Candidate;
  readonly instanceId: string;
  readonly region: string;
}

export type Taken = Held<AtRest>;

/** Null: it is not ours to start any more. */
export async function note(
  runner: Taken,
  some: Partial<RunnerEntry>,
  { ledger }: LauncherWorld,
): Promise<Held<RunnerEntry> | null> {
  const isOurs = ({ state, leaseUntilMs }: RunnerEntry) =>
    state === 'launching' && leaseUntilMs === runner.entry.leaseUntilMs;
  const change = (entry: RunnerEntry) => (isOurs(entry) ? { ...entry, ...some } : undefined);
  const written = await amend(ledger.runners, runner.entry.name, change, runner);
  return written !== null && isOurs(written.entry) ? written : null;
}

/** Its slot was taken when it was made: what else bounds a launch is asked in the write that counts this mint. */
export async function mintInPace(
  job: Held<JobEntry>,
  runner: Taken,
  hasTurn: boolean,
  world: LauncherWorld,
): ReturnType<typeof mint> {
  const { ledger, clock, config } = world;
  const [{ name }, { repository }] = [runner.entry, job.entry.job];
  const limits = { perRepository: config.limits.runnersPerRepository, mintsPerMinute: mintPace(config) };
  const slot = await ledger.capacity.mintAgain({ name, repository, hasTurn, ...limits }, clock.nowMs());
  if (slot.kind === 'taken') return mint(job, runner.entry, () => putBack(runner, world), world);
  await putBack(runner, world);
  // Due at once: the sweep starts as many as limits and pace allow, in turns.
  const obstacle = slot.kind === 'limited' ? 'limit' : null;
  return wait(job, { because: slot.because, nextTryAtMs: clock.nowMs(), obstacle }, world);
}

/** Nothing was made that a later job could meet. */
async function putBack(runner: Taken, world: LauncherWorld): Promise<void> {
  const atMs = world.clock.nowMs();
  await world.ledger.capacity.unassign(runner.entry.name);
  await amend(
    world.ledger.runners,
    runner.entry.name,
    ({ takenAtMs: _, startedAtMs: __, registeredAt: ___, ...entry }): RunnerEntry | undefined =>
      entry.state === 'launching'
        ? { ...entry, state: 'booting', standby: 'stopped', for: null, stateAtMs: atMs }
        : undefined,
    runner,
  );
}

/** Its name has been registered, and a name is good for one launch: the sweep deletes its machine. */
export async function giveUp(
  { entry, rev }: Held<RunnerEntry>,
  runnerId: number,
  because: string,
  world: LauncherWorld,
  outcome: Outcome | null = null,
): Promise<Outcome | null> {
  const { ledger, clock, github, config, log } = world;
  log('launch.given_up', { runner: entry.name, because });
  if ((await github.removeRunner(targetOf(entry, config), runnerId)) === 'busy')
    return { kind: 'unknown', because: 'its registration is busy' };
  const atMs = clock.nowMs();
  const line = { atMs, text: `${entry.name} was given up because ${because}` };
  await amend(
    ledger.runners,
    entry.name,
    (now): RunnerEntry | undefined =>
      now.state === 'launching'
        ? {
            ...now,
            ...{ state: 'retiring', stateAtMs: atMs, for: null, because },
            trail: mergeTrail(...now.trail, line),
          }
        : undefined,
    { entry, rev },
  );
  return outcome;
}
