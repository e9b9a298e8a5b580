/** Authors are told no more than GitHub lets us, and nobody else is the worse for it. */
import { describe, expect, test } from 'vitest';
import { CHECKS_PER_HOUR_MAX, CHECKS_PER_SWEEP_MAX } from '../../../../../shared/story/limits.ts';
import { MINUTE_MS, OURS } from '../../../../cli/explain/fixture.ts';
import type { World } from '../../../../world/in-process.ts';
import { callsOf, FIND, failing, opened, PATCH, POST, plan, queueRun, titles, writes } from './fixture.ts';

/** As before there were checks. */
const PERMISSIONS = {
  actions: 'write',
  metadata: 'read',
  organization_self_hosted_runners: 'write',
} as const;

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

/** As each sweep says of itself: a write that GitHub's pace puts off may fall into the next minute. */
const writesBySweep = (world: World): number[] =>
  world.lines.flatMap((line) => (line.includes('sweep.done') ? [Number(JSON.parse(line).checks)] : []));

describe('what GitHub allows', () => {
  test('without the permission one call an hour asks for it, nothing is told, and no sweep fails for it', () =>
    opened({ github: { permissions: PERMISSIONS } }, async (world) => {
      queueRun(world, [plan('typo', `${OURS} 8cup`), plan('build', OURS, 60)]);
      // GitHub gives no token with a permission that the App lacks.
      const refused = () => world.lines.filter((line) => line.includes('check.not_permitted')).length;
      await world.pass(45 * MINUTE_MS);
      expect(refused()).toBe(1);
      await world.pass(45 * MINUTE_MS);
      expect(refused()).toBe(2);
      expect(callsOf(world, FIND) + writes(world)).toBe(0);
      expect(world.lines.filter((line) => /alert\.raised(?!.*"refused-)|failed in part/.test(line))).toEqual(
        [],
      );
    }));

  test('where github.checks is false nothing is asked, written or kept', () =>
    opened({ config: { github: { checks: false } } }, async (world) => {
      queueRun(world, [plan('typo', `${OURS} 8cup`), plan('build')]);
      await world.pass(5 * MINUTE_MS);
      expect(callsOf(world, FIND) + writes(world)).toBe(0);
      const { ledger } = world.adapters();
      expect((await ledger.refusals.list(10)).things).toEqual([]);
    }));

  test('300 jobs of one run are one check that GitHub takes, changed seldom', () =>
    opened({ config: { limits: { runners: 20 } } }, async (world) => {
      queueRun(
        world,
        Array.from({ length: 300 }, (_, at) => plan(`job-${at} | @all`, OURS, 10)),
      );
      await world.pass(30 * MINUTE_MS);
      expect(world.github.checkRuns()).toHaveLength(1);
      expect(titles(world)[0]).toMatch(/^\d+ waits?, .*\d+ (run|ended)/);
      expect(writes(world)).toBeLessThanOrEqual(16);
    }));

  test('of hundreds of runs no more are written than a sweep and an hour allow; the refused come first', () =>
    opened({ config: { limits: { runners: 1 } } }, async (world) => {
      for (const at of upTo(300)) queueRun(world, [plan(`job-${at}`, OURS, 300)]);
      for (const at of upTo(5)) queueRun(world, [plan(`typo-${at}`, `${OURS} 8cup`)]);
      await world.pass(2 * MINUTE_MS);
      expect(titles(world).filter((title) => title?.startsWith('Refused'))).toHaveLength(5);
      await world.pass(18 * MINUTE_MS);
      expect(Math.max(...writesBySweep(world))).toBeLessThanOrEqual(CHECKS_PER_SWEEP_MAX);
      expect(writes(world)).toBe(CHECKS_PER_HOUR_MAX);
      expect(world.lines.filter((line) => line.includes('failed in part'))).toEqual([]);
    }));

  test('a limit that GitHub names is kept: nothing is written until it is over', () =>
    opened({ github: failing('POST', [{ kind: 'secondary-limit', retryAfterS: 600 }]) }, async (world) => {
      queueRun(world, [plan('typo', `${OURS} 8cup`)]);
      await world.pass(10 * MINUTE_MS);
      expect(writes(world)).toBe(1);
      await world.pass(3 * MINUTE_MS);
      expect(titles(world)).toHaveLength(1);
    }));

  test('a run that a check set off is told nothing: checks set off no runs without end', () =>
    opened({ github: { onCheckRun: { 'acme/app': [plan('await', `${OURS} 8cup`)] } } }, async (world) => {
      queueRun(world, [plan('typo', `${OURS} 8cup`)]);
      await world.pass(20 * MINUTE_MS);
      expect(world.github.checkRuns().map(({ name }) => name)).toEqual(['runners: CI (push)']);
      expect(callsOf(world, POST) + callsOf(world, PATCH)).toBe(1);
    }));

  test('a commit that is gone is asked for a few times, and left', () =>
    opened(
      {
        github: failing(
          'POST',
          Array.from({ length: 9 }, () => ({ kind: 'status', status: 422 })),
        ),
      },
      async (world) => {
        queueRun(world, [plan('typo', `${OURS} 8cup`)]);
        await world.pass(20 * MINUTE_MS);
        expect(callsOf(world, POST)).toBe(3);
      },
    ));
});
