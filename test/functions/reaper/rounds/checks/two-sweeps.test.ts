/** Two sweeps at once (a lease that ran out on a slow day): the later look has the last word. */
import { expect, test } from 'vitest';
import { linesOf } from '../../../../../functions/reaper/rounds/checks/lines.ts';
import type { JobId } from '../../../../../shared/nouns.ts';
import { build, held } from '../../../../shared/ledger/builders.ts';
import { context, JOB, openOneRun, RUN } from './one-run.ts';

test('one that looked before another told says nothing after it', async () => {
  const { told, tell, read, at } = openOneRun();
  await tell();
  const seen = await read();
  await at.world.ledger.checks.replace('7-1', seen, { ...seen.entry, said: 'newer' });
  const stale = { ...RUN, check: { ...seen, entry: { ...seen.entry, said: 'other', saidAtMs: 0 } } };
  expect(await tell(stale)).toBe('nothing');
  expect(told).toHaveLength(1);
  expect((await read()).entry.said).toBe('newer');
});

test('where both told at once, the next sweep tells again', async () => {
  const { at, tell, read } = openOneRun({
    writeCheck: async () => {
      const { checks } = at.world.ledger;
      const now = held(await checks.read('7-1'));
      await checks.replace('7-1', now, { ...now.entry, said: 'the other’s' });
      return { kind: 'written', checkId: 3 };
    },
  });
  await tell();
  expect((await read()).entry.said).toBe('');
});

test('a job that was told as ended does not wait again for a survey that is older', async () => {
  const { at } = openOneRun();
  await at.world.ledger.history.merge({ job: JOB, outcome: 'success', completedAtMs: JOB.createdAtMs });
  const ended = { ...{ id: 1 as JobId, createdAtMs: JOB.createdAtMs, name: 'a', state: 'ended' as const } };
  const check = build.check({
    lines: [{ ...ended, text: 'It succeeded before any runner took it.', isFinal: true }],
  });
  const lines = await linesOf({ ...RUN, check: { entry: check, rev: 'r' } }, context(0), at.world);
  expect(lines.map(({ state, text }) => [state, text])).toEqual([
    ['ended', 'It succeeded before any runner took it.'],
  ]);
});
