/** Where the first placement has nothing to sell, a launch goes over to the second, and its end is seen to there. */
import { expect, test } from 'vitest';
import { type EcsOptions, type Region, standardRegions } from '../../../../simulator/ecs/index.ts';
import { MINUTE_MS, OURS, open, queue } from '../../../cli/explain/fixture.ts';
import { smallRegion } from '../../../world/small-region.ts';

const placement = (region: string, ...zones: string[]) => ({
  region,
  zones: Object.fromEntries(zones.map((zone) => [zone, `vsw-${region}-${zone}`])),
  securityGroup: `sg-${region}`,
});

function narrow(id: string): Region {
  const whole = standardRegions().find((region) => region.id === id);
  if (whole === undefined) throw new Error(`the catalogue has no ${id}`);
  const ids = smallRegion().types;
  return { ...whole, types: new Map([...whole.types].filter(([type]) => ids.has(type))) };
}

async function withBoth(faults: NonNullable<EcsOptions['faults']>) {
  const placements = [placement('cn-hangzhou', 'h', 'i'), placement('cn-beijing', 'h', 'i', 'k', 'l')];
  const regions = [smallRegion(), narrow('cn-beijing')];
  return open({ config: { placements }, ecs: { regions, soldOut: 0, faults } });
}

test.each([
  ['asks us to slow down', { code: 'Throttling' }],
  ['answers nothing that is clear', { code: 'InternalError', status: 500 }],
] as const)('a job runs in the second placement while the first %s, at its launch %s', async (_, fault) => {
  const world = await withBoth((action, _params, region) =>
    action === 'RunInstances' && region === 'cn-hangzhou' ? fault : null,
  );
  const job = queue(world, OURS);
  expect(await world.until(() => job.status === 'in_progress', 20 * MINUTE_MS)).toBe(true);
  expect(world.ecs.alive().map(({ zone }) => zone)).toEqual([expect.stringMatching(/^cn-beijing-/)]);
  expect(job.runner?.name).toMatch(/-[12]$/);
  await world.pass(15 * MINUTE_MS);
  expect(job.conclusion).toBe('success');
  expect((await world.adapters().ledger.capacity.view()).total).toBe(0);
  world.fc.close();
});

test('while the quota of the first placement is used up, the second is used, and the first again when one ends', async () => {
  const world = await withBoth(() => null);
  world.ecs.setQuota({ instances: 1 });
  const jobs = [1, 2].map(() => queue(world, OURS, { durationMs: 40 * MINUTE_MS }));
  const isRunning = () => jobs.every(({ status }) => status === 'in_progress');
  expect(await world.until(isRunning, 5 * MINUTE_MS)).toBe(true);
  expect(world.ecs.alive().map(({ region }) => region)).toEqual(['cn-hangzhou', 'cn-beijing']);
  const third = queue(world, OURS);
  await world.pass(10 * MINUTE_MS);
  expect(third.status).toBe('queued');
  expect(await world.until(() => third.conclusion === 'success', 60 * MINUTE_MS)).toBe(true);
  world.fc.close();
});

test('a job runs in the second placement while the first is sold out, and nothing is left in either', async () => {
  const first = smallRegion();
  const placements = [placement('cn-hangzhou', 'h'), placement('cn-beijing', 'h', 'i', 'k', 'l')];
  const world = await open({
    config: { placements },
    ecs: { regions: [first, narrow('cn-beijing')], soldOut: 0 },
  });
  for (const type of first.types.keys()) world.ecs.setStock('cn-hangzhou-h', type, 0);
  const job = queue(world, OURS);
  expect(await world.until(() => job.status === 'in_progress', 20 * MINUTE_MS)).toBe(true);
  expect(world.ecs.alive().map(({ zone }) => zone)).toEqual([expect.stringMatching(/^cn-beijing-/)]);
  await world.pass(15 * MINUTE_MS);
  expect(job.conclusion).toBe('success');
  expect(world.ecs.alive()).toEqual([]);
  expect((await world.adapters().ledger.capacity.view()).total).toBe(0);
});

test('one answer that was lost, and a clear one after it, do not close the first placement to others', async () => {
  let calls = 0;
  const world = await withBoth((action, _params, region) => {
    if (action !== 'RunInstances' || region !== 'cn-hangzhou') return null;
    calls++;
    if (calls === 1) return 'gateway';
    return calls === 2 ? { code: 'OperationDenied.NoStock' } : null;
  });
  const first = queue(world, OURS);
  expect(await world.until(() => calls === 2, MINUTE_MS)).toBe(true);
  await world.pass(5_000);
  const second = queue(world, OURS);
  expect(await world.until(() => second.status === 'in_progress', 20 * MINUTE_MS)).toBe(true);
  const regions = world.ecs.alive().map(({ region }) => region);
  expect(new Set(regions)).toEqual(new Set(['cn-hangzhou']));
  await world.pass(20 * MINUTE_MS);
  expect([first.conclusion, second.conclusion]).toEqual(['success', 'success']);
  expect((await world.adapters().ledger.capacity.view()).total).toBe(0);
  world.fc.close();
});
