/** Authors are told on the commit, over the whole system: once for each attempt of a run. */
import { describe, expect, test } from 'vitest';
import { MINUTE_MS, OURS } from '../../../../cli/explain/fixture.ts';
import { callsOf, FIND, ONE, opened, POST, plan, queueRun, rowOf, titles, writes } from './fixture.ts';
import { openOneRun, RECORD } from './one-run.ts';

describe('one run, from its first wait to its bill', () => {
  test('a job that waits for a minute is told of once, with its reason, its place and its next try', () =>
    opened(ONE, async (world) => {
      const [first, second] = ['first', 'second'].map((name) => queueRun(world, [plan(name, OURS, 30)]));
      await world.pass(50_000);
      expect(world.github.checkRuns()).toEqual([]);
      await world.pass(3 * MINUTE_MS);
      const checks = world.github.checkRuns();
      expect(checks.map(({ headSha }) => headSha).sort()).toEqual(
        [first, second].map((run) => run?.headSha).sort(),
      );
      const [waits] = checks.filter(({ output }) => output.title?.startsWith('Waits'));
      expect(waits).toMatchObject({
        ...{ name: 'runners: CI (push)', status: 'completed', conclusion: 'neutral' },
        output: { title: 'Waits because all runners are in use (limits.runners is 1)' },
      });
      expect(waits?.output.summary).toContain(
        '| **waits** | It waits because all runners are in use (limits.runners is 1). It is first in line. It is tried again each minute. |',
      );
      expect(callsOf(world, POST)).toBe(2);
    }));

  test('it is told on what machine it runs, for how much, and what it cost', () =>
    opened({}, async (world) => {
      await world.pass(2 * MINUTE_MS);
      queueRun(world, [plan('warm', OURS, 1)]);
      await world.pass(6 * MINUTE_MS);
      queueRun(world, [plan('build')]);
      await world.pass(4 * MINUTE_MS);
      expect(rowOf(world, 'build')).toMatch(
        /\| runs \| It runs on ci-runner-arm64-spot-\d+-1 \(ecs\.\S+ in cn-hangzhou-\w, spot at CNY 0\.\d+ an hour\) since \d\d:\d\d UTC\. \|$/,
      );
      await world.pass(8 * MINUTE_MS);
      expect(rowOf(world, 'build')).toMatch(
        /\| ended \| It succeeded on ci-runner-arm64-spot-\d+-1 \(ecs\.\S+ in \S+\)\. It cost about CNY 0\.\d+ \(CNY 0\.\d+ an hour for \d min.*; pay-as-you-go CNY 0\.\d+\), without disk and traffic\. \|$/,
      );
      expect(world.github.checkRuns()).toHaveLength(2);
    }));

  test('after the last word nothing more is said, and nothing of it is kept', () =>
    opened({}, async (world) => {
      queueRun(world, [plan('build', OURS, 1)]);
      await world.pass(15 * MINUTE_MS);
      const [said, found] = [writes(world), callsOf(world, FIND)];
      expect(said).toBeLessThanOrEqual(4);
      await world.pass(90 * MINUTE_MS);
      expect([writes(world), callsOf(world, FIND)]).toEqual([said, found]);
      const { ledger } = world.adapters();
      expect((await ledger.checks.list(10)).things).toEqual([]);
      expect((await ledger.refusals.list(10)).things).toEqual([]);
    }));

  test('a second attempt has its own check', () =>
    opened({}, async (world) => {
      const run = queueRun(world, [plan('typo', `${OURS} 8cup`)]);
      await world.pass(2 * MINUTE_MS);
      world.github.cancelRun(run);
      await world.pass(MINUTE_MS);
      const target = { owner: 'acme', repository: null, installationId: world.installation.id };
      const asked = world.adapters().github.rerunFailedJobs(target, 'acme/app', run.id as never);
      await world.pass(3 * MINUTE_MS);
      expect(await asked).toBe('asked');
      expect(world.github.checkRuns().map(({ externalId }) => externalId)).toEqual([
        `ci-${run.id}-1`,
        `ci-${run.id}-2`,
      ]);
    }));
});

test.each([
  ['acme/app', 0],
  ['acme/app-2', 1],
])('the commit of a run that the look saw in a list of %s is asked for %i times', async (listed, times) => {
  let asked = 0;
  const run = async () => {
    asked++;
    return RECORD;
  };
  const { at, tell, read } = openOneRun({ run });
  at.world.looks.lists.set(`${listed} queued`, { atMs: 0, runs: [RECORD], complete: true });
  at.world.looks.lists.set('acme/app in_progress', { atMs: 0, runs: [], complete: true });
  await tell();
  const { headSha, name } = (await read()).entry;
  expect([asked, headSha, name]).toEqual([times, RECORD.headSha, 'runners: CI (push)']);
});

describe('what is refused', () => {
  test('is told at the next sweep, with the label that was meant', () =>
    opened({}, async (world) => {
      queueRun(world, [plan('typo', `${OURS} 8cup`)]);
      await world.pass(70_000);
      expect(titles(world)).toEqual(["Refused because the label '8cup' is not understood; is '8cpu' meant?"]);
      expect(rowOf(world, 'typo')).toContain("**refused** | It was refused because the label '8cup'");
    }));

  test('180 mistyped jobs of a matrix are one check, told once', () =>
    opened({}, async (world) => {
      queueRun(
        world,
        Array.from({ length: 180 }, (_, at) => plan(`m-${at}`, `${OURS} 8cup`)),
      );
      await world.pass(4 * MINUTE_MS);
      expect(titles(world)).toEqual([
        "180 refused. Refused because the label '8cup' is not understood; is '8cpu' meant?",
      ]);
      expect(writes(world)).toBeLessThanOrEqual(2);
    }));

  test("somebody else's job has no check", () =>
    opened({}, async (world) => {
      queueRun(world, [plan('theirs', 'ubuntu-latest')]);
      await world.pass(4 * MINUTE_MS);
      expect(world.github.checkRuns()).toEqual([]);
    }));
});
