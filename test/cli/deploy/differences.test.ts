import { expect, test } from 'vitest';
import { keyDifferences } from '../../../cli/deploy/live-configuration.ts';
import { newsSince } from '../../../cli/deploy/news.ts';

const CHANGELOG =
  '# Changelog\n\n## Next\n\n- later\n\n## 0.3.0\n\n- three\n\n## 0.2.0\n\n- two\n\n## 0.1.0\n\n- one\n';

test.each([
  {
    was: '0.1.0 0c61f545e548 of 0c61f545e548',
    will: '0.3.0 1910',
    news: ['## 0.3.0', '- three', '## 0.2.0', '- two'],
  },
  { was: '0.2.0 0c61f545e548', will: '0.3.0 1910', news: ['## 0.3.0', '- three'] },
  { was: '0.3.0 0c61f545e548', will: '0.3.0 1910', news: [] },
  { was: '0.3.0 0c61f545e548', will: '0.1.0 1910', news: [] },
  { was: null, will: '0.3.0 1910', news: [] },
  { was: 'by hand', will: '0.3.0 1910', news: [] },
])('from $was to $will the changelog tells $news', ({ was, will, news }) => {
  expect(newsSince(was, will, CHANGELOG)).toEqual(news);
});

test.each([
  {
    before: { limits: { runners: 1 } },
    after: { limits: { runners: 2 } },
    lines: ['~ limits.runners: 1 → 2'],
  },
  {
    before: { spot: { patience: 300_000 } },
    after: { spot: { patience: 600_000 } },
    lines: ['~ spot.patience: 5 min → 10 min'],
  },
  { before: { tags: { a: 'x' } }, after: { tags: { b: 'x' } }, lines: ['- tags.a', '+ tags.b'] },
  {
    before: { placements: [{ region: 'a' }] },
    after: { placements: [{ region: 'b' }, { region: 'c' }] },
    lines: ['~ placements[0].region', '+ placements[1]'],
  },
  { before: { a: [1] }, after: { a: [1] }, lines: [] },
])('$before and $after differ in $lines', ({ before, after, lines }) => {
  expect(keyDifferences(before, after)).toEqual(lines);
});

test('an address is not shown: it may hold a password', () => {
  const [before, after] = [{ alerts: { url: 'https://hook/secret' } }, { alerts: { url: null } }];
  expect(keyDifferences(before, after)).toEqual(['~ alerts.url']);
  expect(keyDifferences({}, before).join()).not.toContain('secret');
});
