/** Every legal move of a runner's entry, in one place. A move that is not here is a bug, and throws. */
import type { RunnerState } from './entries.ts';

/** A JIT runner runs one job, so nothing comes back from `busy`. Staying in a state is always legal. */
export const MOVES: Readonly<Record<RunnerState, readonly RunnerState[]>> = {
  launching: ['booting', 'idle', 'busy', 'retiring'],
  // A stopped machine is started: a launch, with an instance from its beginning.
  booting: ['launching', 'idle', 'busy', 'retiring'],
  idle: ['busy', 'retiring'],
  busy: ['retiring'],
  retiring: [],
};

export function isLegalMove(from: RunnerState, to: RunnerState): boolean {
  return from === to || MOVES[from].includes(to);
}
