/** Who goes on because runners get jobs again is told all the same where the ledger was busy at that moment. */
import { expect, test } from 'vitest';
import { brake } from '../../../../functions/reaper/brake/brake.ts';
import { STREAK_NOTE } from '../../../../functions/reaper/brake/streak.ts';
import type { Survey } from '../../../../functions/reaper/survey/survey.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { JobId } from '../../../../shared/nouns.ts';
import { build, held } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper } from '../fixture.ts';

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

test.each([
  ['by a brake', START_MS],
  ['by nothing', null],
])(
  'launches were held back %s: each is told in the next sweep, once, though the runner that got a job is gone by then',
  async (_, sinceMs) => {
    const { world, pass } = openReaper();
    const { ledger } = world;
    await ledger.notes.add(STREAK_NOTE, { text: JSON.stringify({ sinceMs, wastes }), untilMs: null });
    for (const id of [1, 2, 3, 4, 5]) await ledger.jobs.add(id as JobId, paused(id));
    const sweep = async (runners: readonly RunnerEntry[], failing: readonly number[]) => {
      await pass(MINUTE_MS);
      const { things: jobs } = await ledger.jobs.list(100);
      const replace: typeof ledger.jobs.replace = async (id, ...rest) => {
        if (failing.includes(id)) throw new Error('the table is busy');
        return ledger.jobs.replace(id, ...rest);
      };
      const seen = { jobs, runners: runners.map((entry) => ({ entry, rev: 'r' })), silentTargets: new Set() };
      const found = { spent: [], coming: [], uncovered: jobs };
      const deadlineMs = world.clock.nowMs() + MINUTE_MS;
      const its = { ...world, ledger: { ...ledger, jobs: { ...ledger.jobs, replace } } };
      await brake(seen as unknown as Survey, found, deadlineMs, its);
    };
    await sweep([busy], [1, 2]);
    await sweep([], [2]);
    await sweep([], []);
    const entries = await Promise.all([1, 2, 3, 4, 5].map((id) => ledger.jobs.read(id as JobId)));
    expect(entries.map((entry) => held(entry).entry.wasted)).toEqual([0, 0, 0, 0, 0]);
    expect(entries.map((entry) => held(entry).entry.trail.length)).toEqual([1, 1, 1, 1, 1]);
    await sweep([], []);
    const { text } = held(await ledger.notes.read(STREAK_NOTE)).entry;
    expect(JSON.parse(text)).toEqual({ sinceMs: null, wastes: [] });
  },
);
