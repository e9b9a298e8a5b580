/** What Cloud Assistant's agent does inside a machine that is only played: it knows the scripts that we send. */
import type { BootedMachine, CommandResult } from './ecs/machine.ts';

/** As `userdata/run.sh` looks whether it is to stay. */
const LOOK_MS = 5_000;
const KEEP = /^printf '%s\\n' (\d+) >\/run\/ci-runner\/keep\.new /m;

/** The machine, whose power goes off when it is to stay no longer; and what its agent hears. */
export function stayingMachine(
  machine: BootedMachine,
  after: (ms: number, act: () => void) => unknown,
): { readonly machine: BootedMachine; readonly command: (script: string) => CommandResult } {
  let keptUntilMs = 0;
  const stop = (): void => {
    if (machine.clock.nowMs() < keptUntilMs) after(LOOK_MS, stop);
    else machine.stop();
  };
  return {
    machine: { ...machine, stop },
    command(script) {
      const seconds = KEEP.exec(script)?.[1];
      if (seconds === undefined) return { exitCode: 127, output: 'this machine is only played' };
      keptUntilMs = Number(seconds) * 1000;
      return { exitCode: 0, output: '' };
    },
  };
}
