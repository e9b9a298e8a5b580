/** What Cloud Assistant's agent does inside a machine that is only played: it knows the scripts that we send. */
import { cannedShell } from './canned-shell.ts';
import type { BootedMachine, CommandResult, Shell, ShellScreen } from './ecs/machine.ts';
import { scriptOf } from './told-by-user-data.ts';

/** As `userdata/debug.sh` stays. */
const debugSecondsOf = (userData: string): number =>
  userData.includes('<<SCRIPTS')
    ? Number(/^readonly DEBUG_SECONDS='(\d+)'$/m.exec(scriptOf(userData))?.[1] ?? 0)
    : 0;

/** As `userdata/run.sh` looks whether it is to stay. */
const LOOK_MS = 5_000;
const KEEP = /^printf '%s\\n' (\d+) >\/run\/ci-runner\/keep\.new /m;

/** As actions/runner writes them (Trace.cs): time, level, component. */
const DIAG = `Worker_20261129-000000-utc.log:
[2026-11-29 00:00:00Z INFO Worker] Waiting to receive the job message from the channel.
[2026-11-29 00:00:01Z INFO JobRunner] Job ID 1
Runner_20261129-000000-utc.log:
[2026-11-29 00:00:00Z INFO Listener] Runner is built for Linux (ARM64) - linux-arm64.
`;

/** The machine, whose power goes off when it is to stay no longer; and what its agent hears. */
export function stayingMachine(
  machine: BootedMachine,
  after: (ms: number, act: () => void) => unknown,
): {
  readonly machine: BootedMachine;
  readonly agent: {
    readonly command: (script: string) => CommandResult;
    readonly shell: (screen: ShellScreen) => Shell;
  };
  /** Its job failed. */
  readonly failed: () => void;
} {
  let keptUntilMs = 0;
  const debugMs = debugSecondsOf(machine.userData) * 1000;
  const stop = (): void => {
    if (machine.clock.nowMs() < keptUntilMs) after(LOOK_MS, stop);
    else machine.stop();
  };
  return {
    machine: { ...machine, stop },
    failed() {
      if (debugMs > 0 && keptUntilMs === 0) keptUntilMs = machine.clock.nowMs() + debugMs;
    },
    agent: {
      command(script) {
        if (script.includes('/_diag ')) return { exitCode: 0, output: DIAG };
        const seconds = KEEP.exec(script)?.[1];
        if (seconds === undefined) return { exitCode: 127, output: 'this machine is only played' };
        keptUntilMs = Number(seconds) * 1000;
        return { exitCode: 0, output: '' };
      },
      shell: (screen) => cannedShell(machine.id, screen),
    },
  };
}
