/** A simulator that hosts real bundles, in real or scaled time, or in time that a test makes pass. */
import { afterEach } from 'vitest';
import { createAccount } from '../../../simulator/accounts.ts';
import { type SimClock, scaledClock } from '../../../simulator/clock.ts';
import {
  createFunctionCompute,
  type FunctionSpec,
  type InvocationEvent,
} from '../../../simulator/function-compute/index.ts';
import { seeded } from '../../../simulator/random.ts';

export const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

export interface Hosted {
  readonly fc: ReturnType<typeof createFunctionCompute>;
  readonly clock: ReturnType<typeof scaledClock>;
  readonly seen: InvocationEvent[];
  readonly lines: string[];
  /** Resolves when the condition holds; each event is a reason to look again. */
  until(condition: () => boolean): Promise<void>;
}

export function host(
  specs: (clock: Hosted['clock']) => readonly FunctionSpec[],
  scale = 1,
  startMs = Date.now(),
): Hosted {
  const clock = scaledClock(scale, startMs);
  closers.push(() => clock.stop());
  return { clock, ...hostOn(clock, specs(clock)) };
}

export function hostOn(clock: SimClock, functions: readonly FunctionSpec[]): Omit<Hosted, 'clock'> {
  const seen: InvocationEvent[] = [];
  const lines: string[] = [];
  let look: () => void = () => undefined;
  const fc = createFunctionCompute({
    clock,
    account: createAccount('1234567890123456', 'cn-hongkong'),
    random: seeded(3),
    functions,
    observe: (event) => {
      seen.push(event);
      look();
    },
    onLine: (_name, line) => {
      lines.push(line);
      look();
    },
  });
  closers.unshift(() => fc.close());
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (condition()) resolve();
      };
      look();
    });
  return { fc, seen, lines, until };
}
