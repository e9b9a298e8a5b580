/** The in-process transport as its callers want it: answers come later, in simulated time. */
import type { Ecs } from './ecs.ts';
import type { Params } from './parameters.ts';
import { NoAnswer } from './refusal.ts';

/** How long a caller waits for an answer that does not come. */
const PATIENCE_MS = 9_000;

export type Ask = (
  region: string,
  action: string,
  params: Params,
  maxMs?: number,
) => Promise<Record<string, unknown>>;

/** Half of `latencyMs` passes on the way there, half on the way back; a lost answer costs the caller's patience. */
export function inProcess(ecs: Ecs, latencyMs: () => number = () => 0): Ask {
  const wait = (ms: number) => new Promise<void>((resolve) => ecs.clock.after(ms, resolve));
  return async (region, action, params, maxMs = PATIENCE_MS) => {
    const ms = latencyMs();
    if (ms > 0) await wait(ms / 2);
    try {
      return ecs.call(region, action, { RegionId: region, ...params }) as Record<string, unknown>;
    } catch (error) {
      if (error instanceof NoAnswer) await wait(Math.min(maxMs, PATIENCE_MS));
      throw error;
    } finally {
      if (ms > 0) await wait(ms / 2);
    }
  };
}
