/** A sentence is broken between words at the terminal's width, wherever a command shows one. */
import { describe, expect, test } from 'vitest';
import { fitted } from '../../../cli/shared/screen/cut.ts';
import { shownText } from '../../../cli/shared/screen/show.ts';

describe('a sentence', () => {
  const SAID =
    'Alert, 2 min ago: the job 1 of acme/app was refused because there is no family ecs.c99. Look: npm run explain -- 1';

  test.each([40, 50, 80])('goes on below itself between words, at %d columns', (width) => {
    const lines = fitted(SAID, width).split('\n');
    expect(lines.length).toBeGreaterThan(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(lines.join(' ')).toBe(SAID);
  });

  test.each([
    [
      'took       launched after 6 s, online after 55 s, ended',
      40,
      'took       launched after 6 s, online\n           after 55 s, ended',
    ],
    [
      '  04:07:30  GitHub told us of it (202: accepted)',
      40,
      '  04:07:30  GitHub told us of it (202:\n            accepted)',
    ],
    [
      '→ Fix runs-on in the workflow, and run it again',
      40,
      '→ Fix runs-on in the workflow, and run\n  it again',
    ],
    [`look: https://${'long'.repeat(12)}`, 40, `look:\nhttps://${'long'.repeat(12)}`],
    [
      '\u001b[31mred words that are coloured, and too many\u001b[39m',
      40,
      '\u001b[31mred words that are coloured, and too\nmany\u001b[39m',
    ],
  ])('%j keeps its indent, and no word of it is broken', (text, width, fits) => {
    expect(fitted(text, width)).toBe(fits);
  });

  test('of a table that fits stays as it is', () => {
    const table = '│ a  │ b   │\n│ 1  │ 2   │';
    expect(fitted(table, 40)).toBe(table);
  });
});

test('what a command shows fits its terminal; into a pipe, and where it is a log, no line is broken', () => {
  const text = () => 'one two three '.repeat(10).trim();
  const how = { isJson: false, json: () => null, text };
  const widths = (shown: string) => shown.split('\n').map((line) => line.length);
  const at = (width: number | null) => ({ width, isColoured: false, isAscii: false });
  expect(Math.max(...widths(shownText(null, how, at(40))))).toBeLessThanOrEqual(40);
  expect(widths(shownText(null, how, at(null)))).toHaveLength(1);
  expect(widths(shownText(null, { ...how, isVerbatim: true }, at(40)))).toHaveLength(1);
});
