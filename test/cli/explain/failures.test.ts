/** What an operator is shown first: alerts that stand, and launches that threw. */
import { expect, test } from 'vitest';
import { readLiveState } from '../../../cli/list/live-state.ts';
import { renderList } from '../../../cli/list/table.ts';
import { PIPE } from '../../../cli/shared/screen/screen.ts';
import { alertOnce, resolveAlert, standingAlerts } from '../../../shared/alert-once.ts';
import { ALERT_REPEAT_MS } from '../../../shared/limits.ts';
import type { World } from '../../world/in-process.ts';
import { MINUTE_MS, OURS, open, operatorOf, queue, read } from './fixture.ts';

const listOf = async (world: World) => renderList(await readLiveState(operatorOf(world)), PIPE);

test('a launch that threw says what GitHub answered, and is tried again when GitHub is well', async () => {
  let isBroken = true;
  const faults = (_method: string, path: string) =>
    isBroken && path.includes('generate-jitconfig') ? ({ kind: 'status', status: 500 } as const) : null;
  const world = await open({ github: { faults } });
  const job = queue(world, OURS);
  await world.pass(MINUTE_MS);
  const { answer, text } = await read(world, job);
  expect(answer.state).toBe('waits');
  expect(answer.text).toMatch(/^Its launch failed: GitHub answered 500 to POST \S+generate-jitconfig/);
  expect(answer.advice).toMatch(/npm run doctor/);
  expect(text).toMatch(/the launch failed: GitHub answered 500/);
  expect(await listOf(world)).toMatch(/Jobs without a runner[\s\S]*the launch failed: GitHub/);
  isBroken = false;
  expect(await world.until(() => job.status === 'completed', 30 * MINUTE_MS)).toBe(true);
  world.fc.close();
});

test('launches of one job that throw come after longer pauses', async () => {
  const faults = (_method: string, path: string) =>
    path.includes('generate-jitconfig') ? ({ kind: 'status', status: 500 } as const) : null;
  const world = await open({ github: { faults } });
  queue(world, OURS);
  const failedAtMs = () =>
    world.lines
      .filter((line) => line.includes('"event":"launch.failed"'))
      .map((line) => Date.parse(JSON.parse(line).at));
  await world.pass(60 * MINUTE_MS);
  const times = failedAtMs();
  const pauses = times.slice(1).map((atMs, at) => atMs - (times[at] ?? 0));
  expect(pauses.length).toBeGreaterThan(3);
  expect(times.length).toBeLessThan(10);
  expect(pauses.at(-1)).toBeGreaterThan(2 * (pauses[0] ?? 0));
  world.fc.close();
});

test('an alert stands first until it is resolved, or until it would be repeated', async () => {
  const world = await open();
  const job = queue(world, OURS);
  await world.pass(20_000);
  const adapters = world.adapters();
  await alertOnce('sweep-fails', 'The last 3 sweeps failed', adapters);
  await world.pass(2 * MINUTE_MS);
  expect(await listOf(world)).toMatch(/^Alert, 2 min ago: The last 3 sweeps failed\n/);
  expect((await read(world, job)).text).toMatch(/^Alert, 2 min ago: The last 3 sweeps failed\n/);
  await resolveAlert('sweep-fails', adapters);
  expect(await standingAlerts(adapters)).toEqual([]);
  await alertOnce('sweep-fails', 'The last 3 sweeps failed again', adapters);
  expect(await standingAlerts(adapters)).toHaveLength(1);
  const later = { ...adapters, clock: { nowMs: () => world.clock.nowMs() + ALERT_REPEAT_MS + 1 } };
  expect(await standingAlerts(later)).toEqual([]);
  expect(await listOf(world)).toMatch(/^Alert/);
  world.fc.close();
});

test('a job that no type can do is refused with what would do, and not tried each minute', async () => {
  const world = await open();
  const job = queue(world, 'self-hosted aliyun amd64 ecs.c8y');
  await world.pass(2 * MINUTE_MS);
  const { answer } = await read(world, job);
  expect(answer).toMatchObject({ state: 'refused' });
  expect(answer.text).toBe('It was refused because ecs.c8y is arm64, and the job is for amd64: write arm64.');
  expect(answer.advice).toMatch(/^Fix runs-on/);
  expect((await world.adapters().ledger.jobs.list(10)).things).toEqual([]);
  world.fc.close();
});

test.each(['address', 'id'] as const)(
  'a job that has ended is told by its %s while GitHub is out',
  async (by) => {
    let isOut = false;
    const faults = () => (isOut ? ({ kind: 'status', status: 502 } as const) : null);
    const world = await open({ github: { faults } });
    const job = queue(world, OURS);
    expect(await world.until(() => job.status === 'completed', 30 * MINUTE_MS)).toBe(true);
    await world.pass(10 * MINUTE_MS);
    isOut = true;
    const { answer, findings } = await read(world, job, by);
    expect(findings.row?.job.id).toBe(job.id);
    expect(answer.state).toBe('ended');
    world.fc.close();
  },
);
