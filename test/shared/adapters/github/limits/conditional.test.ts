/** Unchanged answers are free at GitHub: many are kept, and no more than there is memory for. */
import { expect, test } from 'vitest';
import { callsOver } from '../../../../../shared/adapters/github/calls.ts';
import { budgeted } from '../../../../../shared/adapters/github/limits/budgeted.ts';
import { memoryOf } from '../../../../../shared/adapters/github/limits/conditional.ts';
import { pacing } from '../../../../../shared/adapters/github/limits/pacing.ts';
import { KNOWN_REPOSITORIES_MAX } from '../../../../../shared/limits.ts';
import { VirtualClock } from '../../../../../simulator/clock.ts';

test('four lists of every repository that we may know are asked for conditionally the second time', async () => {
  let whole = 0;
  const clock = new VirtualClock(0);
  // Each call on its own: nothing waits for its pace.
  const pause = async () => undefined;
  const pace = { ...pacing(clock, pause), enter: async () => () => undefined };
  const { ask } = callsOver(
    budgeted(
      async (_route, params) => {
        const isConditional = 'headers' in params;
        if (!isConditional) whole++;
        return { status: isConditional ? 304 : 200, headers: { etag: '"e"' }, data: {} };
      },
      pace,
      clock,
    ),
  );
  const target = { owner: 'acme', repository: null, installationId: 7 };
  const round = async () => {
    for (let at = 0; at < KNOWN_REPOSITORIES_MAX; at++)
      for (const status of ['queued', 'in_progress', 'waiting', 'pending'])
        await ask(target, 'GET /repos/{owner}/{repo}/actions/runs', { repo: `r-${at}`, status });
  };
  await round();
  await round();
  expect(whole).toBe(4 * KNOWN_REPOSITORIES_MAX);
});

const answer = (text: string, etag = '"e"') => ({ status: 200, headers: { etag }, data: { text } });

test('what is kept is bounded in bytes: what was used longest ago goes first, and too much at once is not kept', () => {
  const memory = memoryOf(1_000);
  memory.keep('a', answer('x'.repeat(300)));
  memory.keep('b', answer('x'.repeat(300)));
  memory.keep('c', answer('x'.repeat(300)));
  expect(memory.get('a')).toBeDefined();
  memory.keep('d', answer('x'.repeat(300)));
  expect(['a', 'b', 'c', 'd'].map((key) => memory.get(key) !== undefined)).toEqual([true, false, true, true]);
  memory.keep('e', answer('x'.repeat(2_000)));
  expect(memory.get('e')).toBeUndefined();
  expect(memory.bytes()).toBeLessThanOrEqual(1_000);
});

test('an answer that changed takes the place of the one before, and one without a tag is forgotten', () => {
  const memory = memoryOf(1_000);
  for (let round = 0; round < 100; round++) memory.keep('a', answer(`${round}`));
  expect(memory.bytes()).toBeLessThan(50);
  memory.keep('a', { status: 200, headers: {} as Record<string, string>, data: {} } as never);
  expect([memory.get('a'), memory.bytes()]).toEqual([undefined, 0]);
});
