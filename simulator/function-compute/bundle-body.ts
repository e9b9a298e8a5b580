/**
 * Runs a built bundle as Function Compute would: each instance has memory of its own, does one request at a time, and
 * ends at the timeout whatever it is doing. A worker thread is the process; its environment is its own.
 */
import { Worker } from 'node:worker_threads';
import type { ScaledClock, SimClock } from '../clock.ts';
import type { Context, Host, Instance } from './model.ts';

export interface BundleOptions {
  /** The simulator's clock: `Date` inside the bundle shows its time. */
  readonly clock: SimClock & Partial<Pick<ScaledClock, 'lostMs'>>;
  /** Simulated milliseconds in one real one, as in the clock. */
  readonly clockScale: number;
  /** Asked for at each start of an instance. Nothing else of the environment is seen inside. */
  readonly env: () => Readonly<Record<string, string>>;
}

const ENTRY = new URL('./bundle-worker.mjs', import.meta.url);

/** `path` is absolute: a bundle whose `handler` is Function Compute's entry. */
export function bundleBody(path: string, options: BundleOptions): Host {
  return { pace: options.clockScale, open: (onLine) => openInstance(path, options, onLine) };
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

type Message =
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string };

function openInstance(path: string, options: BundleOptions, onLine: (line: string) => void): Instance {
  const { clock, clockScale, env } = options;
  const worker = new Worker(ENTRY, {
    workerData: {
      ...{ path, clockScale, simulatedMs: clock.nowMs(), realMs: Date.now() },
      lostMs: clock.lostMs ?? new Float64Array(1),
    },
    env: { ...env() },
    stdout: true,
    stderr: true,
  });
  printLines(worker.stdout, onLine);
  printLines(worker.stderr, onLine);
  let waiting: Waiting | null = null;
  let hasExited = false;
  const settle = (how: (waiting: Waiting) => void): void => {
    const settled = waiting;
    waiting = null;
    if (settled !== null) how(settled);
  };
  worker.on('message', (message: Message) => {
    if (message.kind === 'done') settle(({ resolve }) => resolve(message.value));
    else settle(({ reject }) => reject(named(message.name, message.message)));
  });
  const die = (because: string): void => {
    hasExited = true;
    settle(({ reject }) => reject(named('ProcessExitedUnexpectedly', because)));
  };
  worker.on('error', (error) => die(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (code) => die(`exit code ${code}`));
  return {
    run: (event, context) =>
      new Promise((resolve, reject) => {
        if (hasExited) return reject(named('ProcessExitedUnexpectedly', 'before it was asked'));
        waiting = { resolve, reject };
        worker.postMessage({ event, context: plain(context) });
      }),
    kill: () => void worker.terminate(),
  };
}

/** Whole lines only, as the log service keeps them; what is left unfinished comes at the end. */
function printLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

/** What survives the way into another thread. */
function plain({ life: _, ...context }: Context): object {
  return context;
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
