/**
 * What happens inside an instance, played by the clock: boot, fetch, connect as a real runner does, one job, power
 * off; on the market's notice the script ends the runner, and with it the job. The figures are those of stock images: online after 30 to 75 s (peers report two to four minutes with package
 * installs, one without). The instance reads its user data as bash would, for the JIT config alone.
 */
import type { BootDriver, BootedMachine } from './ecs/machine.ts';
import type { SimGitHub } from './github/github.ts';
import { ConfigRefused, type RunnerSession } from './github/runs/sessions.ts';
import type { Random } from './random.ts';

export interface TimedDriverOptions {
  readonly github: Pick<SimGitHub, 'connectRunner'>;
  readonly random: Random;
  /** From Running to the runner's connection. */
  readonly bootMs?: readonly [min: number, max: number];
  /** Share of boots that never get to the runner; the machine stops by its own deadline. */
  readonly hangs?: () => boolean;
  /** Share of jobs that fail by themselves. */
  readonly failures?: number;
  /** The machine's own deadline for a boot, armed first; an idle runner that is online has none but its lifetime. */
  readonly bootDeadlineMs?: number;
  /** Share of machines that hear nothing of the market's notice, such as one whose metadata service hangs. */
  readonly missesNotice?: () => boolean;
  /** Drawn when a runner is online: so long after that it ends by itself, if it has no job by then; null: it does not. */
  readonly endsEarlyMs?: () => number | null;
  /** From the end of the job to power off. */
  readonly stopMs?: number;
}

const BOOT_DEADLINE_MS = 10 * 60_000;
/** The script asks the metadata every five seconds; then the runner tells GitHub. */
const NOTICE_HEARD_MS = [1_000, 8_000] as const;
const STOP_MS = 2_000;

export function timedDriver(options: TimedDriverOptions): BootDriver {
  const { bootMs = [30_000, 75_000], bootDeadlineMs = BOOT_DEADLINE_MS } = options;
  return {
    boot(machine) {
      let session: RunnerSession | null = null;
      const pending = new Set<() => void>();
      const after = (ms: number, act: () => void) => {
        const cancel = machine.clock.after(ms, () => {
          pending.delete(cancel);
          act();
        });
        pending.add(cancel);
        return cancel;
      };
      const forgetAll = () => {
        for (const cancel of pending) cancel();
        pending.clear();
      };
      const endRunner = () => {
        forgetAll();
        session?.disconnect();
        after(options.stopMs ?? STOP_MS, () => machine.stop());
      };
      const notice = () => {
        if (session === null || options.missesNotice?.() === true) return;
        after(options.random.whole(...NOTICE_HEARD_MS), endRunner);
      };
      const online = (connected: RunnerSession) => {
        // The script waits for the runner's "Listening for Jobs", and no longer.
        disarm();
        const earlyMs = options.endsEarlyMs?.() ?? null;
        if (earlyMs !== null) after(earlyMs, () => connected.isIdle() && endRunner());
      };
      const disarm = after(bootDeadlineMs, () => machine.stop());
      if (options.hangs?.() !== true)
        after(options.random.whole(bootMs[0], bootMs[1]), () => {
          session = connect(machine, options, after);
          if (session !== null) online(session);
          if (machine.terminationAtMs() !== null) notice();
        });
      return {
        notice,
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
  { github, random, failures = 0, stopMs = STOP_MS }: TimedDriverOptions,
  after: (ms: number, act: () => void) => () => void,
): RunnerSession | null {
  machine.console('bootstrap runner.starting');
  let isOver = false;
  try {
    const session = github.connectRunner(jitConfigOf(machine.userData), {
      onJob(job) {
        after(job.durationMs, () => {
          // Cancelled a moment ago: the machine is about to stop.
          if (!isOver) session.finishJob(random.chance(failures) ? 'failure' : 'success');
        });
      },
      onExit: () => {
        isOver = true;
        after(stopMs, () => machine.stop());
      },
    });
    return session;
  } catch (error) {
    if (!(error instanceof ConfigRefused)) throw error;
    machine.console(`bootstrap runner.refused ${error.message}`);
    after(stopMs, () => machine.stop());
    return null;
  }
}

/** The one line of the header that a runner needs; its value is quoted for bash. */
export function jitConfigOf(userData: string): string {
  const found = /^readonly JIT_CONFIG='([A-Za-z0-9+/=_.-]+)'$/m.exec(userData);
  if (found?.[1] === undefined) throw new Error('the user data has no JIT_CONFIG');
  return found[1];
}
