/** Fresh processes: what a cold start costs is seen in no other. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { HalfCpu } from './half-cpu.ts';

const run = promisify(execFile);

/** The last line that the script prints, as a number. Asynchronous, so that this process can serve it meanwhile. */
export async function numberFrom(script: string, env: Readonly<Record<string, string>>): Promise<number> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...env },
  });
  const value = Number(stdout.trim().split('\n').at(-1));
  if (Number.isNaN(value)) throw new Error(`no number in what was printed: ${stdout.slice(0, 200)}`);
  return value;
}

export interface Events {
  readonly events: readonly string[];
  readonly credentials: object;
  /** How all but the first are handed over. */
  readonly how: 'in turn' | 'at once';
  /** An address that is asked before each but the first. */
  readonly before?: string;
}

export interface Measured {
  /** From the start of the process to the first outcome. */
  readonly firstMs: number;
  /** Of all that, the process's own start included. */
  readonly firstCpuMs: number;
  /** Of the others: the median of one, or all of those at once. */
  readonly warmMs: number;
  /** Of one of the others, user and system. */
  readonly cpuMs: number;
}

/**
 * A fresh process loads the bundle and is handed the events. Throws when one of them ends in something else than success.
 * `within`: the control group that it runs in.
 */
export async function measured(
  path: string,
  events: Events,
  env: Readonly<Record<string, string>>,
  within: HalfCpu | null = null,
): Promise<Measured> {
  const words = [process.execPath, RUN_BUNDLE, pathToFileURL(path).href];
  const [program = '', ...rest] =
    within === null ? words : ['/bin/sh', '-c', 'echo $$ > "$0" && exec "$@"', within.procs, ...words];
  const ended = run(program, rest, { env });
  ended.child.stdin?.end(JSON.stringify(events));
  const { stdout } = await ended;
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

const RUN_BUNDLE = join(import.meta.dirname, 'run-bundle.mjs');

/** A complete environment for every function; nothing in it is real. */
export const ENVIRONMENT = {
  FC_REGION: 'cn-hongkong',
  FC_ACCOUNT_ID: '1234567890123456',
  TABLESTORE_ENDPOINT: 'http://127.0.0.1:1',
  TABLESTORE_INSTANCE: 'ci-runners',
  LAUNCHER_FUNCTION: 'ci-launcher',
  REAPER_FUNCTION: 'ci-reaper',
  MIRROR_FUNCTION: 'ci-mirror',
  GITHUB_APP_ID: '12',
  GITHUB_PRIVATE_KEY: 'not-a-key-and-never-used-as-one',
  WEBHOOK_SECRET: 'a-secret-of-more-than-16-characters',
};
