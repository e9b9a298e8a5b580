/** Unchanged answers are free at GitHub: many are kept, and no more than there is memory for. */
import { expect, test } from 'vitest';
import { callsOver } from '../../../../../shared/adapters/github/calls.ts';
import { budgeted } from '../../../../../shared/adapters/github/limits/budgeted.ts';
import { memoryOf } from '../../../../../shared/adapters/github/limits/conditional.ts';
import { pacing } from '../../../../../shared/adapters/github/limits/pacing.ts';
import { KNOWN_REPOSITORIES_MAX } from '../../../../../shared/limits.ts';
import { VirtualClock } from '../../../../../simulator/clock.ts';
import { LABELS, openWorld, runId } from '../world.ts';

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

test('a run of which two jobs wait for their reviewers costs one call while a token is good, however often it is looked at', async () => {
  const { github, hub, org, pass } = await openWorld('process');
  const jobs = ['a', 'b'].map((name) => ({ name, labels: LABELS, environmentGate: true }));
  const run = github.queueRun({ repository: 'acme/app', jobs });
  const look = () => hub.jobsOfRun(org, 'acme/app', runId(run.id));
  const left = () => hub.budget('acme')?.remaining ?? 0;
  await look();
  const first = left();
  for (let minutes = 1; minutes < 50; minutes++) {
    await pass(60_000);
    await look();
  }
  expect(left()).toBe(first);
  expect(github.calls.get('GET /repos/{owner}/{repo}/actions/runs/{id}/jobs')).toBe(50);
  // What one reviewer lets go is seen at once.
  github.approve(github.jobsOf(run)[0]?.id ?? 0);
  expect((await look()).things.map(({ status }) => status)).toEqual(['queued', 'waiting']);
  expect(left()).toBe(first - 1);
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
