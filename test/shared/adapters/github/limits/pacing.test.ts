/** The pace of one process, and what a limit that was met means for the calls after it. */

import { expect, test } from 'vitest';
import { budgeted, useOf } from '../../../../../shared/adapters/github/limits/budgeted.ts';
import { pacing } from '../../../../../shared/adapters/github/limits/pacing.ts';
import type { GitHubAnswer, GitHubRequest } from '../../../../../shared/adapters/github/request.ts';
import type { CallUse } from '../../../../../shared/budget.ts';
import { VirtualClock } from '../../../../../simulator/clock.ts';

const START_MS = Date.UTC(2026, 4, 4);
const AUTH = { installation: 7 };
const DELETE = 'DELETE /orgs/{org}/actions/runners/{runner_id}';
const LOOK = 'GET /repos/{owner}/{repo}/actions/runs';
const MINT = 'POST /orgs/{org}/actions/runners/generate-jitconfig';

function open(answer: () => Partial<GitHubAnswer> = () => ({})) {
  const clock = new VirtualClock(START_MS);
  const made: { route: string; atMs: number }[] = [];
  const transport: GitHubRequest = async (route) => {
    made.push({ route, atMs: clock.nowMs() });
    return { status: 200, headers: {}, data: {}, ...answer() };
  };
  const pace = pacing(clock, (ms) => clock.sleep(ms));
  const budgets = budgeted(transport, pace, clock);
  const ask = (route: string, use?: CallUse) =>
    budgets.request(route, {}, AUTH, use).then(
      () => 'asked',
      (error: Error) => error.message,
    );
  return { clock, made, pace, budgets, ask, within: (ms: number) => clock.runUntil(clock.nowMs() + ms) };
}

/** As a sweep does: as long as there is room, and not longer. */
async function removeAll({ ask, budgets, within }: ReturnType<typeof open>, wanted: number) {
  let asked = 0;
  while (asked < wanted && budgets.mayAsk('removal', AUTH.installation)) {
    asked++;
    void ask(DELETE);
    await within(100);
  }
  return asked;
}

test('where nobody waits, one sweep removes well over a hundred; then looks have their points', async () => {
  const world = open();
  world.pace.reserve(23);
  const removed = await removeAll(world, 1_000);
  expect(removed).toBeGreaterThan(110);
  expect(removed * 5).toBeLessThan(900 - 23 * 5);
  expect(await Promise.race([world.ask(LOOK), world.within(1_000)])).toBe('asked');
  await world.within(60_000);
  expect(await removeAll(world, 1_000)).toBe(removed);
});

test('where many wait, their mints have their points, and removals the rest', async () => {
  const world = open();
  world.pace.reserve(90);
  const removed = await removeAll(world, 1_000);
  expect(removed).toBeGreaterThan(40);
  expect(removed * 5 + 90 * 5).toBeLessThanOrEqual(900);
});

test('never more than twenty at once, nor more than eighty creations in a minute', async () => {
  const world = open();
  const slow = pacing(world.clock, (ms) => world.clock.sleep(ms));
  let [atOnce, most] = [0, 0];
  for (let n = 0; n < 60; n++)
    void slow.enter('k', LOOK, 'look').then(async (leave) => {
      most = Math.max(most, ++atOnce);
      await world.clock.sleep(500);
      atOnce--;
      leave();
    });
  await world.within(30_000);
  expect(most).toBe(20);
  const outcomes: string[] = [];
  for (let n = 0; n < 100; n++) {
    void world.ask('POST /repos/{owner}/{repo}/check-runs', 'mint').then((each) => outcomes.push(each));
    await world.within(10);
  }
  await world.within(10_000);
  expect(outcomes.filter((each) => each === 'asked')).toHaveLength(80);
});

const hour = (remaining: number, some: object = {}) => ({
  headers: {
    date: new Date(START_MS).toUTCString(),
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(START_MS / 1000 + 1_800),
    ...some,
  },
});

test('what GitHub says is left is known, and what it is kept for is asked no more', async () => {
  const world = open(() => hour(1_500));
  expect(await world.ask(LOOK)).toBe('asked');
  expect(world.budgets.of(7)).toMatchObject({
    limit: 5_000,
    remaining: 1_500,
    resetAtMs: START_MS + 1_800_000,
  });
  expect(await world.ask(LOOK)).toContain('kept for launches');
  expect(await world.ask(DELETE)).toBe('asked');
  expect(await world.ask(MINT)).toBe('asked');
  expect(world.made.map(({ route }) => route)).toEqual([LOOK, DELETE, MINT]);
});

test('a limit that was met holds back everything until GitHub’s own time', async () => {
  let isFirst = true;
  const world = open(() => {
    const refused = isFirst;
    isFirst = false;
    return refused ? { status: 403, ...hour(4_000, { 'retry-after': '60' }) } : hour(4_000);
  });
  await world.ask(LOOK);
  for (const route of [MINT, DELETE, LOOK])
    expect(await world.ask(route)).toContain('throttled for 60000 ms');
  expect(world.made).toHaveLength(1);
  await world.within(60_000);
  expect(await world.ask(MINT)).toBe('asked');
});

// biome-ignore format: a table reads best as a table.
test.each<[string, CallUse]>([
  [MINT, 'mint'],
  ['POST /repos/{owner}/{repo}/actions/runners/generate-jitconfig', 'mint'],
  ['GET /orgs/{org}/actions/runner-groups', 'mint'],
  [DELETE, 'removal'],
  ['GET /orgs/{org}/actions/runners', 'proof'],
  ['GET /orgs/{org}/actions/runners/{runner_id}', 'proof'],
  ['GET /repos/{owner}/{repo}/actions/jobs/{job_id}', 'proof'],
  ['GET /repos/{owner}/{repo}/actions/runs/{run_id}', 'proof'],
  [LOOK, 'look'],
  ['GET /installation/repositories', 'look'],
])('%s is asked for as %s', (route, use) => {
  expect(useOf(route)).toBe(use);
});
