/** How commands find the world of `npm start -- --stay`, and `npm run job` that of `--account`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATE } from './package/places.ts';

/** A test that serves a world of its own names its own file. */
export const SIMULATOR_FILE = process.env.SIMULATOR_FILE ?? join(STATE, 'simulator.json');

export interface Simulator {
  readonly endpoint: string;
  readonly pid: number;
  /** The simulated time now: simulatedMs + (real now - realMs) × scale */
  readonly scale: number;
  readonly simulatedMs: number;
  readonly realMs: number;
  /** Of its functions. Null: an account for an install to be tried on, which commands find by their variables alone. */
  readonly environment: Readonly<Record<string, string>> | null;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** Null: none is served. A file left behind by a killed process counts as none. */
export function findSimulator(): Simulator | null {
  if (!existsSync(SIMULATOR_FILE)) return null;
  const simulator = JSON.parse(readFileSync(SIMULATOR_FILE, 'utf8')) as Simulator;
  try {
    process.kill(simulator.pid, 0);
    return simulator;
  } catch {
    return null;
  }
}

const ANSWER_MAX_MS = 2_000;

/** One that another process serves, and that answers: after a restart its number may be somebody else's. */
export async function findOther(): Promise<Simulator | null> {
  const found = findSimulator();
  if (found === null || found.pid === process.pid) return null;
  const answered = fetch(found.endpoint, { signal: AbortSignal.timeout(ANSWER_MAX_MS) });
  return answered.then(
    () => found,
    () => null,
  );
}

/** Whether commands look at the world of `npm start -- --stay`, and not at a deployment. */
export function isSimulated(): boolean {
  const simulator = findSimulator();
  return simulator !== null && simulator.environment !== null;
}

/** How old what is known of its time may be: it does not run evenly where cores are busy. */
const TIME_AGE_MAX_MS = 1_000;

/** Requests to the simulator are signed with its time, not ours; a command may stay for hours. */
export function liveInSimulatedTime(found: Simulator): void {
  const realNow = Date.now;
  const known = { simulator: found, readMs: realNow(), lastMs: 0 };
  const now = (): number => {
    if (realNow() - known.readMs > TIME_AGE_MAX_MS) {
      known.readMs = realNow();
      known.simulator = findSimulator() ?? known.simulator;
    }
    const { simulatedMs, realMs, scale } = known.simulator;
    known.lastMs = Math.max(known.lastMs, Math.floor(simulatedMs + (realNow() - realMs) * scale));
    return known.lastMs;
  };
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
}
