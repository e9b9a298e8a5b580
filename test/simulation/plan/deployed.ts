/** What a plan's deployment has in runners.yaml. */

import type { World } from '../../world/in-process.ts';
import { configOf } from '../../world/in-process.ts';
import { ALLOWED, SISTER } from './arrivals.ts';
import type { Plan } from './plan.ts';
import { KERNEL_REPOSITORY, KERNEL_RUNNERS } from './wide.ts';

/** At most so many of the profile `big` at once. */
export const BIG_RUNNERS = 2;
export const OWN_HOST = 'https://github.acme.example';

const placementIn = (region: string, zones: string) => ({
  region,
  zones: Object.fromEntries([...zones].map((zone) => [zone, `vsw-${region}-${zone}`])),
  securityGroup: `sg-${region}`,
});
const FIRST = placementIn('cn-hangzhou', 'hik');
const SECOND = placementIn('cn-beijing', 'hikl');
export const quietRepository = (n: number): string => `acme/quiet-${n}`;

/** What every deployment of this plan has in runners.yaml. */
export function commonConfig({ config, wide, incidents }: Plan, also: readonly string[]) {
  const { second, hasSister, hasKernel, quietRepositories, lifetime, hot, stopped } = wide;
  const { spendPerHour, spendPerDay, isOwnHost } = wide;
  const kernel = { cpu: 4, runners: KERNEL_RUNNERS, repositories: [KERNEL_REPOSITORY, ...also] };
  const isDebugged = incidents.some(({ kind }) => kind === 'jobs with the label debug come');
  const quiet = Array.from({ length: quietRepositories }, (_, n) => quietRepository(n));
  return {
    ...config,
    limits: { ...config.limits, ...(lifetime === null ? {} : { lifetime }), spendPerHour, spendPerDay },
    github: { ...config.github, ...(isOwnHost ? { baseUrl: OWN_HOST } : {}) },
    ...(isDebugged ? { defaults: { debug: 'allow' } } : {}),
    repositories: { allow: [...ALLOWED, ...(hasSister ? [SISTER] : []), ...quiet, ...also] },
    profiles: { big: { cpu: 16, runners: BIG_RUNNERS }, ...(hasKernel ? { kernel } : {}) },
    ...(hot + stopped === 0
      ? {}
      : { warm: [{ labels: ['arm64'], hot, stopped, repositories: [ALLOWED[0]] }] }),
    ...(second === null ? {} : { placementChoice: second, placements: [FIRST, SECOND] }),
  };
}

export function deployAsPlanned(
  world: World,
  plan: Plan,
  also: readonly string[],
  more: Partial<ReturnType<typeof commonConfig>> & object = {},
): void {
  world.state.config = configOf({ ...commonConfig(plan, also), ...more });
}
