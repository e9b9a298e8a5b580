/** `npm start -- --warm`: a small pool, ready before the jobs come. */
import { setTimeout } from 'node:timers/promises';
import type { Config } from '../../shared/config/config.ts';
import { Warm } from '../../shared/config/warm.ts';
import type { Bill } from '../../simulator/ecs/index.ts';
import type { SimJob } from '../../simulator/github/index.ts';
import type { Loopback } from '../../simulator/loopback.ts';
import { GIVE_UP_MS } from './follow.ts';
import type { JobProgress } from './watch.ts';

const POOLS = [
  { labels: ['arm64'], hot: 1 },
  { labels: ['amd64'], hot: 1 },
  { labels: ['linux', 'arm64', 'spot'], hot: 1 },
];
const TICK_MS = 100;

export const withPools = (config: Config): Config => ({ ...config, warm: Warm.parse(POOLS) });

/** The jobs come when they are ready, or after a while. */
export async function untilReady(
  { github }: Loopback,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  say('The runners that are to wait for jobs boot first …\n');
  const wanted = POOLS.reduce((sum, { hot }) => sum + hot, 0);
  const isReady = () =>
    github.runners().filter(({ isOnline, job }) => isOnline && job === null).length >= wanted;
  const beganMs = Date.now();
  while (!signal.aborted && !isReady()) {
    if (Date.now() - beganMs > GIVE_UP_MS) return say('Not all of them are ready; the jobs come now.');
    await setTimeout(TICK_MS);
  }
}

/** Pure: what the pool served, and what its machines cost while no job needed them. */
export function warmLine(seen: readonly JobProgress[], bills: readonly Bill[], nowMs: number): string {
  const served = seen.flatMap(({ job, bill }) =>
    bill !== null && isServed(job, bill) ? [{ job, bill }] : [],
  );
  const used = new Set(seen.flatMap(({ bill }) => bill?.instanceId ?? []));
  const before = served.map(({ job, bill }) => costBetween(bill, bill.startedAtMs, job.createdAtMs, nowMs));
  const waiting = bills
    .filter(({ instanceId }) => !used.has(instanceId))
    .map((bill) => bill.instanceCost + bill.diskCost);
  const cost = [...before, ...waiting].reduce((sum, each) => sum + each, 0);
  return `warm: ${served.length} of ${seen.length} jobs had a runner that waited; ${waiting.length} wait for the next. While they waited, they cost CNY ${cost.toFixed(4)}.`;
}

const isServed = (job: SimJob, bill: Bill): boolean => bill.startedAtMs < job.createdAtMs;

function costBetween(
  { startedAtMs, endedAtMs, instanceCost, diskCost }: Bill,
  fromMs: number,
  toMs: number,
  nowMs: number,
): number {
  const lived = (endedAtMs ?? nowMs) - startedAtMs;
  return lived === 0 ? 0 : ((toMs - fromMs) / lived) * (instanceCost + diskCost);
}
