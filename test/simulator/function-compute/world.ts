import { type Account, createAccount } from '../../../simulator/accounts.ts';
import { VirtualClock } from '../../../simulator/clock.ts';
import {
  createFunctionCompute,
  type FunctionCompute,
  type FunctionComputeOptions,
  type FunctionSpec,
  type InvocationEvent,
} from '../../../simulator/function-compute/index.ts';
import { seeded } from '../../../simulator/random.ts';

export const START_MS = Date.UTC(2026, 10, 20);

export interface FcWorld {
  readonly clock: VirtualClock;
  readonly account: Account;
  readonly fc: FunctionCompute;
  readonly seen: InvocationEvent[];
  /** Lets so much virtual time pass. */
  pass(ms: number): Promise<void>;
}

export function worldOf(
  functions: readonly (Partial<FunctionSpec> & Pick<FunctionSpec, 'body'>)[],
  options: Partial<FunctionComputeOptions> = {},
  seed = 1,
): FcWorld {
  const clock = new VirtualClock(START_MS);
  const account = createAccount('1234567890123456', 'cn-hongkong');
  const seen: InvocationEvent[] = [];
  const fc = createFunctionCompute({
    clock,
    account,
    random: seeded(seed),
    functions: functions.map((spec, at) => ({ name: `f${at}`, timeoutMs: 9_000, memoryMb: 256, ...spec })),
    observe: (event) => seen.push(event),
    ...options,
  });
  return { clock, account, fc, seen, pass: (ms) => clock.runUntil(clock.nowMs() + ms) };
}

export const kindsOf = (seen: readonly InvocationEvent[]) => seen.map(({ kind }) => kind);
