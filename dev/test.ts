/** `npm test [-- FILTER…]`: the checks, then every test. */

import { runSteps, tool } from '../cli/shared/steps.ts';
import { main as check } from './check.ts';

export async function main(args: readonly string[]): Promise<number> {
  const checked = args.length === 0 ? await check() : 0;
  if (checked !== 0) return checked;
  return runSteps([
    {
      title: 'vitest',
      command: tool('vitest'),
      args: ['run', '--silent=passed-only', ...args],
      isLoud: true,
    },
  ]);
}
