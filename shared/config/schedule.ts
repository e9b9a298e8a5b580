/** `Mon-Fri 08:30-19:00`: spans of a week by the clock on a wall somewhere. Pure. */

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const SPAN = new RegExp(
  `^(?:(${DAY})(?:-(${DAY}))? )?([01]\\d|2[0-3]):([0-5]\\d)-([01]\\d|2[0-4]):([0-5]\\d)$`,
  'i',
);
const DAY_MIN = 24 * 60;

interface Span {
  /** On which it begins, 0 for Sunday. */
  readonly days: readonly number[];
  readonly fromMin: number;
  /** Not after `fromMin`: of the next day. */
  readonly toMin: number;
}

/** Null: it is none. Spans are parted by commas; without days each day is meant; an end before its begin is of the next day. */
export function parseSchedule(text: string): readonly Span[] | null {
  const spans = text.split(',').map((each) => spanOf(each.trim()));
  return spans.some((span) => span === null) ? null : (spans as Span[]);
}

function spanOf(text: string): Span | null {
  const found = SPAN.exec(text);
  if (found === null) return null;
  const [, first, last = first, ...times] = found;
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = times.map(Number);
  const [fromMin, toMin] = [fromHour * 60 + fromMinute, toHour * 60 + toMinute];
  if (toMin > DAY_MIN || toMin === fromMin) return null;
  return { days: daysOf(first, last), fromMin, toMin };
}

/** `Fri-Mon` goes over the weekend. */
function daysOf(first: string | undefined, last: string | undefined): readonly number[] {
  const from = DAYS.indexOf(first?.toLowerCase() ?? 'sun');
  const to = DAYS.indexOf(last?.toLowerCase() ?? 'sat');
  const count = ((to - from + DAYS.length) % DAYS.length) + 1;
  return Array.from({ length: count }, (_, at) => (from + at) % DAYS.length);
}

/**
 * What the clock on the wall shows decides: an hour that is skipped when clocks change is in no span, one that comes
 * twice is in it twice. A span over midnight is that of the day on which it begins.
 */
export function isWithin(spans: readonly Span[], timeZone: string, nowMs: number): boolean {
  const { day, min } = wallClock(timeZone)(nowMs);
  const before = (day + DAYS.length - 1) % DAYS.length;
  return spans.some(({ days, fromMin, toMin }) => {
    if (toMin > fromMin) return days.includes(day) && min >= fromMin && min < toMin;
    return (days.includes(day) && min >= fromMin) || (days.includes(before) && min < toMin);
  });
}

interface OnTheWall {
  /** 0 for Sunday */
  readonly day: number;
  /** since midnight */
  readonly min: number;
}

export function wallClock(timeZone: string): (nowMs: number) => OnTheWall {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  return (nowMs) => {
    const parts = format.formatToParts(nowMs);
    const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
    return {
      day: DAYS.indexOf(of('weekday').toLowerCase()),
      min: Number(of('hour')) * 60 + Number(of('minute')),
    };
  };
}

/** An IANA name, as far as this Node knows it. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
