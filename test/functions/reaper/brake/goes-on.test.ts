/** Who goes on because runners get jobs again does so, too, where its entry could not be written at that moment. */
import { expect, test } from 'vitest';
import { brake } from '../../../../functions/reaper/brake/brake.ts';
import { charged, forgiven } from '../../../../functions/reaper/brake/charge.ts';
import { STREAK_NOTE } from '../../../../functions/reaper/brake/streak.ts';
import type { Observation } from '../../../../functions/reaper/survey/observe.ts';
import type { Survey } from '../../../../functions/reaper/survey/survey.ts';
import type { JobEntry, RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { JobId } from '../../../../shared/nouns.ts';
import { build, held } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper } from '../fixture.ts';
import { observed } from '../repair/diagnose-rows.ts';

const MINUTE_MS = 60_000;
const wastes = [1, 2, 3, 4, 5].map((job) => ({
  ...{ runner: build.runnerName(`${job}-1`), job, repository: 'acme/kernel', atMs: START_MS },
  ...{ ending: 'given nothing', offering: null, image: null, version: null },
}));
const paused = (id: number) =>
  build.jobEntry(id, {
    ...{ obstacle: 'waste', wasted: 4, nextTryAtMs: START_MS + 600 * MINUTE_MS },
    wastes: [{ runner: build.runnerName(`${id}-1`), ending: 'given nothing', atMs: START_MS }],
  });
const busy = build.runnerEntry('9-1', { state: 'busy', stateAtMs: START_MS + 1, busyWith: 9 as JobId });

const spentOn = (id: number) =>
  observed(
    build.runnerEntry(`${id}-2`, {
      ...{ state: 'booting', stateAtMs: START_MS, instanceId: 'i-1', for: id as JobId, leaseUntilMs: 0 },
    }),
    { isGone: true },
  );

/** Five jobs of which each had a runner of no use; and what a sweep's brake sees. */
async function fiveJobs(sinceMs: number | null) {
  const it = openReaper();
  const { ledger } = it.world;
  await ledger.notes.add(STREAK_NOTE, { text: JSON.stringify({ sinceMs, wastes }), untilMs: null });
  for (const id of [1, 2, 3, 4, 5]) await ledger.jobs.add(id as JobId, paused(id));
  const sweep = async (
    runners: readonly RunnerEntry[],
    failing: readonly number[],
    spent: readonly Observation[] = [],
  ) => {
    await it.pass(MINUTE_MS);
    const { things: jobs } = await ledger.jobs.list(100);
    const replace: typeof ledger.jobs.replace = async (id, ...rest) => {
      if (failing.includes(id)) throw new Error('the table is busy');
      return ledger.jobs.replace(id, ...rest);
    };
    const seen = { jobs, runners: runners.map((entry) => ({ entry, rev: 'r' })), silentTargets: new Set() };
    const deadlineMs = it.clock.nowMs() + MINUTE_MS;
    const its = { ...it.world, ledger: { ...ledger, jobs: { ...ledger.jobs, replace } } };
    return brake(seen as unknown as Survey, { spent, coming: [], uncovered: jobs }, deadlineMs, its);
  };
  const entries = async () =>
    Promise.all([1, 2, 3, 4, 5].map(async (id) => held(await ledger.jobs.read(id as JobId)).entry));
  const note = async () => JSON.parse(held(await ledger.notes.read(STREAK_NOTE)).entry.text);
  return { ...it, sweep, entries, note };
}

test.each([
  ['by a brake', START_MS],
  ['by nothing', null],
])(
  'launches were held back %s: each goes on, once, as soon as its entry can be written, though the runner that got a job is gone by then',
  async (_, sinceMs) => {
    const { sweep, entries, note } = await fiveJobs(sinceMs);
    await sweep([busy], [1, 2]);
    await sweep([], [2]);
    await sweep([], []);
    expect((await entries()).map(({ wasted }) => wasted)).toEqual([0, 0, 0, 0, 0]);
    expect((await entries()).map(({ trail }) => trail.length)).toEqual([1, 1, 1, 1, 1]);
    await sweep([], []);
    expect(await note()).toEqual({ sinceMs: null, wastes: [] });
  },
);

test('a new trouble meanwhile is told, and takes from nobody that it goes on', async () => {
  const { sweep, entries, world, alerts, lines, clock } = await fiveJobs(START_MS);
  await sweep([busy], [1, 2]);
  for (const id of [6, 7, 8, 9, 10])
    await world.ledger.jobs.add(id as JobId, build.jobEntry(id, { nextTryAtMs: START_MS }));
  const again = await sweep([], [2], [6, 7, 8, 9, 10].map(spentOn));
  const sinceMs = clock.nowMs();
  expect(again.because).toMatch(/^launches are held back/);
  await sweep([], []);
  expect(lines.filter(({ event }) => event === 'brake.engaged')).toHaveLength(1);
  expect(alerts).toHaveLength(1);
  expect((await entries()).map(({ wasted }) => wasted)).toEqual([0, 0, 0, 0, 0]);
  const { text } = held(await world.ledger.notes.read(STREAK_NOTE)).entry;
  expect(JSON.parse(text)).toMatchObject({ sinceMs, wastes: { length: 5 } });
});

test('a job whose launcher may be at work yet goes on when that is over (seed 1401756)', () => {
  const terms = { nowMs: START_MS, isBraked: false, circumstances: 'abc', mayLeaveSpot: true };
  const leaseUntilMs = START_MS + 100_000;
  const runner = build.runnerEntry('1-1', { leaseUntilMs });
  const entry = build.jobEntry(1, { nextTryAtMs: leaseUntilMs });
  const after = charged(entry, { runner, ending: 'stopped in its boot' }, terms) as JobEntry;
  const names = new Set([String(runner.name)]);
  expect(forgiven(after, names, START_MS + 60_000)?.nextTryAtMs).toBe(leaseUntilMs);
  expect(forgiven(after, names, START_MS + 120_000)?.nextTryAtMs).toBe(START_MS + 120_000);
});
