/** Sentences of the functions on the page: in the page's language where there is a translation, marked where there is none. */
import { expect, test } from 'vitest';
import { translated } from '../../../cli/dashboard/say.ts';

test.each([
  { language: 'en', text: 'It waits for a runner.', html: '<span>It waits for a runner.</span>' },
  { language: 'zh', text: 'It waits for a runner.', html: '<span>它在等运行器。</span>' },
  { language: 'zh', text: 'Nobody translated this.', html: '<span lang="en">Nobody translated this.</span>' },
  {
    language: 'zh',
    text: 'its labels name no architecture, and both are offered: add arm64 or amd64',
    html: '<span>它的标签没有写明架构，而两种都提供：请加上 arm64 或 amd64</span>',
  },
  {
    language: 'zh',
    text: "It ended with '<b>' on ci-1.",
    html: '<span>它在 ci-1 上以 “&lt;b&gt;” 结束。</span>',
  },
] as const)('in $language: $text', ({ language, text, html }) => {
  expect(translated(text, { language }).text).toBe(html);
});
