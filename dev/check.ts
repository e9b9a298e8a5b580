/** `npm run check`: lint, types and unused code, in under a minute. */

import { Command } from 'commander';
import { parseOptions } from '../cli/shared/options.ts';
import { runSteps, type Step, tool } from '../cli/shared/steps.ts';
import { shellSteps } from './shell-checks.ts';

const STEPS: readonly Step[] = [
  { title: 'Biome', command: tool('biome'), args: ['ci', '.'] },
  { title: 'TypeScript', command: tool('tsc'), args: [] },
  { title: 'knip', command: tool('knip'), args: [] },
];

const command = (): Command =>
  new Command('npm run check --').description(
    'Lint, types, unused code and shell scripts, in under a minute.',
  );

export async function main(args: readonly string[] = []): Promise<number> {
  const options = parseOptions<object>(command(), args);
  if (typeof options === 'number') return options;
  return runSteps([...STEPS, ...shellSteps()]);
}
