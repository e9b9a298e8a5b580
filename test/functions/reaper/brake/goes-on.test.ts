/** Who goes on because another of its like got a job is told all the same where the ledger was busy at that moment. */
import { describe, expect, test } from 'vitest';
import { brake } from '../../../../functions/reaper/brake/brake.ts';
import { STREAK_NOTE } from '../../../../functions/reaper/brake/streak.ts';
import type { Survey } from '../../../../functions/reaper/survey/survey.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { JobId } from '../../../../shared/nouns.ts';
import { build, held } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper } from '../fixture.ts';

const MINUTE_MS = 60_000;
const marks = [1, 2, 3, 4, 5].map((job) => ({
  ...{ runner: build.runnerName(`${job}-1`), job, repository: 'acme/pay', atMs: START_MS },
  ...{ ending: 'given nothing', offering: null, image: 'arm64', version: null },
}));
const inCommon = {
  marks,
  got: { 'image arm64': START_MS + 1 },
  held: { 'repository acme/pay': START_MS },
  under: '',
};

describe('who goes on as others do, and cannot be told in this sweep, is told in the next', () => {
  const paused = (id: number) =>
    build.jobEntry(id, {
      ...{ job: build.job(id, { repository: 'acme/pay' }), obstacle: 'waste', wasted: 4 },
      ...{ nextTryAtMs: START_MS + 600 * MINUTE_MS },
      wastes: [{ runner: build.runnerName(`${id}-1`), ending: 'given nothing', atMs: START_MS }],
    });
  const runner = build.runnerEntry('9-1', {
    ...{ state: 'busy', stateAtMs: START_MS + 1, busyWith: 9 as JobId },
  });
  const busy = build.jobEntry(9, {
    ...{ job: build.job(9, { repository: 'acme/pay' }), startedOn: '9-1' },
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['those of its repository', { sinceMs: null, wastes: [], inCommon }],
    ['all',                     { sinceMs: START_MS, wastes: marks }],
  ])('%s', async (_, streak) => {
    const { world, pass } = openReaper();
    const { ledger } = world;
    await ledger.notes.add(STREAK_NOTE, { text: JSON.stringify(streak), untilMs: null });
    for (const id of [1, 2, 3, 4, 5]) await ledger.jobs.add(id as JobId, paused(id));
    await ledger.jobs.add(9 as JobId, busy);
    const sweep = async (runners: readonly RunnerEntry[], isFailing: boolean) => {
      await pass(MINUTE_MS);
      const { things: jobs } = await ledger.jobs.list(100);
      const replace = async () => Promise.reject(new Error('the table is busy'));
      const its = isFailing ? { ...ledger, jobs: { ...ledger.jobs, replace } } : ledger;
      const uncovered = jobs.filter(({ entry }) => entry.startedOn === null);
      const seen = { jobs, runners: runners.map((entry) => ({ entry, rev: 'r' })), silentTargets: new Set() };
      const deadlineMs = world.clock.nowMs() + MINUTE_MS;
      const found = { spent: [], coming: [], uncovered };
      await brake(seen as unknown as Survey, found, deadlineMs, { ...world, ledger: its as typeof ledger });
    };
    await sweep([runner], true);
    // The one that got its job is over, and its entry gone.
    await sweep([], false);
    const entries = await Promise.all([1, 2, 3, 4, 5].map((id) => ledger.jobs.read(id as JobId)));
    expect(entries.map((entry) => held(entry).entry.wasted)).toEqual(Array(5).fill(0));
    await sweep([], false);
    const { text } = held(await ledger.notes.read(STREAK_NOTE)).entry;
    expect(JSON.parse(text)).toEqual({ sinceMs: null, wastes: [] });
  });
});
