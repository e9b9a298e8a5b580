/** What the operator's page says of a sweep is what it does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweep } from '../../../functions/reaper/sweep.ts';
import {
  LAUNCHES_PER_SWEEP_MAX,
  LOOK_REPOSITORIES_MAX,
  REDELIVERIES_PER_SWEEP_MAX,
  SWEEP_ACTS_MAX,
  SWEEP_FAILURES_MIN,
  SWEEP_PARTS_MS,
} from '../../../shared/limits.ts';
import { openReaper, QUIET } from './fixture.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/operate.md'), 'utf8');
const table = page.slice(page.indexOf('| part '), page.indexOf('Its account is'));
const rows = table
  .split('\n')
  .slice(2)
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

test('the parts come in the order that is written down', async () => {
  const account = Object.keys(await sweep(openReaper(QUIET).world));
  const parts = rows.map(([, part]) => part ?? '');
  expect(parts.slice(0, 3)).toEqual(['stopped', 'survey', 'repair']);
  const after = account.slice(account.indexOf('leftOver') + 1, account.indexOf('tookMs'));
  expect(after).toEqual(parts.slice(3));
});

test.each([
  ['repair', SWEEP_PARTS_MS.repair, `at most ${SWEEP_ACTS_MAX} acts`],
  ['repair', SWEEP_PARTS_MS.repair, `${SWEEP_PARTS_MS.evidence / 1000} s more`],
  ['started', SWEEP_PARTS_MS.start, `at most ${LAUNCHES_PER_SWEEP_MAX}`],
  ['redelivered', SWEEP_PARTS_MS.redeliver, `at most ${REDELIVERIES_PER_SWEEP_MAX}`],
  [
    'found',
    SWEEP_PARTS_MS.look,
    `${LOOK_REPOSITORIES_MAX} repositories in turn, ${3 * LOOK_REPOSITORIES_MAX}`,
  ],
  ['reruns', SWEEP_PARTS_MS.rerun, ''],
  ['market', SWEEP_PARTS_MS.market, ''],
])('%s has the time and the bounds that are written down', (part, ms, words) => {
  const [, , what, time] = rows.find(([, name]) => name === part) ?? [];
  expect(time).toBe(`${ms / 1000} s`);
  expect(what).toContain(words);
  expect(SWEEP_FAILURES_MIN, 'as the alerts say').toBe(3);
});
