/** A cloud for `--simulate`: the simulated ECS, in process, and a configuration that fits it. */
import type { EcsCall } from '../../shared/adapters/ecs/call.ts';
import { type Config, RunnersYaml } from '../../shared/config/config.ts';
import { VirtualClock } from '../../simulator/clock.ts';
import { bigRegion, createEcs, standardRegions } from '../../simulator/ecs/index.ts';
import { seeded } from '../../simulator/random.ts';

export function simulatedCall(nowMs: number): EcsCall {
  const big = bigRegion();
  const regions = [big, ...standardRegions().filter(({ id }) => id !== big.id)];
  const ecs = createEcs({
    clock: new VirtualClock(nowMs),
    random: seeded(1),
    credentials: () => null,
    regions,
  });
  return async (region, action, params) => ecs.call(region, action, params) as Record<string, unknown>;
}

/** For who has no runners.yaml yet. */
export function simulatedConfig(): Config {
  const zones = Object.fromEntries([...'bghijk'].map((letter) => [letter, `vsw-simulated${letter}`]));
  return RunnersYaml.parse({
    repositories: { allow: ['my-org/*'] },
    placements: [{ region: 'cn-hangzhou', zones, securityGroup: 'sg-simulated' }],
  });
}
