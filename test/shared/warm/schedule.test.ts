/** Spans of a week, by the clock on a wall: over midnight, over the weekend, and when clocks change. */
import { expect, test } from 'vitest';
import { isWithin, parseSchedule } from '../../../shared/config/schedule.ts';

// 2026-05-04 is a Monday. Shanghai is eight hours ahead of UTC; Berlin's clocks change on 29 March and 25 October.
// biome-ignore format: a table reads best as a table.
test.each<[when: string, zone: string, atUtc: string, isIn: boolean]>([
  ['Mon-Fri 08:30-19:00', 'Asia/Shanghai', '2026-05-04T00:29:59Z', false],
  ['Mon-Fri 08:30-19:00', 'Asia/Shanghai', '2026-05-04T00:30:00Z', true],
  ['Mon-Fri 08:30-19:00', 'Asia/Shanghai', '2026-05-04T10:59:59Z', true],
  ['Mon-Fri 08:30-19:00', 'Asia/Shanghai', '2026-05-04T11:00:00Z', false],
  ['Mon-Fri 08:30-19:00', 'Asia/Shanghai', '2026-05-03T03:00:00Z', false],
  ['mon-fri 08:30-19:00', 'UTC',           '2026-05-04T08:30:00Z', true],
  ['08:00-09:00',         'UTC',           '2026-05-03T08:30:00Z', true],
  ['Sat 00:00-24:00',     'UTC',           '2026-05-09T23:59:00Z', true],
  ['Sat 00:00-24:00',     'UTC',           '2026-05-10T00:00:00Z', false],
  // over midnight: of the day on which it begins
  ['Mon-Fri 22:00-06:00', 'UTC',           '2026-05-08T23:00:00Z', true],
  ['Mon-Fri 22:00-06:00', 'UTC',           '2026-05-09T05:59:00Z', true],
  ['Mon-Fri 22:00-06:00', 'UTC',           '2026-05-09T06:00:00Z', false],
  ['Mon-Fri 22:00-06:00', 'UTC',           '2026-05-04T05:00:00Z', false],
  ['Sun 22:00-06:00',     'UTC',           '2026-05-04T05:00:00Z', true],
  // over the weekend, and several
  ['Fri-Mon 09:00-10:00', 'UTC',           '2026-05-03T09:30:00Z', true],
  ['Fri-Mon 09:00-10:00', 'UTC',           '2026-05-05T09:30:00Z', false],
  ['Mon 09:00-10:00, Tue 11:00-12:00', 'UTC', '2026-05-05T11:30:00Z', true],
  // an hour that is skipped (02:00 to 03:00, 29 March) begins late; one that comes twice (25 October) is in it twice
  ['Sun 02:30-04:00',     'Europe/Berlin', '2026-03-29T00:59:00Z', false],
  ['Sun 02:30-04:00',     'Europe/Berlin', '2026-03-29T01:00:00Z', true],
  ['Sun 02:30-04:00',     'Europe/Berlin', '2026-03-29T02:00:00Z', false],
  ['Sun 02:30-03:00',     'Europe/Berlin', '2026-10-25T00:45:00Z', true],
  ['Sun 02:30-03:00',     'Europe/Berlin', '2026-10-25T01:15:00Z', false],
  ['Sun 02:30-03:00',     'Europe/Berlin', '2026-10-25T01:45:00Z', true],
  ['Sat 22:00-04:00',     'Europe/Berlin', '2026-03-29T01:30:00Z', true],
  ['Sat 22:00-04:00',     'Europe/Berlin', '2026-03-29T02:00:00Z', false],
])('%s in %s at %s: %s', (when, zone, at, isIn) => {
  expect(isWithin(parseSchedule(when) ?? [], zone, Date.parse(at))).toBe(isIn);
});

test.each([
  '',
  'always',
  'Mon 9:00-10:00',
  'Mon 10:00-10:00',
  'Mon 10:00-24:30',
  'Mon-Foo 10:00-11:00',
  'Mon 25:00-26:00',
  'Mon 08:00-09:00,',
])('“%s” is no schedule', (text) => {
  expect(parseSchedule(text)).toBeNull();
});
