/** The last screen of `npm start`: what a newcomer sees of each job. */
import { expect, test } from 'vitest';
import { PIPE } from '../../../cli/shared/screen/screen.ts';
import { canDraw } from '../../../cli/start/display.ts';
import { endOf } from '../../../cli/start/ending.ts';
import { toRow } from '../../../cli/start/table.ts';

type Seen = Parameters<typeof toRow>[0];

/** A job that ran on the runner that was launched for the job `launchedFor`. */
const rowOf = (id: number, name: string, launchedFor: number) =>
  toRow(
    {
      ...{ state: 'deleted', detail: '', pausedMs: 0, bill: null },
      job: {
        ...{ id, createdAtMs: 0, startedAtMs: 60_000, conclusion: 'success' },
        plan: { name, labels: ['self-hosted', 'aliyun', 'amd64'] },
        runner: { name: `ci-runner-amd64-spot-${launchedFor}-1` },
      },
    } as unknown as Seen,
    90_000,
    20,
  );

test('a job that got another job’s runner is marked, since its machine is not what its labels ask for', () => {
  const rows = [rowOf(17, 'unit', 18), rowOf(18, 'on-demand', 17), rowOf(19, 'lint', 19)];
  const said = endOf({ rows, left: [], warm: null }, PIPE);
  expect(said).toMatch(/^unit \*\t/m);
  expect(said).toMatch(/^on-demand \*\t/m);
  expect(said).toMatch(/^lint\t/m);
  expect(said).toContain('GitHub gave it the runner of another job.');
});

test('nothing is said of swaps where there was none', () => {
  const said = endOf({ rows: [rowOf(17, 'unit', 17)], left: [], warm: null }, PIPE);
  expect(said).not.toContain('*');
});

test.each([
  ['a terminal', { width: 80, isColoured: true, isAscii: false }, 80, true],
  ['a terminal that does not say how wide it is', { width: 80, isColoured: true, isAscii: false }, 0, false],
  ['a locale of ASCII', { width: 80, isColoured: true, isAscii: true }, 80, false],
  ['a pipe', PIPE, undefined, false],
])('rows are drawn on %s: %s', (_what, screen, columns, isDrawn) => {
  expect(canDraw(screen, columns)).toBe(isDrawn);
});
