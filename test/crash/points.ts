/** Crash points, generated: a run without a crash is written down call by call, and is then killed at each of them. */
import { abandonWhenKilled, type Life } from '../../simulator/function-compute/index.ts';

export interface CrashPoint {
  /** Which call of the whole scenario, from 0. */
  readonly call: number;
  readonly when: 'before' | 'after';
}

const NEVER = new Promise<never>(() => undefined);

/**
 * A way of dying for the functions of a world: each asynchronous call of a port is noted under its name, and at
 * `point` the process is gone, before the call was made or when its effect is there and nobody was told.
 */
export interface Call {
  readonly name: string;
  /** Which run of a function made it. */
  readonly run: number;
}

export function diesAt(point: CrashPoint | null) {
  const calls: Call[] = [];
  let runs = 0;
  const killable = <World extends object>(world: World, life: Life): World => {
    const isHere = (call: number, when: CrashPoint['when']) => point?.call === call && point.when === when;
    const run = runs++;
    const guard = async (name: string, make: () => Promise<unknown>): Promise<unknown> => {
      const call = calls.push({ name, run }) - 1;
      if (isHere(call, 'before')) return dead(life);
      try {
        return await make();
      } finally {
        if (isHere(call, 'after')) await dead(life);
      }
    };
    return named(abandonWhenKilled(world, life), [], guard);
  };
  return { calls, killable };
}

/** What a simulated process is ended by when it is not asked. */
function dead(life: Life): Promise<never> {
  const { end } = life as Life & { end(outcome: object): void };
  end.call(life, { kind: 'failed', type: 'ProcessExitedUnexpectedly', message: 'killed by the test' });
  return NEVER;
}

type Guard = (name: string, make: () => Promise<unknown>) => Promise<unknown>;

/** What answers at once (clock, log, user data, the process's own memory) is no point where a process can be told apart. */
const AT_ONCE = new Set(['clock', 'log', 'userData', 'config', 'alerts', 'looks']);

function named<World extends object>(world: World, path: readonly string[], guard: Guard): World {
  return new Proxy(world, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      const name = String(key);
      if (path.length === 0 && AT_ONCE.has(name)) return value;
      if (typeof value === 'object' && value !== null) return named(value, [...path, name], guard);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) =>
        guard([...path, name].join('.'), async () => Reflect.apply(value, target, args));
    },
  });
}

/** Every call of each run that is unlike all runs before it: a hundred sweeps that find nothing are one. */
export function pointsIn(calls: readonly Call[], whens: readonly CrashPoint['when'][]): CrashPoint[] {
  const runs = new Map<number, { name: string; at: number }[]>();
  for (const [at, { run, name }] of calls.entries()) runs.set(run, [...(runs.get(run) ?? []), { name, at }]);
  const seen = new Set<string>();
  const points: CrashPoint[] = [];
  for (const own of runs.values()) {
    const story = own.map(({ name }) => name).join(' ');
    if (seen.has(story)) continue;
    seen.add(story);
    for (const { at } of own) points.push(...whens.map((when) => ({ call: at, when })));
  }
  return points;
}
