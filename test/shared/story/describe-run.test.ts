/** The words of a check: which jobs come first, how much fits, and that nothing of others' text means anything. */
import { describe, expect, test } from 'vitest';
import type { CheckLine } from '../../../shared/check-runs/check-entry.ts';
import type { JobId, JobState } from '../../../shared/nouns.ts';
import { describeRun } from '../../../shared/story/describe-run.ts';
import { CHECK_TITLE_MAX_CHARS } from '../../../shared/story/limits.ts';
import { escapeMarkdown, plainText } from '../../../shared/story/outside-text.ts';
import { rendered } from '../../../simulator/github/pages/markdown.ts';

const line = (id: number, state: JobState, text: string, name = `job-${id}`): CheckLine => ({
  ...{ id: id as JobId, createdAtMs: 0, name, state, text, isFinal: false },
});
const link = (id: number) => `https://github.com/acme/app/job/${id}`;
const WAITS =
  'It waits because all runners are in use. 2 jobs are ahead of it. It is tried again each minute.';
const REFUSED = "It was refused because the label '8cup' is not understood; is '8cpu' meant?";

// biome-ignore format: a table reads best as a table.
const TITLES: readonly [title: string, lines: readonly CheckLine[]][] = [
  ['Waits because all runners are in use. 2 jobs are ahead of it', [line(1, 'waits', WAITS)]],
  ["Refused because the label '8cup' is not understood; is '8cpu' meant?", [line(1, 'refused', REFUSED)]],
  ['Runs on r-1 (ecs.c8y in k, spot at CNY 0.3 an hour) since 10:03 UTC', [line(1, 'runs', 'It runs on r-1 (ecs.c8y in k, spot at CNY 0.3 an hour) since 10:03 UTC.')]],
  ['Succeeded on r-1', [line(1, 'ended', 'It succeeded on r-1. It cost about CNY 0.02.')]],
  ['1 waits, 2 run', [line(1, 'runs', ''), line(2, 'waits', WAITS), line(3, 'runs', '')]],
  ["1 refused, 1 starts, 1 ended. Refused because the label '8cup' is not understood; is '8cpu' meant?", [line(1, 'ended', ''), line(2, 'coming', ''), line(3, 'refused', REFUSED)]],
];

test.each(TITLES)('%s', (title, lines) => {
  expect(describeRun(lines, link).title).toBe(title);
});

test('a row for each job, the refused first, each with the way to its log', () => {
  const { summary } = describeRun([line(2, 'waits', WAITS), line(1, 'refused', REFUSED)], link);
  expect(summary.split('\n').slice(0, 4)).toEqual([
    '| job | state | |',
    '|---|---|---|',
    `| [job-1](https://github.com/acme/app/job/1) | **refused** | ${REFUSED} |`,
    `| [job-2](https://github.com/acme/app/job/2) | **waits** | ${WAITS} |`,
  ]);
  expect(summary).toContain('cancel this run');
  expect(describeRun([line(1, 'runs', 'It runs.')], link).summary).not.toContain('cancel this run');
});

describe('however many jobs, and whatever their names', () => {
  const lines = Array.from({ length: 500 }, (_, at) =>
    line(at, 'waits', `${'|'.repeat(400)}`, '@'.repeat(100)),
  );
  const { title, summary } = describeRun(lines, link);

  test('the words are as many as GitHub takes, and the rest is counted', () => {
    expect(summary.length).toBeLessThan(65_535);
    const rows = summary.split('\n').filter((row) => row.startsWith('| [')).length;
    expect(rows).toBeGreaterThan(10);
    expect(summary).toContain(`And ${500 - rows} more.`);
    expect(title).toBe('500 wait');
  });

  test('a title is one line, cut', () => {
    const [own] = [describeRun([line(1, 'waits', `It waits because ${'x'.repeat(900)}`)], link)];
    expect([...own.title]).toHaveLength(CHECK_TITLE_MAX_CHARS);
  });
});

// biome-ignore format: a table reads best as a table.
const HOSTILE: readonly [what: string, text: string][] = [
  ['a link', '[click](https://evil.example)'], ['an address', 'see https://evil.example/x'], ['an address without scheme', 'see www.evil.example'],
  ['a mention', '@acme/everyone'], ['a row more', 'a | b\n| c | d |'], ['an image', '![x](https://evil.example/x.png)'],
  ['HTML', '<img src=x onerror=alert(1)>'], ['emphasis', '**all is well** __so__ `code`'], ['an entity', '&lt;b&gt;'],
  ['an issue', '#1'], ['a backslash at the end', 'x\\'], ['struck out', '~~x~~'],
];

test.each(HOSTILE)('%s in the name of a job shows as it was written', (_, text) => {
  const { summary } = describeRun([line(1, 'waits', WAITS, text)], link);
  const html = rendered(summary);
  expect(html.match(/<a /g)).toHaveLength(1);
  expect(html.match(/<tr>/g)).toHaveLength(2);
  expect(html).not.toMatch(/<(img|code|b)[ >]|class="mention"/);
  const seen = html
    .replace(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code)))
    .replace(/&amp;/g, '&');
  expect(seen).toContain(`>${plainText(text, 100)}</a>`);
});

test('what hides, turns round or breaks a line is taken out', () => {
  expect(plainText('a\u0000b\u001b[31m\u202ec\u200bd\r\ne\u2028f\u2066g', 100)).toBe('a b [31m c d e f g');
  expect(plainText('größer – 构建 🚀', 100)).toBe('größer – 构建 🚀');
  expect(plainText('🚀🚀🚀', 2)).toBe('🚀…');
  expect(escapeMarkdown('build (arm64): 1/2, it’s fine!')).toBe('build (arm64): 1/2, it’s fine!');
});
