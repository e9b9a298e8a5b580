import { expect, test } from 'vitest';
import { gitHubOver } from '../../../../../shared/adapters/github/adapter.ts';
import { budgeted } from '../../../../../shared/adapters/github/limits/budgeted.ts';
import { pacing } from '../../../../../shared/adapters/github/limits/pacing.ts';
import { type GitHubRequest, throttledMs } from '../../../../../shared/adapters/github/request.ts';
import type { RunnerName } from '../../../../../shared/nouns.ts';
import { VirtualClock } from '../../../../../simulator/clock.ts';
import { alone, openWorld, START_MS } from '../world.ts';

const target = { owner: 'acme', repository: null, installationId: 1 };
const open = (request: GitHubRequest) =>
  gitHubOver(request, { clock: { nowMs: () => START_MS }, runnerGroup: 'ci-runners', ...alone() });
const answer = (data: unknown, headers: Record<string, string> = {}) => ({ status: 200, headers, data });
const runner = (id: number) => ({ id, name: `r-${id}`, status: 'online', busy: false, labels: [] });

test('a list of runners without an end is cut, and said to be incomplete', async () => {
  let pages = 0;
  const hub = open(async (_route, { page }) => {
    pages++;
    const runners = Array.from({ length: 100 }, (_, index) => runner(Number(page) * 1_000 + index));
    return answer({ total_count: 1_000_000, runners });
  });
  const { things, complete } = await hub.registrations(target);
  expect([pages, things.length, complete]).toEqual([100, 10_000, false]);
});

test('a log of deliveries without an end is cut, and said to be incomplete', async () => {
  let id = 9_000_000_000_000_000_000n;
  const hub = open(async () => {
    const page = Array.from({ length: 100 }, () => ({
      id: id--,
      guid: 'g',
      delivered_at: '2026-10-05T08:00:00Z',
      status_code: 200,
      event: 'push',
      action: null,
    }));
    return answer(page, { link: `<https://api.github.com/app/hook/deliveries?cursor=v1_${id}>; rel="next"` });
  });
  const { things, complete } = await hub.deliveries(START_MS - 1);
  expect([things.length, complete, things[0]?.id]).toEqual([5_000, false, '9000000000000000000']);
});

// biome-ignore format: a table reads best as a table.
const malformed: [what: string, data: unknown][] = [
  ['text',                       '<html>unicorn</html>'],
  ['nothing',                    ''],
  ['a list in place of a page',  []],
  ['a page without its list',    { total_count: 1 }],
  ['a page without its count',   { runners: [] }],
  ['a runner without an id',     { total_count: 1, runners: [{ ...runner(1), id: undefined }] }],
  ['a runner whose id is text',  { total_count: 1, runners: [{ ...runner(1), id: '1' }] }],
  ['an id that lost its digits', { total_count: 1, runners: [runner(2 ** 53)] }],
  ['busy as text',               { total_count: 1, runners: [{ ...runner(1), busy: 'false' }] }],
];
test.each(malformed)('a list of runners that is %s throws', async (_what, data) => {
  await expect(open(async () => answer(data)).registrations(target)).rejects.toThrow(/malformed/);
});

test('twenty launchers in one second each get a token of their own', async () => {
  const w = await openWorld('wire');
  try {
    for (let launcher = 0; launcher < 20; launcher++) {
      expect((await w.another().registrations(w.org)).complete).toBe(true);
    }
    expect(w.github.calls.get('POST /app/installations/{id}/access_tokens')).toBe(20);
  } finally {
    await w.close();
  }
});

test.each([-3_600, -120, 120, 3_600])(
  'a clock that is %i seconds off is corrected from GitHub’s date',
  async (offS) => {
    const w = await openWorld('wire');
    try {
      const clock = { nowMs: () => w.clock.nowMs() + offS * 1000 };
      expect((await w.another({ clock }).registrations(w.org)).complete).toBe(true);
      expect((await w.another({ clock }).deliveries(0)).complete).toBe(true);
    } finally {
      await w.close();
    }
  },
);

const DATE = 'Mon, 04 May 2026 08:00:00 GMT';
const afterDays = (days: number) => String(Date.parse(DATE) / 1000 + days * 86_400);

// biome-ignore format: a table reads best as a table.
test.each([
  ['a wait of ten years',   { 'retry-after': '315360000' }],
  ['an hour ten years off', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': afterDays(3_650), date: DATE }],
])('%s holds nobody back for longer than the longest that GitHub means', async (_, headers) => {
  const waitMs = throttledMs({ status: 429, headers, data: {} });
  expect(waitMs).toBe(65 * 60_000);
  const hub = open(async () => ({ status: 429, headers, data: {} }));
  const minted = await hub.mint(target, { name: 'r' as RunnerName, labels: ['a'] });
  expect(minted).toMatchObject({ kind: 'throttled', retryAtMs: START_MS + 65 * 60_000 });
});

test('calls that are spent until a day that GitHub cannot mean come again with the next hour', async () => {
  const clock = new VirtualClock(Date.parse(DATE));
  const headers = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '0', date: DATE };
  const budgets = budgeted(
    async () => ({ status: 200, headers: { ...headers, 'x-ratelimit-reset': afterDays(30) }, data: {} }),
    pacing(clock, (ms) => clock.sleep(ms)),
    clock,
  );
  await budgets.request('GET /repos/{owner}/{repo}/actions/runs', {}, { installation: 7 });
  expect(budgets.mayAsk('look', 7)).toBe(false);
  await clock.runUntil(clock.nowMs() + 65 * 60_000);
  expect(budgets.mayAsk('look', 7)).toBe(true);
});
