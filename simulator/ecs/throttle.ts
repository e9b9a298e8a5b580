/**
 * Alibaba Cloud docs, "ECS API throttling": by account, region and API; an API throttled in one minute stays so until
 * the next begins; and 5,000 new instances a minute. The numbers for single APIs are in no document: these are made up.
 */
import type { Random } from '../random.ts';
import { EcsRefusal } from './refusal.ts';

const MINUTE_MS = 60_000;
const CALLS_PER_MINUTE: Readonly<Record<string, number>> = {
  RunInstances: 500,
  DeleteInstance: 500,
  DeleteInstances: 500,
};
const OTHERS_PER_MINUTE = 1000;
/** Which of its codes ECS sends for this, and under which status, varies by document. */
const CODES = [
  ['Throttling', 400],
  ['Throttling.User', 400],
  ['Throttling.Api', 429],
  ['Throttling.User', 503],
] as const;

export type Throttle = (action: string, region: string, nowMs: number) => void;

export function createThrottle(random: Random, limits: Readonly<Record<string, number>>): Throttle {
  let minute = 0;
  const counts = new Map<string, number>();
  return (action, region, nowMs) => {
    const current = Math.floor(nowMs / MINUTE_MS);
    if (current !== minute) counts.clear();
    minute = current;
    const key = `${region}/${action}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count <= (limits[action] ?? CALLS_PER_MINUTE[action] ?? OTHERS_PER_MINUTE)) return;
    const [code, status] = random.pick(CODES);
    throw new EcsRefusal(code, 'Request was denied due to user flow control.', status);
  };
}
