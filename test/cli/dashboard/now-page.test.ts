/** What the page Now says of jobs that wait. */
import { expect, test } from 'vitest';
import { sayIn } from '../../../cli/dashboard/say.ts';
import type { NowState } from '../../../cli/dashboard/views/now.ts';
import { nowSections } from '../../../cli/dashboard/views/now-page.ts';
import { html } from '../../../cli/shared/screen/html.ts';

const AT_MS = Date.UTC(2026, 4, 4, 12);
const waiting = (nextTryAtMs: number): NowState => ({
  live: {
    ...{ atMs: AT_MS, sweptAtMs: AT_MS, stop: null, slots: { taken: 0, limit: 1 }, quotas: [] },
    ...{ currency: null, alerts: [], runners: [], refused: [], isRefusedComplete: true },
    jobs: [
      {
        ...{ job: 7, name: 'build', repository: 'acme/app', labels: ['arm64'], ahead: null },
        ...{ createdAtMs: AT_MS - 60_000, nextTryAtMs, because: 'nothing is in stock' },
      },
    ],
  },
  ...{ lanes: [], gone: [], spendPerHour: 0, unpriced: 0, withoutJob: 0, images: [] },
});

const said = (state: NowState, language: 'en' | 'zh') =>
  nowSections(state, sayIn(language, false), false).find(({ id }) => id === 'waiting')?.html.text ?? '';

test.each([
  {
    what: 'one that is tried later says when',
    nextTryAtMs: AT_MS + 60_000,
    language: 'en',
    has: 'waits for 1 min · next try <time datetime="2026-05-04T12:01:00.000Z" data-shown="time">2026-05-04 12:01:00 UTC</time></span>',
  },
  {
    what: 'in Chinese, too',
    nextTryAtMs: AT_MS + 60_000,
    language: 'zh',
    has: '已等待 1 分 · 下次尝试 <time datetime="2026-05-04T12:01:00.000Z"',
  },
  {
    what: 'one that is due says only how long it waits',
    nextTryAtMs: AT_MS,
    language: 'en',
    has: 'waits for 1 min</span>',
  },
] as const)('$what', ({ nextTryAtMs, language, has }) => {
  expect(said(waiting(nextTryAtMs), language)).toContain(has);
});

test('what is HTML already goes into no text: its tags would be shown, or nothing of it', () => {
  expect(() => `${html`<b>1</b>`}`).toThrow('html`…`');
});
