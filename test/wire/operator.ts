/** An operator of a served world, whose commands are processes of their own. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Simulator } from '../../cli/shared/simulator-file.ts';
import { OPERATOR_KEY } from '../../simulator/loopback.ts';
import { atTerminal } from './at-terminal.ts';
import type { Harness } from './harness.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `file`: by which commands find the world. */
export function operatorOf(harness: () => Harness, file: string, scale: number) {
  /** As the world is now: time does not run evenly where cores are busy. */
  function found(): Simulator {
    const { world } = harness();
    return {
      ...{ endpoint: '', pid: process.pid, scale },
      ...{ simulatedMs: world.clock.nowMs(), realMs: Date.now(), environment: world.environment() },
      ...{ accessKeyId: OPERATOR_KEY, accessKeySecret: world.secrets.operatorSecret },
    };
  }
  function setting() {
    writeFileSync(file, JSON.stringify(found()), { mode: 0o600 });
    return { cwd: ROOT, env: { ...process.env, SIMULATOR_FILE: file, NO_COLOR: '1' } };
  }
  function run(...words: readonly string[]): Promise<Ended> {
    return new Promise((resolve) => {
      execFile(process.execPath, ['cli/run.mjs', ...words], setting(), (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), out, err }),
      );
    });
  }
  async function parsed(...words: readonly string[]): Promise<Record<string, unknown>> {
    const { code, out, err } = await run(...words, '--json');
    if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${err}`);
    return JSON.parse(out) as Record<string, unknown>;
  }
  /** A shell, at its first prompt. */
  async function shell(named: string) {
    const at = atTerminal([process.execPath, 'cli/run.mjs', 'connect', named], setting());
    await at.shows('~]$ ');
    return at;
  }
  return { run, parsed, shell };
}
