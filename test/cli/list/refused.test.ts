/** What an operator sees of refused jobs, which GitHub shows as queued. */
import { expect, test } from 'vitest';
import { jsonOf } from '../../../cli/list/index.ts';
import { type LiveState, readLiveState } from '../../../cli/list/live-state.ts';
import { renderList } from '../../../cli/list/table.ts';
import { PIPE } from '../../../cli/shared/screen/screen.ts';
import { build } from '../../shared/ledger/builders.ts';
import type { World } from '../../world/in-process.ts';
import { MINUTE_MS, OURS, open, operatorOf, queue } from '../explain/fixture.ts';

async function listed(world: World): Promise<LiveState> {
  let state: LiveState | undefined;
  const asked = readLiveState(operatorOf(world)).then((found) => {
    state = found;
  });
  await world.until(() => state !== undefined, MINUTE_MS);
  await asked;
  if (state === undefined) throw new Error('no state');
  return state;
}

test('a matrix that was refused is one row, with its reason and how many; JSON has each', async () => {
  const world = await open();
  for (const name of ['a', 'b', 'c']) queue(world, `${OURS} 8cup`, { name });
  queue(world, 'self-hosted aliyun', { name: 'no-arch' });
  queue(world, 'ubuntu-latest', { name: 'theirs' });
  await world.pass(20_000);
  const state = await listed(world);
  const text = renderList(state, PIPE);
  const [, refused = ''] = text.split(/Refused today: GitHub shows them as queued.*\n/);
  expect(refused).toMatch(/^3\t.*acme\/app.*the label '8cup' is not understood; is '8cpu' meant\?/m);
  expect(refused).toMatch(/^1\t.*no-arch.*its labels name no architecture/m);
  expect(refused).not.toContain('theirs');
  expect(state.alerts.length, 'JSON has them').toBeGreaterThan(0);
  expect(text, 'the table tells of them').not.toContain('Alert');
  expect(
    jsonOf(state)
      .refused.map(({ name }) => name)
      .sort(),
  ).toEqual(['a', 'b', 'c', 'no-arch']);
  expect(jsonOf(state).refused[0]).toMatchObject({ repository: 'acme/app', createdAt: expect.any(String) });
  world.fc.close();
});

test('a job on a runner of the same list that is on its way out is said to be on it, not outside our ledger', async () => {
  const world = await open();
  const { ledger } = world.adapters();
  const name = build.runnerName('1-1');
  await ledger.runners.add(name, build.runnerEntry('1-1', { state: 'retiring', for: null }));
  for (const [id, startedOn] of [
    [1, name],
    [2, build.runnerName('9-9')],
  ] as const)
    await ledger.jobs.add(build.job(id).id, build.jobEntry(id, { startedOn }));
  const because = new Map((await listed(world)).jobs.map((each) => [each.job, each.because]));
  expect(because.get(1)).toBe(`GitHub gave it to ${name}, which is gone or going`);
  expect(because.get(2)).toMatch(/which is not in our ledger$/);
  world.fc.close();
});

test('what was refused before midnight is still today, and after a day it is not', async () => {
  const world = await open();
  const { ledger } = world.adapters();
  const agoMs = [1, 23, 25].map((hours) => hours * 60 * MINUTE_MS);
  for (const [at, ms] of agoMs.entries()) {
    const job = build.job(at + 1, { name: `job-${at}`, createdAtMs: world.clock.nowMs() - ms });
    await ledger.history.merge({ job, outcome: 'refused', because: 'of a typo' });
  }
  await ledger.history.merge({ job: build.job(9), outcome: 'success' });
  expect((await listed(world)).refused.map(({ name }) => name)).toEqual(['job-0', 'job-1']);
  world.fc.close();
});

test('reasons beyond a screen are counted, and what was not looked through is said', async () => {
  const world = await open();
  const state = await listed(world);
  const refused = Array.from({ length: 25 }, (_, at) => ({
    ...{ job: at, name: `job-${at}`, repository: 'acme/app', labels: [], createdAtMs: state.atMs },
    because: `reason ${at}`,
  }));
  const text = renderList({ ...state, refused, isRefusedComplete: false }, PIPE);
  expect(text).toContain('And 5 more reasons: npm run list -- --json');
  expect(text).toContain('There may be others');
  world.fc.close();
});
