/** A new instance: within the limit of runners, with our tags, an end, and a name of its own. */
import type { Simulation } from '../plan/simulation.ts';
import { ours, type Report, TAGS } from './truth.ts';

/** A launch may begin under a configuration that was replaced meanwhile, but not later than its function lives. */
export const LAUNCH_MAX_MS = 2 * 60_000;

/** The highest limit that a launch under way may have begun under. */
export function createLimits({ world }: Simulation): () => number {
  const seen: { max: number; untilMs: number }[] = [];
  let last = world.state.config;
  return () => {
    const nowMs = world.clock.nowMs();
    if (world.state.config !== last) {
      seen.push({ max: last.limits.runners, untilMs: nowMs + LAUNCH_MAX_MS });
      last = world.state.config;
    }
    const earlier = seen.filter(({ untilMs }) => untilMs >= nowMs).map(({ max }) => max);
    return Math.max(last.limits.runners, ...earlier);
  };
}

export function checkBirth(sim: Simulation, limit: number, report: Report): void {
  const alive = ours(sim);
  const born = alive.at(-1);
  if (born === undefined) return;
  if (alive.length > limit)
    report('no launch begins above the limit', `${alive.length} alive, ${limit} allowed`);
  const missing = Object.values(TAGS).filter((tag) => !born.tags.get(tag));
  if (missing.length > 0) report('every instance has our tags', `${born.id} has no ${missing.join(', ')}`);
  if (born.releaseAtMs === null) report('every instance has a release time', born.id);
  const twins = alive.filter(({ tags }) => tags.get(TAGS.name) === born.tags.get(TAGS.name));
  if (twins.length > 1)
    report(
      'a runner has one instance',
      `${born.tags.get(TAGS.name)}: ${twins.map(({ id }) => id).join(', ')}`,
    );
}
