import { expect, test } from 'vitest';
import { ecsMarket } from '../../../shared/adapters/ecs/market.ts';
import { overTheWire, REGION } from '../adapters/ecs/fixture.ts';
import { smallRegion } from './simulated.ts';

test('over the wire, signed, the market is what it is in process', async () => {
  const { ecs, call, wire } = await overTheWire({ regions: [smallRegion()] });
  try {
    const nowMs = () => ecs.clock.nowMs();
    const types = ['ecs.c8y.2xlarge', 'ecs.g8y.2xlarge'];
    const query = {
      listTypes: true,
      prices: types,
      advice: types,
      sinceMs: null,
      deadlineMs: Number.POSITIVE_INFINITY,
    };
    const wired = await ecsMarket({ call, clock: { nowMs }, spotDuration: 1 }).refresh(REGION, null, query);
    const direct = ecsMarket({
      call: async (region, action, params) => ecs.call(region, action, params) as Record<string, unknown>,
      ...{ clock: { nowMs }, spotDuration: 1 },
    });
    expect(wired).toEqual(await direct.refresh(REGION, null, query));
    expect(wired.incomplete).toBeNull();
    expect(wired.types.filter(({ pricedAtMs }) => pricedAtMs !== null).map(({ type }) => type)).toEqual(
      types,
    );
  } finally {
    await wire.close();
  }
});
