/** What mirrors say of their copies of the runner, in words that a test adds to. */
import type { Seen } from '../../../../functions/reaper/rounds/release/copies.ts';
import type { CopyState } from '../../../../shared/runner/copies.ts';

export const state = (some: Partial<CopyState> = {}): CopyState => ({
  ...{ version: '2.336.0', isWhole: false, copiedBytes: 0, sizeBytes: 320_000_000, failure: null },
  ...{ bundle: null, isBundleDue: false, tools: null },
  ...some,
});
export const seen = (region: string, some: Partial<CopyState> | null = {}): Seen => ({
  region,
  state: some === null ? null : state(some),
  because: some === null ? 'no answer' : null,
});
