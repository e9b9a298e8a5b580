/** `npm run check`: lint, types and unused code, in under a minute. */

import { runSteps, type Step, tool } from '../cli/shared/steps.ts';
import { shellSteps } from './shell-checks.ts';

const STEPS: readonly Step[] = [
  { title: 'Biome', command: tool('biome'), args: ['ci', '.'] },
  { title: 'TypeScript', command: tool('tsc'), args: [] },
  { title: 'knip', command: tool('knip'), args: [] },
];

export function main(): Promise<number> {
  return runSteps([...STEPS, ...shellSteps()]);
}
