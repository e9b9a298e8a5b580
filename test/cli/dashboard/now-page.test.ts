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
        isHeld: false,
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

test('the price of a machine has digits that mean something, and the word that commands have for pay-as-you-go', () => {
  const runner = {
    ...{
      runner: 'ci-1',
      state: 'busy',
      job: 7,
      jobName: 'build',
      repository: 'acme/app',
      createdAtMs: AT_MS,
    },
    ...{ instanceType: 'ecs.c6a.xlarge', zone: 'cn-hangzhou-h', capacityType: 'on-demand' },
    ...{ pricePerHour: 0.587_123, keptUntilMs: null },
  };
  const live = { ...waiting(AT_MS).live, currency: 'CNY', jobs: [], runners: [runner] };
  const state = {
    ...waiting(AT_MS),
    live,
    lanes: [{ ...runner, runner, moments: null }],
  } as unknown as NowState;
  const all = nowSections(state, sayIn('en', false), false)
    .map((each) => each.html.text)
    .join('');
  expect(all).toContain('ecs.c6a.xlarge · cn-hangzhou-h · pay-as-you-go · CNY 0.59 per hour');
});
