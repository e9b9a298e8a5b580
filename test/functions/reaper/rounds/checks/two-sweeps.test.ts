/** Two sweeps at once (a lease that ran out on a slow day): the later look has the last word. */
import { expect, test } from 'vitest';
import { openBudget } from '../../../../../functions/reaper/rounds/checks/budget.ts';
import { type Context, linesOf } from '../../../../../functions/reaper/rounds/checks/lines.ts';
import type { ToldRun } from '../../../../../functions/reaper/rounds/checks/runs.ts';
import { tellRun } from '../../../../../functions/reaper/rounds/checks/tell-run.ts';
import type { JobId, RunId, RunRecord } from '../../../../../shared/nouns.ts';
import type { CheckRun } from '../../../../../shared/ports.ts';
import { build, held } from '../../../../shared/ledger/builders.ts';
import { openReaper, type ReaperFixture } from '../../fixture.ts';

const JOB = build.job(1, { repository: 'acme/app', runId: 7 as RunId });
const ENTRY = build.jobEntry(1, { job: JOB });
const RUN: ToldRun = {
  ...{
    key: '7-1',
    runId: 7 as RunId,
    attempt: 1,
    repository: 'acme/app',
    isPublic: false,
    installationId: 7,
  },
  ...{ check: null, alive: new Map([[1 as JobId, ENTRY]]), refused: [] },
};
const RECORD: RunRecord = {
  ...{ id: 7 as RunId, attempt: 1, status: 'queued', conclusion: null, event: 'push' },
  ...{ repositoryId: 5, headRepositoryId: 5, headSha: 'a'.repeat(40), workflow: 'CI' },
  ...{ workflowId: 1, branch: 'main', number: 1, createdAtMs: 0 },
};
const context = (nowMs: number): Context => ({
  nowMs,
  audience: { deployment: 'ci', currency: null, isPublic: false, since: () => '', next: () => '' },
  runnersOf: () => [],
  aheadOf: () => null,
});

function open(meanwhile: (at: ReaperFixture) => Promise<unknown> = async () => undefined) {
  const told: CheckRun[] = [];
  const at: ReaperFixture = openReaper({
    github: {
      run: async () => RECORD,
      writeCheck: async (_target, _repository, check) => {
        told.push(check);
        await meanwhile(at);
        return { kind: 'written', checkId: 3 };
      },
    },
  });
  const tell = async (run: ToldRun) =>
    tellRun(run, context(at.clock.nowMs()), await openBudget(at.world.ledger, at.clock.nowMs()), at.world);
  const read = async () => held(await at.world.ledger.checks.read('7-1'));
  return { at, told, tell, read };
}

test('one that looked before another told says nothing after it', async () => {
  const { told, tell, read, at } = open();
  await tell(RUN);
  const seen = await read();
  await at.world.ledger.checks.replace('7-1', seen, { ...seen.entry, said: 'newer' });
  const stale = { ...RUN, check: { ...seen, entry: { ...seen.entry, said: 'other', saidAtMs: 0 } } };
  expect(await tell(stale)).toBe('nothing');
  expect(told).toHaveLength(1);
  expect((await read()).entry.said).toBe('newer');
});

test('where both told at once, the next sweep tells again', async () => {
  const { tell, read } = open(async ({ world: { ledger } }) => {
    const now = held(await ledger.checks.read('7-1'));
    await ledger.checks.replace('7-1', now, { ...now.entry, said: 'the other’s' });
  });
  await tell(RUN);
  expect((await read()).entry.said).toBe('');
});

test('a job that was told as ended does not wait again for a survey that is older', async () => {
  const { at } = open();
  const ended = { ...{ id: 1 as JobId, createdAtMs: JOB.createdAtMs, name: 'a', state: 'ended' as const } };
  const check = build.check({ lines: [{ ...ended, text: 'It succeeded.', isFinal: true }] });
  const lines = await linesOf({ ...RUN, check: { entry: check, rev: 'r' } }, context(0), at.world);
  expect(lines.map(({ state, text }) => [state, text])).toEqual([['ended', 'It succeeded.']]);
});
