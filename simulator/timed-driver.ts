/**
 * What happens inside an instance, played by the clock: boot, fetch, connect as a real runner does, one job, power
 * off; on the market's notice the script ends the runner, and with it the job. The figures are those of stock images: online after 30 to 75 s (peers report two to four minutes with package
 * installs, one without). The instance reads its user data as bash would, for the JIT config and for whose jobs may run.
 */
import { stayingMachine } from './assistant.ts';
import { appointmentsOn } from './clock.ts';
import { type BootDriver, type BootedMachine, silentDriver } from './ecs/machine.ts';
import type { SimGitHub } from './github/github.ts';
import { ConfigRefused, type RunnerSession } from './github/runs/sessions.ts';
import type { Random } from './random.ts';
import { admits, endWithoutJob, hostOf, isMadeReady, jitConfigOf, usageTeller } from './told-by-user-data.ts';

export interface TimedDriverOptions {
  readonly github: Pick<SimGitHub, 'connectRunner'>;
  readonly random: Random;
  /** From Running to the runner's connection. */
  readonly bootMs?: readonly [min: number, max: number];
  /** Share of boots that never get to the runner; the machine stops by its own deadline. */
  readonly hangs?: (machine: BootedMachine) => boolean;
  /** Share of jobs that fail by themselves. */
  readonly failures?: number;
  /** The machine's own deadline for a boot, armed first. */
  readonly bootDeadlineMs?: number;
  /** Share of machines that hear nothing of the market's notice, such as one whose metadata service hangs. */
  readonly missesNotice?: () => boolean;
  /** A runner that ends by itself so long after it connected, unless it has a job; null: it does not. */
  readonly endsAfterMs?: () => number | null;
  /** What such a runner exits with: 7, GitHub refuses its version; 0, it ended as if all were well (actions/runner, Constants.cs). */
  readonly exitStatus?: () => number;
  /** GitHub's broker answers 403 to the version: the runner never has a session, and exits with 7. */
  readonly refusesVersion?: () => boolean;
  /** What keeps the runner's archive away, as `cause_of` says it (userdata/install.sh), with where GitHub's name leads to; null: nothing. */
  readonly badNetwork?: () => string | null;
  /** From the end of the job to power off. */
  readonly stopMs?: number;
}

const BOOT_DEADLINE_MS = 10 * 60_000;
/** From Running to the runner's connection, of a stock image. */
export const STOCK_BOOT_MS = [30_000, 75_000] as const;
/**
 * What was made ready before has nothing to fetch and nothing to install. Firmware and kernel 4 to 8 s, the runner's own start
 * and its session 2 to 4 s (guesses: nobody has seen them on ECS), 2 to 4 s from the first process to ours, with cloud-init
 * (seen in containers); and room.
 */
export const STARTED_AGAIN_MS = [10_000, 20_000] as const;
/** The same of an image that was baked, and what cloud-init does once: users, keys, the disk's size. */
export const BAKED_BOOT_MS = [12_000, 22_000] as const;
/** The script asks the metadata every five seconds; then the runner tells GitHub. */
const NOTICE_HEARD_MS = [1_000, 8_000] as const;
const STOP_MS = 2_000;
/** The started hook's no: the runner is told to end before the first step. */
const TURNED_AWAY_MS = 3_000;

export function timedDriver(options: TimedDriverOptions): BootDriver {
  const { bootMs = STOCK_BOOT_MS, bootDeadlineMs = BOOT_DEADLINE_MS } = options;
  const isUsed = new Set<string>();
  const isPrepared = new Set<string>();
  return {
    boot(bare) {
      // Somebody else's: it has nothing to do with runners. And cloud-init reads user data at the first boot only.
      const isUnread = isUsed.has(bare.id) && !isPrepared.has(bare.id);
      if (bare.userData === '' || isUnread) return silentDriver.boot(bare);
      isUsed.add(bare.id);
      const bootedAtMs = bare.clock.nowMs();
      const trace = (words: string) => bare.console(traceLine(bare.clock.nowMs(), bootedAtMs, words));
      let session: RunnerSession | null = null;
      const { after, forgetAll } = appointmentsOn(bare.clock);
      const { machine, agent, failed } = stayingMachine(bare, after);
      const endRunner = () => {
        forgetAll();
        session?.disconnect();
        after(options.stopMs ?? STOP_MS, () => machine.stop());
      };
      const notice = () => {
        if (session === null || options.missesNotice?.() === true) return;
        after(options.random.whole(...NOTICE_HEARD_MS), endRunner);
      };
      const reach = () => {
        if (!isMadeReady(machine.userData)) return connect(machine, options, after, trace, failed);
        isPrepared.add(machine.id);
        trace('machine.prepared');
        // Until it is stopped, or its deadline is over.
        return null;
      };
      trace('boot.began');
      const disarm = after(bootDeadlineMs, () => bare.stop());
      if (options.hangs?.(machine) !== true)
        after(options.random.whole(...(isPrepared.has(bare.id) ? STARTED_AGAIN_MS : bootMs)), () => {
          session = reach();
          // The script waits for the runner's "Listening for Jobs", and no longer.
          if (session !== null) {
            disarm();
            endWithoutJob(session, machine.userData, { after, trace, endRunner });
          }
          if (machine.terminationAtMs() !== null) notice();
        });
      return {
        notice,
        ...agent,
        end() {
          forgetAll();
          session?.vanish();
        },
      };
    },
  };
}

/** Null: the registration is gone or spent; the machine stops at once, as the script does. */
function connect(
  machine: BootedMachine,
  options: TimedDriverOptions,
  after: (ms: number, act: () => void) => () => void,
  trace: (words: string) => void,
  failed: () => void,
): RunnerSession | null {
  const { github, random, failures = 0, stopMs = STOP_MS, endsAfterMs = () => null } = options;
  if (!machine.userData.includes('<<SCRIPTS')) {
    machine.stop();
    return null;
  }
  const because = options.badNetwork?.() ?? null;
  if (because !== null) {
    trace(`runner.not_fetched host=github.com because=${because}`);
    trace(`runner.given_up because=${because.split(' ')[0]}`);
    machine.stop();
    return null;
  }
  trace(`runner.fetched host=${hostOf(machine.userData)}`);
  trace('runner.starting');
  if (options.refusesVersion?.() === true) {
    trace('runner.ended status=7');
    after(stopMs, () => machine.stop());
    return null;
  }
  let [isOver, hasJob] = [false, false];
  const tellUsage = usageTeller(machine, trace);
  try {
    const session = github.connectRunner(jitConfigOf(machine.userData), {
      onJob(job) {
        hasJob = true;
        const isTurnedAway = !admits(machine.userData, job);
        const ranMs = isTurnedAway ? null : job.durationMs;
        after(ranMs ?? TURNED_AWAY_MS, () => {
          tellUsage(ranMs);
          // Cancelled a moment ago: the machine is about to stop.
          if (isOver) return;
          const isFailure = isTurnedAway || job.fails || random.chance(failures);
          if (isFailure) failed();
          session.finishJob(isFailure ? 'failure' : 'success');
        });
      },
      onExit: () => {
        isOver = true;
        after(stopMs, () => machine.stop());
      },
    });
    const endsMs = endsAfterMs();
    if (endsMs !== null)
      after(endsMs, () => {
        if (hasJob || isOver) return;
        trace(`runner.ended status=${options.exitStatus?.() ?? 7}`);
        session.disconnect();
        after(stopMs, () => machine.stop());
      });
    return session;
  } catch (error) {
    if (!(error instanceof ConfigRefused)) throw error;
    trace('runner.ended status=1');
    after(stopMs, () => machine.stop());
    return null;
  }
}

/** As `userdata/boot.sh` logs. */
function traceLine(nowMs: number, bootedAtMs: number, words: string): string {
  const seconds = Math.floor((nowMs - bootedAtMs) / 1000);
  return `${new Date(nowMs).toISOString().slice(0, 19)}Z +${seconds}s ${words}`;
}
