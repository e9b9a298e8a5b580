/** What keeps a deployment from being removed: a machine that is there, or may yet show itself. */
import { expect, test } from 'vitest';
import { mayHaveMachine } from '../../../cli/destroy/busy.ts';
import { INSTANCE_VISIBLE_MS } from '../../../shared/limits.ts';

const NOW_MS = 1_800_000_000_000;
const long = NOW_MS - INSTANCE_VISIBLE_MS;

// biome-ignore format: a table reads best as a table.
test.each([
  ['its machine is there', { instanceId: 'i-1', leaseUntilMs: 0 }, true],
  ['its machine is gone, after a stop, and no sweep is left to close it', { instanceId: 'i-2', leaseUntilMs: long }, false],
  ['its machine was launched a moment ago, and is in no list yet', { instanceId: 'i-2', leaseUntilMs: long + 1 }, true],
  ['its launch is under way', { instanceId: null, leaseUntilMs: NOW_MS + 1 }, true],
  ['its launch died, and what it may have made would be seen by now', { instanceId: null, leaseUntilMs: long }, false],
] as const)('%s', (_, entry, isBusy) => {
  expect(mayHaveMachine(entry, new Set(['i-1']), NOW_MS)).toBe(isBusy);
});
