/** The market adapter before the simulated ECS, under virtual time: each call takes `CALL_MS`. */
import { ecsMarket } from '../../../shared/adapters/ecs/market.ts';
import { VirtualClock } from '../../../simulator/clock.ts';
import { bigRegion, createEcs, type EcsOptions, type Region } from '../../../simulator/ecs/index.ts';
import { seeded } from '../../../simulator/random.ts';
import { NOW_MS } from '../advisor/builders.ts';

const CALL_MS = 50;

export function simulated(options: Partial<EcsOptions> = {}, spotDuration: 0 | 1 = 1) {
  const clock = new VirtualClock(NOW_MS);
  const ecs = createEcs({
    clock,
    random: seeded(4),
    credentials: () => null,
    regions: [bigRegion()],
    ...options,
  });
  const asked: { action: string; params: Readonly<Record<string, string>> }[] = [];
  let underWay = 0;
  let mostAtOnce = 0;
  const source = ecsMarket({
    clock,
    spotDuration,
    async call(region, action, params) {
      asked.push({ action, params });
      mostAtOnce = Math.max(mostAtOnce, ++underWay);
      await clock.sleep(CALL_MS);
      underWay--;
      return ecs.call(region, action, params) as Record<string, unknown>;
    },
  });
  return {
    clock,
    ecs,
    source,
    asked,
    mostAtOnce: () => mostAtOnce,
    /** What it comes to, with the virtual time that it took. */
    async timed<Answer>(act: () => Promise<Answer>): Promise<{ answer: Answer; tookMs: number }> {
      const startMs = clock.nowMs();
      let endMs = startMs;
      let isOver = false;
      const acting = act().finally(() => {
        endMs = clock.nowMs();
        isOver = true;
      });
      acting.catch(() => {});
      await clock.runUntil(startMs);
      if (!isOver) await clock.runUntil(startMs + 3_600_000, () => isOver);
      return { answer: await acting, tookMs: endMs - startMs };
    },
  };
}

/** Types of 8 cores only, for tests that need not have 600. */
export function smallRegion(): Region {
  const region = bigRegion();
  return { ...region, types: new Map([...region.types].filter(([, { cpu }]) => cpu === 8)) };
}

/** Asks for everything: what a first refresh does over a few sweeps. */
export async function fullRefresh(world: ReturnType<typeof simulated>) {
  const deadlineMs = Number.POSITIVE_INFINITY;
  const query = { prices: [], advice: [], sinceMs: null, deadlineMs };
  const first = await world.source.refresh('cn-hangzhou', null, { ...query, listTypes: true });
  const types = first.types.map(({ type }) => type);
  return world.source.refresh('cn-hangzhou', first, {
    ...query,
    listTypes: false,
    prices: types,
    advice: types,
  });
}
