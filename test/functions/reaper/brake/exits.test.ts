/** How a runner came to its end, told apart: GitHub refused its version, it ended without a job, or its machine just stopped. */
import { describe, expect, test } from 'vitest';
import { endingWith } from '../../../../functions/reaper/brake/endings.ts';
import { isSilent, runnerExitIn } from '../../../../shared/runner/exit.ts';
import type { TimedDriverOptions } from '../../../../simulator/timed-driver.ts';
import { MINUTE_MS, OURS, open, queue, read } from '../../../cli/explain/fixture.ts';

test.each([
  ['', null],
  ['2026-11-28T10:00:00Z +40s runner.starting\n', null],
  ['x +41s runner.ended status=7\nx +42s stopping status=0\n', 7],
  ['runner.ended status=7\nrunner.starting\nrunner.ended status=0\n', 0],
  ['not-runner.ended status=7x', null],
])('the console %j tells of exit %j', (console, exit) => {
  expect(runnerExitIn(console)).toBe(exit);
});

const LINE = '2026-11-28T10:00:00Z +3s boot.began\n';
test.each([
  ['nothing at all', '', true],
  ['a kernel and no line of ours', 'Linux version 6.8\n', true],
  ['a line of ours, and much after it', `${LINE}${'x\n'.repeat(3_000)}`, false],
  ['much, and no line of ours', 'x\n'.repeat(3_000), true],
  ['so much that it was cut', 'x\n'.repeat(8_000), false],
])('a console with %s is silent: %j', (_, console, silent) => {
  expect(isSilent(console)).toBe(silent);
});

test.each([
  ['stopped', 7, 'version refused'],
  ['stopped in its boot', 7, 'version refused'],
  ['stopped', 0, 'ended'],
  ['stopped', 5, 'ended'],
  ['offline', 0, 'ended'],
  ['stopped', null, 'stopped'],
  ['stopped in its boot', 0, 'stopped in its boot'],
  ['taken back', 7, 'taken back'],
] as const)('%s, and the runner exited with %j: %s', (seen, exit, ending) => {
  expect(endingWith(seen, exit)).toBe(ending);
});

// biome-ignore format: a table reads best as a table.
const CASES: [what: string, boots: Partial<TimedDriverOptions>, says: RegExp, never: RegExp][] = [
  ['GitHub refuses its version before it has a session', { refusesVersion: () => true }, /GitHub refuses runner 2\.\d+\.\d+: npm run mirror/, /stopped before it was online|does not boot/],
  ['GitHub refuses its version after it was online', { endsAfterMs: () => 90_000, exitStatus: () => 7 }, /GitHub refuses runner 2\.\d+\.\d+: npm run mirror/, /stopped without a job/],
  ['it ends without a job', { endsAfterMs: () => 90_000, exitStatus: () => 0 }, /it ended without a job/, /refuses/],
];
describe('a runner that ends because', () => {
  test.each(CASES)(
    '%s: the job, its story and its history say so, and it counts as one waste',
    async (_, boots, says, never) => {
      const world = await open({ boots });
      world.github.pauseAssignment(10 * MINUTE_MS);
      const job = queue(world, OURS);
      await world.pass(5 * MINUTE_MS);
      const { ledger } = world.adapters();
      const { entry } = (await ledger.jobs.read(job.id as never)) ?? {};
      expect(entry?.wasted).toBe(1);
      expect(entry?.trail.map(({ text }) => text).join('\n')).toMatch(says);
      const told = await read(world, job);
      expect(told.text).toMatch(says);
      expect(told.answer.text).not.toMatch(never);
      const row = await ledger.history.read(job.createdAtMs, job.id as never);
      expect(row?.because).toMatch(
        says.source.startsWith('GitHub') ? says : /ended without a job \(status 0\)/,
      );
      expect(row?.consoleTail).toMatch(/runner\.ended status=\d/);
      world.fc.close();
    },
  );
});
