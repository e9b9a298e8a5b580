/** The market has moved above a bid: it is asked for once more, as high as it is still cheaper than the next offer. */
import { expect, test } from 'vitest';
import type { Region } from '../../../simulator/ecs/index.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { openWorld, seedRunnerRelease, type World } from '../../world/in-process.ts';
import { smallRegion } from '../../world/small-region.ts';

interface Asked {
  readonly type: string;
  readonly zone: string;
  readonly limit: number;
  readonly token: string;
}

async function queued(world: World): Promise<SimJob> {
  const run = world.github.queueRun({
    repository: 'acme/app',
    jobs: [{ name: 'build', labels: ['self-hosted', 'aliyun', 'arm64'], durationMs: 5 * 60_000 }],
  });
  await world.pass(20_000);
  return world.github.jobsOf(run)[0] as SimJob;
}

const TWO_OFFERS: Region = {
  ...smallRegion(),
  sells: (zone, type) => zone === 'cn-hangzhou-i' && /^ecs\.(c8y|g6r)\.2xlarge$/.test(type),
};

/** The first offer's market is `times` its first bid; all others are as they were. */
async function launchAgainst(times: number, region: Region) {
  const asked: Asked[] = [];
  const world = openWorld({
    ecs: {
      regions: [region],
      soldOut: 0,
      faults: (action, params) => {
        if (action !== 'RunInstances' || params.SpotPriceLimit === undefined) return null;
        const { InstanceType: type = '', VSwitchId: zone = '', ClientToken: token = '' } = params;
        asked.push({ type, zone, limit: Number(params.SpotPriceLimit), token });
        const [first, last] = [asked[0], asked.at(-1)] as [Asked, Asked];
        const isFirst = last.type === first.type && last.zone === first.zone;
        return isFirst && last.limit < first.limit * times
          ? { code: 'InvalidSpotPriceLimit.LowerThanPublicPrice' }
          : null;
      },
    },
  });
  await seedRunnerRelease(world);
  // The first one brings the market.
  await queued(world);
  await world.pass(90_000);
  const job = await queued(world);
  const atOnce = [...asked];
  const { ledger } = world.adapters();
  const { things } = await ledger.runners.list(10);
  const runner = things.find(({ entry }) => entry.for === (job.id as number));
  const unavailable = await ledger.unavailable.list(world.clock.nowMs());
  await world.until(() => job.status === 'completed', 8 * 60_000);
  world.fc.close();
  return {
    asked: atOnce,
    entry: runner?.entry,
    unavailable: [...unavailable.keys()],
    conclusion: job.conclusion,
  };
}

test('the next offer is far dearer: once more, and its story says how high', async () => {
  const { asked, entry, unavailable, conclusion } = await launchAgainst(1.01, TWO_OFFERS);
  const [first, second] = asked as [Asked, Asked];
  expect(asked).toHaveLength(2);
  expect(second).toMatchObject({ type: first.type, zone: first.zone });
  expect(second.limit).toBeGreaterThan(first.limit);
  expect(second.limit).toBeLessThanOrEqual(entry?.candidate?.onDemandPricePerHour ?? 0);
  expect(second.token).not.toBe(first.token);
  expect(entry?.candidate).toMatchObject({ priceLimit: second.limit, isRaised: true });
  const story = entry?.trail.map(({ text }) => text).join('\n') ?? '';
  expect(story).toContain('was refused: the price has moved above the bid');
  expect(story).toContain(`(spot, bidding up to ${second.limit}) was launched`);
  expect(unavailable).toEqual([]);
  expect(conclusion).toBe('success');
});

test('above that, too: the next offer is asked for, and this one left alone for a while', async () => {
  const { asked, entry, unavailable } = await launchAgainst(100, TWO_OFFERS);
  const [first, second, third] = asked.map(({ type }) => type);
  expect(asked).toHaveLength(3);
  expect([second, third === first]).toEqual([first, false]);
  expect(entry?.candidate?.isRaised).toBeUndefined();
  expect(unavailable.length).toBeGreaterThan(0);
});

test('the next offer is cheaper than the bid: it is asked for instead', async () => {
  const { asked, entry, conclusion } = await launchAgainst(1.0001, smallRegion());
  const [first, second] = asked as [Asked, Asked];
  expect(asked).toHaveLength(2);
  expect([second.type, second.zone]).not.toEqual([first.type, first.zone]);
  expect(entry?.candidate?.isRaised).toBeUndefined();
  expect(conclusion).toBe('success');
});
