/** Runs tools one after the other; quiet while they succeed. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { complain } from './screen/show.ts';

export const ROOT = join(import.meta.dirname, '../..');

export interface Step {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Show its output even when it succeeds. */
  readonly isLoud?: boolean;
}

/** A tool of our own dependencies. */
export const tool = (name: string): string => join(ROOT, 'node_modules', '.bin', name);

/** The program of one of our dependencies, wherever npm put that. */
export function program(name: string, command: string): string {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(file, 'utf8')) as { bin: Record<string, string> };
  return join(dirname(file), bin[command] ?? '');
}

/** Exit code of the first that failed, after its output; else 0. */
export async function runSteps(steps: readonly Step[]): Promise<number> {
  for (const step of steps) {
    const { code, output } = await runStep(step);
    if (code === 0) continue;
    complain(`${output}\n${step.title}: failed (exit code ${code})`);
    return 1;
  }
  return 0;
}

function runStep(step: Step): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(step.command, step.args, {
      cwd: ROOT,
      stdio: step.isLoud ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
